"""Scores by the judge's own label, and of codes, with a judge that sees brightness."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from acgan.judges.base import Judge
from acgan.scores.base import Scored
from acgan.scores.codes import codes
from acgan.scores.judged import judged

CONFIG = {"scores": {"ms_ssim_pairs": 6}}
IDS = ["dark", "grey", "light", "glaring"]


def probabilities(images):
    """0.7 for the one of four equal steps of brightness that an image has."""
    step = (images.float().mean((1, 2, 3)) / 64).long().clamp(max=3)
    return torch.full((len(images), 4), 0.1).scatter(1, step[:, None], 0.7)


def pictures(*brightness):
    rng = np.random.default_rng(0)
    flat = np.repeat(np.array(brightness), 3).reshape(len(brightness), 1, 1, 3)
    return np.clip(flat + rng.integers(-9, 10, (len(brightness), 16, 16, 3)), 0, 255).astype(
        "uint8"
    )


def scored(rows, given, class_ids=IDS[:3]):
    judge = Judge("sees", "made_up", IDS, probabilities)
    return Scored("s", "m", 1, class_ids, rows, judge, Path(), [16], given=given)


def found(metric, s):
    return {(row[3], row[2]): row[6] for row in metric(CONFIG, s)}


def test_samples_are_sorted_by_what_the_judge_sees():
    rows = found(judged, scored([pictures(*[20] * 30, *[90] * 5, *[220] * 5)], "nothing"))
    assert rows["judged_share_sees", "dark"] == 0.75
    assert rows["judged_share_sees", "grey"] == 0.125
    assert rows["judged_share_sees", "light"] == 0
    assert rows["judged_missing_sees", ""] == 2  # of three: fewer than 20 are as good as none
    assert rows["judged_other_sees", ""] == 0.125  # named as no class of the model
    assert rows["judged_confidence_sees", ""] == pytest.approx(0.7)
    shares = np.array([30, 5]) / 35
    expected = (shares * np.log(3 * shares)).sum()
    assert rows["judged_kl_to_uniform_sees", ""] == pytest.approx(expected)
    alike = [key for key in rows if key[0].startswith("judged_ms_ssim")]
    assert alike == [("judged_ms_ssim_6_random_pairs_sees", "dark")]


def test_where_nothing_is_a_class_of_the_model_nothing_divides_by_zero():
    rows = found(judged, scored([pictures(*[230] * 4)], "nothing"))
    assert rows["judged_other_sees", ""] == 1 and rows["judged_kl_to_uniform_sees", ""] == 0


def test_values_of_a_code_are_matched_on_the_even_samples_and_scored_on_the_odd():
    rows = [pictures(*[90] * 8), pictures(*[20, 20] * 3, 90, 150), pictures(*[150] * 8)]
    table = {row[2]: (row[5], row[6]) for row in codes(CONFIG, scored(rows, "code"))}
    assert table["grey"] == (0, 1.0) and table["light"] == (2, 1.0)
    assert table["dark"] == (1, 0.75)  # the odd ones: three dark, one light
    assert 0.5 < table[""][1] < math.log(3)


def test_only_codes_have_the_scores_of_codes():
    assert not list(codes(CONFIG, scored([pictures(*[20] * 4)], "nothing")))
