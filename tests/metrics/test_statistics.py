"""Correlations, shares, the threshold and paired tests against scipy and closed forms."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from acgan.metrics import statistics
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
