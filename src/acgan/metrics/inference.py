"""Intervals and p values of what was measured on models, each beside what it takes for the unit.

A trained model is the unit where there are LEAST_MODELS of them: the classes of one model are not
independent, so that intervals over classes, or over two or three models, promise too much. With
fewer, the unit is the sample: the interval then is of these very models and says nothing of others.
All are of 95 % and two-sided; p is of a value equal to the threshold.
"""

import math
from functools import cache
from typing import NamedTuple

import numpy as np

from acgan.io.words import counted
from acgan.metrics.statistics import Interval, permutation_test, sign_flip

LEAST_MODELS = 6
# Intraclass correlation that samples of one model are taken to have at least: of few models and a
# rare event, the one that is seen is too small just where the share is (by simulation).
LEAST_ALIKE = 0.05
Z = 1.959963984540054  # the normal's 97.5 % point
Z_OF_TWO = 2.241402727604947  # the same of each of two intervals (Bonferroni)


class Tested(NamedTuple):
    """A quantity with its interval, and what the interval is over."""

    value: float
    interval: Interval
    p: float
    resampled: str  # what, in words: "8 models"; of these models "samples of 10 classes"
    of_these: bool  # whether it holds for these models alone
    note: str = ""  # what was left out


def models_of(count: int, side: str = "") -> str:
    return " ".join(filter(None, (counted(count, "model"), side)))


def samples_of(classes: int) -> str:
    return f"samples of {counted(classes, 'class', 'classes')}"


@cache
def student(freedom: int, level: float = 0.975) -> float:
    """A point of Student's t."""
    from scipy import stats  # here: it takes a second

    return float(stats.t.ppf(level, freedom))


@cache
def beta_point(level: float, a: float, b: float) -> float:
    from scipy import special

    return float(special.betaincinv(a, b, level))


def normal_p(distance: float, error: float) -> float:
    """Two-sided p of a distance under a normal of this standard error."""
    if not error:
        return float(distance == 0)
    return math.erfc(abs(distance) / error / math.sqrt(2))


def by_model(values: np.ndarray, models: np.ndarray) -> np.ndarray:
    """Means (models,) of values (N,), whose models are numbered from 0."""
    return np.bincount(models, values) / np.bincount(models)


def mean_of_models(means: np.ndarray, threshold: float = 0.0, shared: float = 0.0) -> Tested:
    """Student's interval of the mean over models; p by flipping signs about the threshold. `shared`
    is the standard error of what all have in common.
    """
    n, value = len(means), float(means.mean())
    half = math.hypot(student(n - 1) * float(means.std(ddof=1)) / math.sqrt(n), Z * shared)
    p = sign_flip(means - threshold)
    return Tested(value, (value - half, value + half), p, models_of(n), False)


def mean_of_samples(values: np.ndarray, errors: np.ndarray, threshold: float = 0.0) -> Tested:
    """The mean over all classes of these models, each measured with a standard error."""
    value = float(values.mean())
    error = math.sqrt(float((errors**2).sum())) / len(values)
    interval = value - Z * error, value + Z * error
    p = normal_p(value - threshold, error)
    return Tested(value, interval, p, samples_of(len(values)), True)


def mean_over_classes(
    values: np.ndarray,
    errors: np.ndarray,
    models: np.ndarray,
    threshold: float = 0.0,
    shared: float = 0.0,
) -> Tested:
    """The mean of classes (N,), over models where they are enough, else over samples."""
    if models.max() + 1 >= LEAST_MODELS:
        return mean_of_models(by_model(values, models), threshold, shared)
    return mean_of_samples(values, errors, threshold)


def difference_of_models(first: np.ndarray, second: np.ndarray) -> Tested:
    """Mean of the second minus mean of the first, over models: Welch's interval, permuted models
    for p.
    """
    a, b = len(first), len(second)
    value = float(second.mean() - first.mean())
    squares = float(first.var(ddof=1)) / a, float(second.var(ddof=1)) / b
    half = 0.0
    if sum(squares):
        freedom = sum(squares) ** 2 / (squares[0] ** 2 / (a - 1) + squares[1] ** 2 / (b - 1))
        half = student_of(freedom) * math.sqrt(sum(squares))
    p = permutation_test((first, second), most=2_000)
    return Tested(value, (value - half, value + half), p, models_of(min(a, b), "a side"), False)


def difference_of_samples(
    first: tuple[np.ndarray, np.ndarray], second: tuple[np.ndarray, np.ndarray]
) -> Tested:
    """The same of these models, from values of classes (N,) and their standard errors."""
    a, b = (mean_of_samples(*side) for side in (first, second))
    value = b.value - a.value
    error = math.hypot(*(t.interval[1] - t.value for t in (a, b))) / Z
    interval = value - Z * error, value + Z * error
    of = samples_of(min(len(values) for values, _ in (first, second)))
    return Tested(value, interval, normal_p(value, error), of, True)


def fisher_p(first: np.ndarray, second: np.ndarray) -> float:
    """Two-sided p of Fisher's exact test, of truth values (n,) and (m,)."""
    from scipy import stats

    table = [[int(v.sum()), len(v) - int(v.sum())] for v in (first, second)]
    return float(stats.fisher_exact(table).pvalue)


def student_of(freedom: float) -> float:
    """Student's 97.5 % point for a broken number of degrees of freedom."""
    from scipy import special

    return float(special.stdtrit(freedom, 0.975))


class Share(NamedTuple):
    """A share, its interval, and of how many independent cases it would have the same."""

    value: float
    interval: Interval
    effective: float


def clustered_share(successes: np.ndarray, totals: np.ndarray, alike: float = 0.0) -> Share:
    """A share over models of several classes or samples each, with the interval of Korn and
    Graubard (1998): Clopper and Pearson's of the number of independent cases that tells as much,
    those of one model being at least so much `alike`.
    """
    models, cases = len(successes), float(totals.sum())
    share = float(successes.sum()) / cases
    left = successes - share * totals
    variance = models / (models - 1) * float((left**2).sum()) / cases**2
    freedom = (student(models - 1) / Z) ** 2 if models > 1 else 1.0
    alone = share * (1 - share) / variance if variance else cases
    most = cases / (1 + (cases / models - 1) * alike)
    effective = min(most, alone) / freedom
    right = share * effective
    low = beta_point(0.025, right, effective - right + 1) if right else 0.0
    high = beta_point(0.975, right + 1, effective - right) if right < effective else 1.0
    return Share(share, (low, high), effective)


def wilson(successes: float, total: float) -> Interval:
    """Wilson's interval of a share of independent cases."""
    share, square = successes / total, Z**2 / total
    middle = share + square / 2
    half = Z * math.sqrt(share * (1 - share) / total + square / total / 4)
    low, high = ((middle + sign * half) / (1 + square) for sign in (-1, 1))
    # Exact where rounding would leave a trace beside 0 or 1.
    return (low if successes else 0.0), (high if successes < total else 1.0)


def share_of_classes(
    margins: np.ndarray, errors: np.ndarray, models: np.ndarray, threshold: float = 0.5
) -> Tested:
    """The share of classes whose margin (N,) is above 0.

    Of these models: a class counts as sure only when its margin is; how many at least are above 0,
    and how many below, by the partial conjunction of their p values (Benjamini and Heller 2008).
    """
    above = margins > 0
    if models.max() + 1 >= LEAST_MODELS:
        totals = np.bincount(models)
        successes = np.bincount(models, above)
        share = clustered_share(successes, totals)
        p = sign_flip(successes / totals - threshold)
        return Tested(share.value, share.interval, p, models_of(len(totals)), False)
    z = margins / np.maximum(errors, 1e-12)
    n = len(z)
    at_least_above, at_least_below = at_least(z), at_least(-z)
    needed = math.floor(threshold * n) + 1
    p = min(1.0, 2 * min(conjunction(z)[needed - 1], conjunction(-z)[needed - 1]))
    interval = at_least_above / n, 1 - at_least_below / n
    return Tested(float(above.mean()), interval, p, samples_of(n), True)


def conjunction(z: np.ndarray) -> np.ndarray:
    """(N,): the p value of "fewer than k + 1 of N are above 0", from normal scores (N,)."""
    from scipy import special

    p = np.sort(special.ndtr(-z))
    n = len(p)
    return np.maximum.accumulate(np.minimum(1.0, (n - np.arange(n)) * p))


def at_least(z: np.ndarray) -> int:
    """How many are surely above 0, at 2.5 %."""
    return int((conjunction(z) <= 0.025).sum())


def share_of_samples(
    successes: np.ndarray, totals: np.ndarray, models: np.ndarray, threshold: float, thing: str
) -> Tested:
    """The share of samples (of paths: `thing`) of something, counted by class (N,)."""
    if models.max() + 1 >= LEAST_MODELS:
        by = np.bincount(models, successes), np.bincount(models, totals)
        found, resampled = clustered_share(*by, LEAST_ALIKE), models_of(len(by[0]))
    else:
        right, of = float(successes.sum()), float(totals.sum())
        found, resampled = Share(right / of, wilson(right, of), of), counted(int(of), thing)
    error = math.sqrt(threshold * (1 - threshold) / found.effective)
    p = normal_p(found.value - threshold, error)
    of_these = models.max() + 1 < LEAST_MODELS
    return Tested(found.value, found.interval, p, resampled, bool(of_these))


def difference_of_shares(first: Share, second: Share) -> tuple[float, Interval]:
    """The second share minus the first, from their intervals (Newcombe 1998, method 10)."""
    a, (a_low, a_high), b, (b_low, b_high) = *first[:2], *second[:2]
    low = b - a - math.hypot(b - b_low, a_high - a)
    return b - a, (low, b - a + math.hypot(b_high - b, a - a_low))


def ratio_of_medians(
    first: np.ndarray, second: np.ndarray, z: float = Z
) -> tuple[float, Interval, float]:
    """Median of the first over median of the second, its interval (Price and Bonett 2002) and the
    standard error of its logarithm. Values are above 0.
    """
    value = math.log(max(float(np.median(first)), 1e-12) / float(np.median(second)))
    error = math.hypot(median_error(first), median_error(second))
    interval = math.exp(value - z * error), math.exp(value + z * error)
    return math.exp(value), interval, error


def median_error(values: np.ndarray) -> float:
    """The standard error of the logarithm of the median of values above 0."""
    n = len(values)
    ordered = np.log(np.sort(np.maximum(values, 1e-12)))
    place = max(1, round((n + 1) / 2 - math.sqrt(n)))
    return float(ordered[n - place] - ordered[place - 1]) / (2 * median_point(n, place))


@cache
def median_point(n: int, place: int) -> float:
    """How many standard errors lie between the median of n values and the one at this place."""
    from scipy import special

    tail = sum(math.comb(n, i) for i in range(place)) / 2**n
    return float(special.ndtri(1 - tail))


def within_models(values: np.ndarray, models: np.ndarray) -> np.ndarray:
    """Values less the mean of their model."""
    return values - by_model(values, models)[models]


def correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Pearson's r of centred values; 0 where one side does not vary."""
    size = math.sqrt(float(x @ x) * float(y @ y))
    return float(x @ y) / size if size > 1e-18 else 0.0


def correlation_within(
    x: np.ndarray, y: np.ndarray, errors: tuple[np.ndarray, np.ndarray], models: np.ndarray
) -> Tested:
    """Pearson's r over classes, less the mean of each model.

    Over models by leaving out one after the other; of these models by how r follows each class's
    values, which are measured with standard errors.
    """
    a, b = within_models(x, models), within_models(y, models)
    r, n = correlation(a, b), int(models.max()) + 1
    if n >= LEAST_MODELS:
        sums = [np.bincount(models, v) for v in (a * b, a * a, b * b)]
        rest = [s.sum() - s for s in sums]  # of all models but one
        others = rest[0] / np.sqrt(np.maximum(rest[1] * rest[2], 1e-18))
        return jackknifed(r, others)
    size = max(math.sqrt(float(a @ a) * float(b @ b)), 1e-9)
    slopes = [
        within_models(b / size - r * a / max(float(a @ a), 1e-18), models),
        within_models(a / size - r * b / max(float(b @ b), 1e-18), models),
    ]
    squares = ((s * e) ** 2 for s, e in zip(slopes, errors, strict=True))
    error = math.sqrt(float(sum(s.sum() for s in squares)))
    interval = max(-1.0, r - Z * error), min(1.0, r + Z * error)
    return Tested(r, interval, normal_p(r, error), samples_of(len(x)), True)


def jackknifed(r: float, others: np.ndarray) -> Tested:
    """A correlation, from those without each of the models in turn, by Fisher's transformation."""
    n = len(others)
    whole = math.atanh(min(max(r, -0.9999), 0.9999))
    left = np.arctanh(np.clip(others, -0.9999, 0.9999))
    error = math.sqrt((n - 1) / n * float(((left - left.mean()) ** 2).sum()))
    half = student(n - 1) * error
    interval = math.tanh(whole - half), math.tanh(whole + half)
    return Tested(r, interval, student_p(whole, error, n - 1), models_of(n), False)


def student_p(distance: float, error: float, freedom: int) -> float:
    """Two-sided p of a distance under Student's t."""
    from scipy import special

    if not error:
        return float(distance == 0)
    return float(2 * special.stdtr(freedom, -abs(distance) / error))


def rank_correlation(x: np.ndarray, y: np.ndarray, models: np.ndarray) -> Tested:
    """Spearman's over classes, its interval by leaving out one model after the other."""
    from scipy import stats

    def of(kept: np.ndarray) -> float:
        a, b = stats.rankdata(x[kept]), stats.rankdata(y[kept])
        return correlation(a - a.mean(), b - b.mean())

    every = np.ones(len(x), bool)
    others = np.array([of(models != m) for m in range(int(models.max()) + 1)])
    return jackknifed(of(every), others)


def slope(x: np.ndarray, y: np.ndarray) -> Tested:
    """The slope of a straight line through models; p by permuting them."""
    from acgan.io.rng import numpy_rng

    n, a, b = len(x), x - x.mean(), y - y.mean()
    value = float(a @ b) / float(a @ a)
    left = b - value * a
    error = math.sqrt(float(left @ left) / (n - 2) / float(a @ a))
    half = student(n - 2) * error
    orders = numpy_rng(0, "slope").permuted(np.tile(b, (2_000, 1)), axis=1)
    extreme = int((abs(orders @ a) >= abs(float(a @ b)) * (1 - 1e-12)).sum())
    p = (1 + extreme) / (1 + len(orders))
    return Tested(value, (value - half, value + half), p, models_of(n), False)


def diagonal_excess(matrices: np.ndarray) -> Tested:
    """How far the diagonal of matrices (models, n, n) lies above the rest, in the mean.

    Of these models the interval is by the variance that the diagonal's mean has where columns are
    permuted (Hoeffding 1951).
    """
    models, n, _ = matrices.shape
    diagonal = np.einsum("mii->m", matrices) / n
    excess = (diagonal - matrices.mean((1, 2))) * n / (n - 1)
    if models >= LEAST_MODELS:
        return mean_of_models(excess)
    value = float(excess.mean())
    # less a common excess, which is no noise
    flat = matrices - excess[:, None, None] * np.eye(n)
    centred = flat - flat.mean(1, keepdims=True) - flat.mean(2, keepdims=True)
    centred += flat.mean((1, 2), keepdims=True)
    variances = (centred**2).sum((1, 2)) / (n**2 * (n - 1)) * (n / (n - 1)) ** 2
    error = math.sqrt(float(variances.sum())) / models
    interval = value - Z * error, value + Z * error
    return Tested(value, interval, normal_p(value, error), counted(n * models, "latent"), True)
