"""Intervals over models against scipy, published examples and closed forms; the linear probe."""

import math

import numpy as np
import pytest
from scipy import stats

from acgan.metrics import inference
from acgan.metrics.probe import recalls


def test_a_mean_over_models_is_students():
    rng = np.random.default_rng(0)
    means = rng.normal(0.3, 1, 9)
    found = inference.mean_of_models(means)
    theirs = stats.ttest_1samp(means, 0).confidence_interval(0.95)
    assert found.interval == pytest.approx((theirs.low, theirs.high))
    assert found.resampled == "9 models" and not found.of_these
    assert found.p == pytest.approx(stats.ttest_1samp(means, 0).pvalue, abs=0.05)


def test_few_models_are_measured_by_their_samples():
    values, errors = np.array([0.1, 0.3, 0.2, 0.4]), np.full(4, 0.02)
    found = inference.mean_over_classes(values, errors, np.array([0, 0, 1, 1]), 0.2)
    assert found.value == pytest.approx(0.25) and found.of_these
    assert found.interval == pytest.approx((0.25 - 1.96 * 0.01, 0.25 + 1.96 * 0.01), abs=1e-4)
    assert found.p == pytest.approx(2 * stats.norm.sf(5), rel=1e-6)
    assert found.resampled == "samples of 4 classes"


def test_a_difference_of_models_is_welchs():
    rng = np.random.default_rng(1)
    a, b = rng.normal(0, 1, 6), rng.normal(1, 3, 8)
    theirs = stats.ttest_ind(b, a, equal_var=False).confidence_interval(0.95)
    found = inference.difference_of_models(a, b)
    assert found.interval == pytest.approx((theirs.low, theirs.high))
    assert (
        found.value == pytest.approx(b.mean() - a.mean()) and found.resampled == "6 models a side"
    )


def test_wilson_and_newcombe():
    """Newcombe 1998, table II, example (a): 56 of 70 against 48 of 80."""
    theirs = stats.binomtest(3, 40).proportion_ci(method="wilson")
    assert inference.wilson(3, 40) == pytest.approx((theirs.low, theirs.high))
    assert inference.wilson(0, 48)[0] == 0 and inference.wilson(48, 48)[1] == 1
    first, second = (
        inference.Share(right / of, inference.wilson(right, of), of)
        for right, of in ((48, 80), (56, 70))
    )
    value, interval = inference.difference_of_shares(first, second)
    assert value == pytest.approx(0.2)
    assert interval == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_a_clustered_share_of_independent_cases_is_clopper_and_pearsons_almost():
    """Of one case a model the variance is that of independent cases; the degrees of freedom of 200
    models widen it by a hundredth.
    """
    right = np.zeros(200)
    right[:30] = 1
    found = inference.clustered_share(right, np.ones(200))
    exact = stats.binomtest(30, 200).proportion_ci(method="exact")
    assert found.value == 0.15
    assert found.interval == pytest.approx((exact.low, exact.high), abs=0.002)
    # what is the same within a model counts once
    alike = inference.clustered_share(10 * right, np.full(200, 10.0))
    assert alike.interval == pytest.approx(found.interval, abs=1e-6)
    none = inference.clustered_share(np.zeros(8), np.full(8, 40.0), inference.LEAST_ALIKE)
    assert none.value == 0 and 0.02 < none.interval[1] < 0.1


def test_a_share_of_few_models_counts_what_is_sure():
    margins = np.array([1.0, 1.0, 1.0, 1.0, -1.0, 0.01])
    found = inference.share_of_classes(margins, np.full(6, 0.1), np.array([0, 0, 0, 1, 1, 1]))
    assert found.value == pytest.approx(5 / 6)
    assert found.interval == pytest.approx((4 / 6, 5 / 6))  # the last class may be either


def test_a_ratio_of_medians_holds_the_truth_as_often_as_it_says():
    rng, inside = np.random.default_rng(2), 0
    for _ in range(400):
        low, high = inference.ratio_of_medians(
            rng.lognormal(0.2, 0.5, 40), rng.lognormal(0, 0.5, 60)
        )[1]
        inside += low < math.exp(0.2) < high
    assert 0.92 <= inside / 400 <= 0.985
    copies = inference.ratio_of_medians(np.zeros(20), np.ones(20))
    assert copies[0] < 1e-6  # a distance of 0 has no logarithm


def test_correlations_and_slopes_equal_scipys():
    rng = np.random.default_rng(3)
    models = np.repeat(np.arange(8), 5)
    x, y = rng.normal(size=(2, 40)) + rng.normal(size=(2, 8))[:, models]
    centred = [v - np.array([v[models == m].mean() for m in range(8)])[models] for v in (x, y)]
    found = inference.correlation_within(x, y, (x * 0, y * 0), models)
    assert found.value == pytest.approx(stats.pearsonr(*centred).statistic)
    ranks = inference.rank_correlation(x, y, models)
    assert ranks.value == pytest.approx(stats.spearmanr(x, y).statistic)
    line = stats.linregress(models, y)
    half = stats.t.ppf(0.975, 38) * line.stderr
    found = inference.slope(models.astype(float), y)
    assert found.interval == pytest.approx((line.slope - half, line.slope + half))


def test_a_diagonal_is_compared_with_the_rest():
    matrix = np.full((1, 4, 4), 0.2) + 0.3 * np.eye(4)
    found = inference.diagonal_excess(matrix)
    assert found.value == pytest.approx(0.3) and found.resampled == "4 latents"
    assert found.interval == pytest.approx((0.3, 0.3))


def test_the_probe_finds_what_is_on_a_line_and_nothing_else():
    rng = np.random.default_rng(4)
    z = rng.normal(size=(900, 20))
    labels = np.digitize(z[:, 3], [-1, 0.5])
    assert recalls(z, labels, rng).mean() > 0.8
    assert (recalls(z, labels, rng) > 0.6).all()  # the rare ones too
    chance = recalls(z, rng.permutation(labels), rng).mean()
    assert chance == pytest.approx(1 / 3, abs=0.06)
