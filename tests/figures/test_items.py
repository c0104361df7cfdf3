"""What single items say of numbers: how many subsets, which step, which tests; drawn in this
process from the toy run's tables, some of them altered.
"""

import shutil

import pandas as pd
import pytest

from acgan.config.reading import read_config
from acgan.io.files import read_json, write_json
from acgan.io.frames import read_frame
from notebooks import draw

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("toy")]


@pytest.fixture
def results(toy_run, tmp_path):
    for part in ("config.json", "tables"):
        source = toy_run / "results/toy" / part
        shutil.copytree(source, tmp_path / part) if source.is_dir() else shutil.copy(
            source, tmp_path
        )
    return tmp_path


def altered(results, name, change):
    """Of every suite that has this table."""
    for path in (results / "tables").glob(f"*/{name}.csv"):
        change(read_frame(path)).to_csv(path, index=False)


def measured(out):
    return {q["id"]: q for q in read_json(out / "item.json")["quantities"]}


def test_figure_02_says_its_subsets_and_draws_its_tests(results):
    """Training images of small classes are cut into 9 subsets here, samples into 10."""
    tests = read_frame(results / "tables/main_32/resolution_tests.csv")
    altered(
        results, "accuracy_by_resolution", lambda t: t[(t["suite"] != "real") | (t["subset"] < 9)]
    )
    out = draw(results, "figure_02")
    caption = read_json(out / "item.json")["caption"]
    assert (
        "over 10 subsets of images (of training images 9, the images of their smallest class)"
        in caption
    )
    numbers = measured(out)
    assert numbers["real_at_128"]["resampled"] == "images (9 subsets)"
    assert numbers["accuracy_128"]["resampled"] == "images (10 subsets)"
    assert all(numbers["real_at_128"][k] is not None for k in ("measured", "low", "high"))

    shown = pd.read_csv(out / "data.csv", low_memory=False).query("panel == 'tests'")
    assert len(shown) == 5 and "differ" not in caption.replace("difference", "")
    assert "the unit is the class" in caption and "corrected by Holm" in caption
    text = (out / "figure.svg").read_text()
    wanted = tests.query(
        "suite_a == 'main_32' and suite_b == 'main_32' and side_a == 8 and side_b == 32"
    ).iloc[0]
    effect = (
        f"{100 * wanted['difference']:+.1f} ({100 * wanted['low']:+.1f} to "
        f"{100 * wanted['high']:+.1f})"
    )
    assert effect in text and f"{wanted['p_holm']:.4f}" in text
    # the other way round than in the table: small samples first, as the row says
    sizes = shown.query("suite_a == 'main_16' and suite_b == 'main_32'").iloc[0]
    asked = tests.query("family == 'own sides'").iloc[0]
    assert sizes["difference"] == pytest.approx(-asked["difference"])
    assert sizes["accuracy_b"] == pytest.approx(asked["accuracy_a"])
    assert "percentage points" in text and "tests in" in text


def test_figure_02_says_nothing_of_a_quarter_that_was_not_measured(results):
    for name in ("accuracy_by_resolution", "accuracy_by_class"):
        altered(results, name, lambda t: t[t["side"] > 8])
    out = draw(results, "figure_02")
    assert "less accurate" not in read_json(out / "item.json")["caption"]
    numbers = measured(out)
    for quarter in (
        "classes_below_equality",
        "loss_to_quarter",
        "accuracy_128_at_32",
        "real_at_32",
    ):
        assert numbers[quarter]["measured"] is None
    assert numbers["loss_to_half"]["measured"] is not None


@pytest.mark.parametrize(("last", "steps"), [(0, 12), (8, 12), (12, 12)])
def test_figure_05_calls_the_last_step_the_end_and_no_other(results, last, steps):
    altered(results, "trajectory", lambda t: t[t["step"] <= last])
    out = draw(results, "figure_05")
    about, text = read_json(out / "item.json"), (out / "figure.svg").read_text()
    numbers = measured(out)
    assert numbers["start"]["measured"] is not None
    for number in ("collapsed_end", "healthy_end"):
        assert (numbers[number]["measured"] is not None) == (last == steps)
    assert ("that ends highest" in text and "end above it" in about["caption"]) == (last == steps)
    if last < steps:
        assert f"at step {last} is highest" in text
        assert f"lie above it at step {last}, the last point of 12 steps" in about["caption"]


def test_figure_05_has_no_collapsed_class_where_none_has_collapsed(results):
    altered(results, "trajectory", lambda t: t.assign(ms_ssim=t["ms_ssim"] / 10))
    numbers = measured(draw(results, "figure_05"))
    assert numbers["collapsed_end"]["measured"] is None
    assert numbers["healthy_end"]["measured"] is not None


def test_figure_02_names_those_that_diverged_and_no_other(results):
    """Its curves do not tell models apart, so other tables of both suites say which have scores."""
    said = "Left out, since they diverged in training"
    assert said not in read_json(draw(results, "figure_02") / "item.json")["caption"]
    path = results / "tables/main_16/accuracy_by_class.csv"
    table = read_frame(path)
    table[table["model"] != "g001"].to_csv(path, index=False)
    assert (
        f"{said}: main_16/g001." in read_json(draw(results, "figure_02") / "item.json")["caption"]
    )


def test_a_single_group_has_no_spread(results):
    """Of settings with one group each the table prints a score alone, not "± nan"."""
    altered(results, "search", lambda t: t[t["group"] == 0])
    config = read_config(results / "config.json")
    for purpose in ("select", "report"):
        config["scores"][purpose]["groups"] = 1
    write_json(results / "config.json", config)
    assert "nan" not in (draw(results, "table_cifar10") / "figure.svg").read_text()


def test_a_figure_says_of_how_many_models_and_classes_it_is(results):
    config = read_config(results / "config.json")
    config["suites"]["main_32"]["models"] = [0]
    write_json(results / "config.json", config)
    for name in ("ms_ssim_by_class", "trajectory"):
        altered(results, name, lambda t: t[t["model"].isna() | (t["model"] != "g001")])
    caption = read_json(draw(results, "figure_04") / "item.json")["caption"]
    part = "A part alone (main_32: 1 of 2 models, 5 of 10 classes); the paper's numbers need all."
    assert part in caption and "diverged" not in caption
