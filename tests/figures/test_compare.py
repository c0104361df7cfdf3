"""Verdicts, intervals, and the file of the paper's numbers."""

import math

import numpy as np
import pytest
from running import ROOT

from acgan.config import loading
from acgan.declarations.items import ITEMS
from acgan.figures import compare

NUMBER = {"value": 0.5, "tolerance": 0.1, "source": "text"}


@pytest.mark.parametrize(
    ("measured", "interval", "wanted"),
    [
        (0.55, (0.50, 0.60), "reproduced"),
        (0.55, (0.30, 0.80), "inconclusive"),  # a wide interval reproduces nothing
        (0.80, (0.75, 0.85), "differs"),
        (0.20, (0.15, 0.39), "differs"),
        (0.62, (0.58, 0.66), "inconclusive"),
        (math.nan, (math.nan, math.nan), "inconclusive"),
        (0.5, (math.nan, math.nan), "inconclusive"),
    ],
)
def test_verdicts(measured, interval, wanted):
    assert compare.verdict(NUMBER, measured, interval, True) == wanted
    assert compare.verdict(NUMBER, measured, interval, False) == "not comparable"
    for source in ("figure", "remembered", "ambiguous"):
        assert (
            compare.verdict({**NUMBER, "source": source}, measured, interval, True) == "unverified"
        )


def test_the_demo_is_comparable_in_nothing_and_the_paper_in_everything():
    demo, paper = (loading.load([ROOT / f"config/{n}.yaml"]) for n in ("demo", "paper"))
    roles = {"table_cifar10": "search", "figure_10": "class_count"}
    for item, numbers in compare.paper_numbers().items():
        for number in numbers.values():
            role = "small" if number["needs"].get("side") == 64 else roles.get(item, "large")
            assert not compare.comparable(demo, demo["roles"][role], number["needs"])
            assert compare.comparable(paper, paper["roles"][role], number["needs"])


def test_the_file_of_numbers_is_complete():
    for item, numbers in compare.paper_numbers().items():
        assert item in ITEMS
        for number in numbers.values():
            assert number["source"] in ("text", "figure", "remembered", "ambiguous")
            assert number["tolerance"] > 0 and number["why"] and number["unit"]
            assert (
                set(number["tags"]) <= {"I", "F", "F-dig", "S0", "S2", "S4", "M"} and number["tags"]
            )
            if set(number["tags"]) <= {"F-dig", "M"}:  # digitised or remembered: never reproduced
                assert number["source"] != "text", number["id"]
            assert ("plus_minus" in number) == ("plus_minus_of" in number)


def test_published_scores_stand_beside_the_same_nets_and_losses_alone():
    config = loading.load([ROOT / "config/systems_cifar10.yaml"])
    found = {s: compare.published(config, s) for s in config["suites"]}
    values = {suite: row["published"] for suite, row in found.items() if row}
    assert values == {"acgan": 8.25, "improved_gan_salimans": 8.09, "projection_miyato": 8.62}
    assert not any(row["published_is_comparable"] for row in found.values() if row)
    paper = loading.load([ROOT / "config/paper.yaml"])
    assert compare.published(paper, "cifar10")["published_is_comparable"]
    assert not compare.published(paper, "imagenet_128")


def test_headline_numbers_of_the_paper():
    numbers = compare.paper_numbers()
    assert numbers["table_cifar10"]["best_score"]["value"] == 8.25
    assert numbers["figure_04"]["below_threshold"]["value"] == 0.847
    assert numbers["figure_02"]["classes_below_equality"]["value"] == 0.844
    assert numbers["figure_04"]["mean_samples"]["value"] == 0.18


def test_bootstrap_covers_the_mean_and_repeats():
    values = np.random.default_rng(0).normal(3, 1, 400)
    low, high = compare.bootstrap(values)
    standard_error = values.std() / 20
    assert low == pytest.approx(values.mean() - 1.96 * standard_error, abs=0.02)
    assert high == pytest.approx(values.mean() + 1.96 * standard_error, abs=0.02)
    assert (low, high) == compare.bootstrap(values)
    assert math.isnan(compare.bootstrap([1.0])[0])


def test_bootstrap_keeps_rows_together():
    x = np.arange(50.0)
    assert compare.bootstrap(x, 2 * x, statistic=compare.pearson) == pytest.approx((1, 1))


def test_share_and_correlation():
    value, (low, high) = compare.share(847, 1000)
    assert value == 0.847 and 0.82 < low < 0.847 < high < 0.87
    assert math.isnan(compare.share(0, 0)[0])
    assert compare.pearson([1, 2, 3], [3, 2, 1]) == pytest.approx(-1)
    assert math.isnan(compare.pearson([1, 1, 1], [3, 2, 1]))
