"""Correlations, shares, the threshold and paired tests against scipy and closed forms."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from acgan.metrics import statistics
from acgan.metrics.statistics import bootstrap, cluster_bootstrap
from acgan.tables.accuracy import resolution_tests
from acgan.tables.registry import Asked


def test_correlations_equal_scipy_and_lie_in_their_intervals():
    rng = np.random.default_rng(0)
    x = rng.normal(size=80)
    y = np.round(-0.4 * x + rng.normal(size=80), 1)  # rounded: ties
    found = statistics.correlations(x, y)
    assert found["pearson_r"][0] == pytest.approx(stats.pearsonr(x, y).statistic)
    assert found["r_squared"][0] == pytest.approx(stats.pearsonr(x, y).statistic ** 2)
    assert found["spearman"][0] == pytest.approx(stats.spearmanr(x, y).statistic)
    for value, (low, high) in found.values():
        assert low < value < high and high - low < 0.6
    fisher = np.tanh(np.arctanh(found["pearson_r"][0]) + np.array([-1.96, 1.96]) / math.sqrt(77))
    assert found["pearson_r"][1] == pytest.approx(tuple(fisher), abs=0.06)
    assert math.isnan(statistics.spearman([1, 1, 1], [1, 2, 3]))


def test_an_interval_over_models_is_wider_where_their_classes_are_alike():
    rng = np.random.default_rng(0)
    alike = [np.full((10, 1), m) + 0.01 * rng.normal(size=(10, 1)) for m in rng.normal(size=12)]
    low, high = cluster_bootstrap(alike, np.mean)
    means = np.array([m.mean() for m in alike])
    error = means.std() / math.sqrt(len(means))
    assert (high - low) / (2 * 1.96 * error) == pytest.approx(1, abs=0.1)
    one_by_one = bootstrap(np.concatenate(alike).ravel())
    assert high - low > 2.5 * (one_by_one[1] - one_by_one[0])
    assert all(map(math.isnan, cluster_bootstrap(alike[:1], np.mean)))


def test_the_threshold_is_the_most_alike_training_class():
    real, samples = [0.05, 0.2, 0.11], [0.1, 0.2, 0.19, 0.5]
    assert statistics.threshold(real) == 0.2
    value, (low, high) = statistics.below_threshold(samples, real)
    assert value == 0.5 and 0.1 < low < 0.5 < high < 0.9  # reaching the threshold is not below it
    wilson = stats.binomtest(2, 4).proportion_ci(method="wilson")
    assert (low, high) == pytest.approx((wilson.low, wilson.high))


@pytest.mark.parametrize("n", [5, 10, 60])
def test_the_paired_test_equals_scipys_permutation_test(n):
    rng = np.random.default_rng(n)
    a = rng.normal(size=n)
    b = a + rng.normal(0.25, 0.6, size=n)
    found = statistics.paired_test(a, b)
    theirs = stats.permutation_test(
        (b, a),
        lambda x, y, axis: (x - y).mean(axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=9999,
        rng=np.random.default_rng(1),
    )
    assert found.difference == pytest.approx((b - a).mean())
    assert found.interval[0] < found.difference < found.interval[1]
    assert found.p == pytest.approx(theirs.pvalue, abs=1e-12 if n < 14 else 0.01)
    assert statistics.paired_test(b, a).p == pytest.approx(found.p, abs=1e-12)
    assert statistics.paired_test(a, a).p == 1
    assert math.isnan(statistics.paired_test([1.0], [2.0]).p)


def test_holm_by_hand():
    assert statistics.holm([0.01, 0.04, 0.03, math.nan])[:3] == pytest.approx([0.03, 0.06, 0.06])
    assert math.isnan(statistics.holm([0.01, math.nan])[1])
    assert statistics.holm([0.9, 0.8]) == [1.0, 1.0]
    assert statistics.holm([]) == []


def test_the_table_pairs_classes_and_corrects_within_families(tmp_path):
    rows = []
    for suite, gain in (("big", 0.1), ("small", 0.0), ("real", 0.3)):
        for c in range(12):
            for side in (16, 32):
                for subset in range(2):
                    value = 0.3 + c / 100 + (gain if side == 32 else 0)
                    rows.append((suite, "", str(c), "accuracy_j", side, subset, value))
    scores = tmp_path / "accuracy.csv"
    columns = ["suite", "model", "class", "metric", "side", "subset", "value"]
    pd.DataFrame(rows, columns=columns).to_csv(scores, index=False)
    config = {"suites": {"big": {"side": 32}, "small": {"side": 16}}}
    table = resolution_tests(Asked(config, "a", [scores], {})).set_index(
        ["suite_a", "side_a", "suite_b", "side_b"]
    )
    assert len(table) == 3 + 3 * 2 + 1
    big = table.loc[("big", 16, "big", 32)]
    assert big["difference"] == pytest.approx(0.1) and big["p"] == pytest.approx(2 / 2**12)
    assert table.loc[("small", 16, "small", 32), "p"] == 1
    own = table.loc[("big", 32, "small", 16)]
    assert own["family"] == "own sides" and own["difference"] == pytest.approx(-0.1)
    assert own["p_holm"] == own["p"]  # a family of one
    across = table[table["family"] == "big and small"]
    assert across["p_holm"].tolist() == pytest.approx([1, 2 * 2 / 2**12])
    assert (table["classes"] == 12).all()


def test_welchs_interval_is_scipys():
    rng = np.random.default_rng(0)
    one, two = rng.normal(0, 1, 7), rng.normal(1, 3, 5)
    difference, interval = statistics.welch_interval(one, two)
    expected = stats.ttest_ind(two, one, equal_var=False).confidence_interval()
    assert difference == pytest.approx(two.mean() - one.mean())
    assert interval == pytest.approx((expected.low, expected.high))
    assert all(map(math.isnan, statistics.welch_interval([1.0], [2.0, 3.0])[1]))


def test_the_interval_of_an_interaction_covers_it_as_often_as_it_says():
    rng = np.random.default_rng(0)
    inside = 0
    for _ in range(400):
        parts = [(w, rng.normal(w, 1 + (w > 0), 8)) for w in (1.0, -1.0, -1.0, 1.0)]
        value = sum(w * v.mean() for w, v in parts)
        low, high = statistics.combined_interval(value, parts)
        inside += low <= 4 <= high
    assert 0.92 < inside / 400 < 0.98


def test_permutations_are_all_or_many():
    one, two = np.array([1.0, 2, 3, 4]), np.array([3.0, 5, 6, 9])
    expected = stats.permutation_test(
        (one, two), lambda a, b: b.mean() - a.mean(), n_resamples=np.inf
    )
    assert statistics.permutation_test((one, two)) == pytest.approx(expected.pvalue)
    assert statistics.permutation_test((np.zeros(6), np.ones(6))) == pytest.approx(
        2 / math.comb(12, 6)
    )
    assert statistics.permutation_test((one, one)) == 1.0
    rng = np.random.default_rng(1)
    many = statistics.permutation_test((rng.normal(0, 1, 30), rng.normal(0, 1, 30)))
    assert 0.01 < many <= 1
    assert math.isnan(statistics.permutation_test(([], [1.0])))


def test_permutations_stay_within_their_pair():
    """By hand: two values a side and pair; the difference within pairs is the largest possible in
    both, which 1 way of 6 reaches in each, and its mirror image.
    """
    pairs = ([0.0, 1.0], [2.0, 3.0]), ([10.0, 11.0], [12.0, 13.0])
    assert statistics.permutation_test(*pairs) == pytest.approx(2 / 36)
    mixed = [*pairs[0][0], *pairs[1][0]], [*pairs[0][1], *pairs[1][1]]
    assert statistics.permutation_test(mixed) > 0.2  # the pairs' own difference drowns it
    rng = np.random.default_rng(2)
    many = [(rng.normal(0, 1, 30), rng.normal(2, 1, 30)) for _ in range(2)]
    assert statistics.permutation_test(*many) == pytest.approx(1 / 20_001)
