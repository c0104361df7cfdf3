"""Statistics of sections 4.1 to 4.3: intervals, shares, correlations, the threshold, paired tests.

Pure functions of numbers; every interval is one of 95 % and says what it resamples or assumes.
"""

import itertools
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from acgan.io.rng import numpy_rng

Interval = tuple[float, float]


def bootstrap(*columns: Any, statistic: Any = np.mean, resamples: int = 2000) -> Interval:
    """95 % percentile bootstrap interval of a statistic of one column, or of several that belong
    together row by row.

    NaN for fewer than two rows: nothing can be resampled.
    """
    arrays = [np.asarray(c, dtype=float) for c in columns]
    if len(arrays[0]) < 2:
        return math.nan, math.nan
    rng = numpy_rng(0, "bootstrap")
    values = []
    for _ in range(resamples):
        chosen = rng.integers(len(arrays[0]), size=len(arrays[0]))
        values.append(statistic(*(a[chosen] for a in arrays)))
    finite = np.array(values)[np.isfinite(values)]
    if len(finite) == 0:
        return math.nan, math.nan
    low, high = np.percentile(finite, [2.5, 97.5])
    return float(low), float(high)


def cluster_bootstrap(
    clusters: Sequence[np.ndarray], statistic: Any, resamples: int = 1000
) -> Interval:
    """95 % percentile bootstrap interval of a statistic of the columns of all rows together, where
    whole clusters (n, columns) are drawn, since rows of one are not independent.

    NaN for fewer than two clusters.
    """

    def of_drawn(chosen: np.ndarray) -> float:
        return statistic(*np.concatenate([clusters[int(i)] for i in chosen]).T)

    places = np.arange(len(clusters))
    return bootstrap(places, statistic=of_drawn, resamples=resamples)


def over_pairs(mean: float, std: float, pairs: int) -> Interval:
    """95 % interval of one class's mean MS-SSIM from the spread of its random pairs."""
    half = 1.96 * std / math.sqrt(pairs)
    return mean - half, mean + half


def share(successes: int, total: int) -> tuple[float, Interval]:
    """A proportion and its 95 % Wilson interval; NaN of nothing."""
    if total == 0:
        return math.nan, (math.nan, math.nan)
    from scipy import stats

    interval = stats.binomtest(successes, total).proportion_ci(method="wilson")
    return successes / total, (float(interval.low), float(interval.high))


def pearson(x: Any, y: Any) -> float:
    """Pearson's r; NaN where one side does not vary."""
    x, y = np.asarray(x, float), np.asarray(y, float)
    return (
        float(np.corrcoef(x, y)[0, 1]) if len(x) > 1 and x.std() > 0 and y.std() > 0 else math.nan
    )


def r_squared(x: Any, y: Any) -> float:
    """Pearson's r squared: the share of variance that a straight line explains."""
    return pearson(x, y) ** 2


def spearman(x: Any, y: Any) -> float:
    """Spearman's rank correlation (ties share their mean rank).

    NaN where one side does not vary.
    """
    from scipy import stats

    return pearson(stats.rankdata(x), stats.rankdata(y))


def correlations(x: Any, y: Any) -> dict[str, tuple[float, Interval]]:
    """Pearson r, r squared and Spearman of paired rows, each with its bootstrap interval over
    rows.
    """
    measures = {"pearson_r": pearson, "r_squared": r_squared, "spearman": spearman}
    return {
        name: (measure(x, y), bootstrap(x, y, statistic=measure))
        for name, measure in measures.items()
    }


def threshold(training_means: Any) -> float:
    """Section 4.2's threshold: the largest mean MS-SSIM of any class of training images."""
    return float(np.max(np.asarray(training_means, float)))


def below_threshold(samples: Any, training_means: Any) -> tuple[float, Interval]:
    """Share of classes whose samples vary more than the least varied training class, with its
    Wilson interval.
    """
    values = np.asarray(samples, float)
    return share(int((values < threshold(training_means)).sum()), len(values))


class Paired(NamedTuple):
    """A paired comparison of two columns."""

    difference: float  # mean of second - first
    interval: Interval  # bootstrap over pairs
    p: float  # two-sided sign-flip permutation test of the mean difference


def paired_test(first: Any, second: Any, flips: int = 9999) -> Paired:
    """Whether paired values differ: mean difference, its bootstrap interval, and the two-sided p of
    the sign-flip permutation test of the mean (exact where all 2^n sign patterns are fewer than
    `flips`). NaN for fewer than two pairs.
    """
    d = np.asarray(second, float) - np.asarray(first, float)
    if len(d) < 2:
        return Paired(float(d.mean()) if len(d) else math.nan, (math.nan, math.nan), math.nan)
    return Paired(float(d.mean()), bootstrap(d), sign_flip(d, flips))


def sign_flip(d: np.ndarray, flips: int = 9999) -> float:
    """Two-sided p of a mean of 0 where each value is as likely of the other sign: exact where all
    2^n sign patterns are fewer than `flips`.
    """
    seen = abs(d.mean()) - 1e-12 * (1 + abs(d).max())  # equal means count, whatever their rounding
    if 2 ** min(len(d), 60) <= flips:
        patterns = (np.arange(2 ** len(d))[:, None] >> np.arange(len(d))) & 1
        return float((abs(((1 - 2 * patterns) * d).mean(1)) >= seen).mean())
    rng = numpy_rng(0, "paired_test")
    signs = rng.integers(2, size=(flips, len(d)), dtype=np.int8) * 2 - 1
    return float((1 + (abs((signs * d).mean(1)) >= seen).sum()) / (1 + flips))


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down correction of p values for as many tests; NaN stay and do not count."""
    p = np.asarray(p_values, float)
    tested = np.flatnonzero(np.isfinite(p))
    corrected = np.full(len(p), np.nan)
    largest = 0.0
    for rank, i in enumerate(tested[np.argsort(p[tested], kind="stable")]):
        largest = max(largest, min(1.0, (len(tested) - rank) * p[i]))
        corrected[i] = largest
    return [float(v) for v in corrected]


def welch_interval(first: Any, second: Any) -> tuple[float, Interval]:
    """Mean of the second minus mean of the first, and its 95 % interval by Welch's t; NaN ends for
    fewer than two values on a side.
    """
    a, b = (np.asarray(v, float) for v in (first, second))
    difference = float(b.mean() - a.mean()) if len(a) and len(b) else math.nan
    return difference, combined_interval(difference, [(1.0, a), (1.0, b)])


def combined_interval(value: float, parts: list[tuple[float, np.ndarray]]) -> Interval:
    """95 % interval of a sum of weighted means of independent samples, by Satterthwaite's degrees
    of freedom (approximate); NaN ends for fewer than two values in one.
    """
    if any(len(v) < 2 for _, v in parts):
        return math.nan, math.nan
    from scipy import stats

    squares = np.array([w**2 * v.var(ddof=1) / len(v) for w, v in parts])
    if not squares.sum():
        return value, value
    freedom = squares.sum() ** 2 / (squares**2 / np.array([len(v) - 1 for _, v in parts])).sum()
    half = float(stats.t.ppf(0.975, freedom) * math.sqrt(squares.sum()))
    return value - half, value + half


def permutation_test(*pairs: tuple[Any, Any], most: int = 20_000) -> float:
    """Two-sided p of the mean difference of (first, second) values over `pairs`, under all ways to
    share the values out within each pair, or `most` random ones; NaN for an empty side.
    """
    sides = [(np.asarray(a, float), np.asarray(b, float)) for a, b in pairs]
    if not all(len(a) and len(b) for a, b in sides):
        return math.nan
    exact = math.prod(math.comb(len(a) + len(b), len(a)) for a, b in sides) <= most
    rng = numpy_rng(0, "permutation_test")
    found = np.zeros(1 if exact else most)
    for a, b in sides:
        both, size = np.concatenate([a, b]), len(a)
        if exact:
            places = np.array(list(itertools.combinations(range(len(both)), size)))
        else:
            places = rng.permuted(np.tile(np.arange(len(both)), (most, 1)), axis=1)[:, :size]
        sums = both[places].sum(1)
        differences = (both.sum() - sums) / len(b) - sums / size
        found = np.add.outer(found, differences).ravel() if exact else found + differences
    seen = abs(sum(b.mean() - a.mean() for a, b in sides))
    extreme = int((abs(found) >= seen - 1e-12 * (1 + seen)).sum())
    return extreme / len(found) if exact else (1 + extreme) / (1 + most)
