"""What docs/results.md shows of the runs on photographs, made from tables of a few rows."""

import sys

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from running import ROOT

from acgan.io.errors import UserError

sys.path.insert(0, str(ROOT / "workflow/scripts"))
import photographs_page as page

STEPS = [1000, 50000]
HELDOUT = pd.Series({"cat": 0.8, "ship": 0.9})


@pytest.fixture
def scores() -> pd.DataFrame:
    """Of two classes after 1,000, 25,994 and 50,000 steps, as a run that was once stopped has."""
    rows = []
    for step, right, alike in (
        (1000, (0.1, 0.3), (0.9, 0.8)),
        (25994, (0.2, 0.2), (0.5, 0.5)),
        (50000, (0.4, 0.555), (0.1, 0.2)),
    ):
        for i, name in enumerate(HELDOUT.index):
            rows.append(("cifar10", name, step, "accuracy", right[i]))
            rows.append(("cifar10", name, step, "ms_ssim", alike[i]))
            rows.append(("cifar10", name, step, "nearest_l1", 30.0 + i))
        rows.append(("cifar10", None, step, "class_score", 5 * right[1]))
    rows += [("real", "cat", None, "ms_ssim", 0.05), ("real", "ship", None, "ms_ssim", 0.15)]
    return pd.DataFrame(rows, columns=["suite", "class", "step", "measure", "value"])


@pytest.fixture
def nearness() -> pd.DataFrame:
    rows = [("heldout", "cat", "l1", d) for d in (38.0, 40.0, 60.0)]
    rows += [("heldout", "ship", "l1", 20.0), ("heldout", "ship", "ms_ssim", 0.4)]
    rows += [("cifar10", "ship", "l1", 99.0)]
    return pd.DataFrame(rows, columns=["suite", "class", "measure", "distance"])


def cells(table: str) -> list[list[str]]:
    return [line.strip("| ").split(" | ") for line in table.splitlines()]


def test_the_steps_that_are_kept_have_a_row_each(scores, nearness):
    head, _, *rows = cells(page.by_step(scores, STEPS, HELDOUT, nearness))
    assert "classes above 0.150" in head
    assert rows[:2] == [
        ["1,000", "20.0%", "0.850 (0.800 to 0.900)", "2 of 2", "1.50", "30.5", "−1.00"],
        ["50,000", "47.8%", "0.150 (0.100 to 0.200)", "1 of 2", "2.78", "30.5", "1.00"],
    ]
    assert rows[2][:3] == ["training images", "", "0.100 (0.050 to 0.150)"]
    assert rows[3][:2] == ["held-out images", "85.0%"] and rows[3][5] == "30.0"
    assert len(rows) == 4


def test_every_class_has_a_row(scores, nearness):
    assert cells(page.accuracy_by_class(scores, STEPS, HELDOUT))[2:] == [
        ["cat", "10.0%", "40.0%", "80.0%"],
        ["ship", "30.0%", "55.5%", "90.0%"],
    ]
    assert cells(page.diversity_by_class(scores, STEPS, nearness))[2:] == [
        ["cat", "0.900", "0.100", "0.050", "30.0", "40.0"],
        ["ship", "0.800", "0.200", "0.150", "31.0", "20.0"],
    ]


def test_a_claim_has_its_threshold_and_what_was_left_out():
    columns = ["statement", "quantity", "value", "low", "high", "unit"]
    columns += ["supported", "threshold", "note", "verdict"]
    tested = ["z says nothing.", "probe", 0.034, 0.025, 0.042, "fraction"]
    tested += ["below", 0.05, "1 class left out", "supported (of these models)"]
    not_tested = ["More is worse.", "slope", *[np.nan] * 3, "", "above", 0.0, None, "needs more"]
    ratio = ["Samples are no copies.", "ratio", 1.05, np.nan, np.nan, None]
    ratio += ["above", 0.9, None, "supported (of these models)"]
    found = pd.DataFrame([tested, not_tested, ratio], columns=columns)
    assert cells(page.claims(found))[2:] == [
        [
            "z says nothing.",
            "probe; 1 class left out",
            "3.4% (2.5% to 4.2%)",
            "below 5%",
            "supported",
        ],
        ["Samples are no copies.", "ratio", "1.05", "above 0.9", "supported"],
    ]


def test_a_claim_has_its_value_after_each_step():
    columns = ["claim", "quantity", "value", "unit", "verdict"]
    early = [("probe", "a probe", 0.131, "fraction", "contradicted (of these models)")]
    early += [("smooth", "a path", np.nan, None, "needs a class that varies")]
    late = [("probe", "a probe", 0.034, "fraction", "supported (of these models)")]
    late += [("smooth", "a path", 0.5, None, "supported (of these models)")]
    late += [("more", "slope", np.nan, None, "needs a suite")]
    early += late[2:]
    found = {50000: late, 1000: early}
    frames = {step: pd.DataFrame(rows, columns=columns) for step, rows in found.items()}
    assert cells(page.claims_by_step(frames)) == [
        ["quantity", "1,000", "50,000"],
        ["---"] * 3,
        ["a probe", "13.1%, contradicted", "3.4%, supported"],
        ["a path", "–, needs a class that varies", "0.5, supported"],
    ]


def test_a_reading_has_a_number_of_each_of_its_models(tmp_path):
    (tmp_path / "tables/two_seeds").mkdir(parents=True)
    values = {"accuracy": (0.25, 0.5), "judged_ms_ssim": (0.2, 0.31), "class_score": (3.4, 4)}
    values |= {"collapsed": (1, 0), "diverged": (0, 0)}
    rows = [("two_seeds", m, v) for m, of in values.items() for v in of]
    rows += [("real", "judged_ms_ssim", 0.1)]
    table = pd.DataFrame(rows, columns=["suite", "measure", "value"])
    table.to_csv(tmp_path / "tables/two_seeds/model_measures.csv", index=False)
    assert cells(page.by_reading(tmp_path, ["two_seeds"]))[2:] == [
        ["two seeds", "25.0%, 50.0%", "0.200, 0.310", "3.40, 4.00", "1 of 2", "0 of 2"]
    ]


def test_sheets_hold_the_samples_of_the_steps_that_are_kept(tmp_path):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (32, 64, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "sheet.webp", lossless=True)
    tiles = {
        "row": [0, 0],
        "column": [0, 1],
        "kind": ["generated"] * 2,
        "sheet": ["sheet.webp"] * 2,
    }
    tiles = pd.concat([pd.DataFrame(tiles).assign(step=step) for step in (1000.0, 25994.0)])
    tiles.to_csv(tmp_path / "samples_by_step.csv", index=False)
    out = tmp_path / "out"
    out.mkdir()
    page.sheets(tmp_path, STEPS, out)
    assert [p.name for p in out.iterdir()] == ["after_01000_steps.jpg"]
    with Image.open(out / "after_01000_steps.jpg") as sheet:
        assert sheet.size == (65, 32)
        shown = np.asarray(sheet, float)
    assert np.abs(shown[:, :32] - pixels[:, :32]).mean() < 10  # red and green dots as they were
    tiles.assign(kind=["generated", "training"] * 2).to_csv(tmp_path / "samples_by_step.csv")
    with pytest.raises(UserError, match="more than samples"):
        page.sheets(tmp_path, STEPS, out)


def test_results_of_other_data_are_refused(tmp_path):
    (tmp_path / "config.json").write_text('{"datasets": {"cifar10": {"path": null}}}')
    with pytest.raises(UserError, match=r"cifar10 is not that of docs/results_cifar10/copy\.yaml"):
        page.config_of(tmp_path)
