"""Experiments side by side: what differs, what is chance, and what cannot be compared says why."""

import csv
import json
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest
from report_fixture import HOSTILE, make_results

from acgan import cli
from acgan.compare.differences import by_class, over_restarts, paired
from acgan.compare.page import three_lines
from acgan.compare.results import Results, read
from acgan.compare.settings import settings
from acgan.report.build import build

SEARCHED = "roles: {search: null}\n"


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """Two results: the second with more steps, and every class of main_32 named 30 % more often."""
    found = []
    for name, changes in (
        ("one", SEARCHED),
        ("two", SEARCHED + "suites: {main_32: {training: {steps: 900}}}\n"),
    ):
        results, _ = make_results(tmp_path_factory.mktemp("compare") / name, changes)
        if name == "two":
            file = results / "tables/main_32/accuracy_by_class.csv"
            table = pd.read_csv(file)
            table["accuracy"] = (table["accuracy"] + 0.3).clip(upper=1)
            table.to_csv(file, index=False)
        build(results / "config.json", results, results / "report", results / "metrics.json")
        found.append(results)
    return found


@pytest.fixture(scope="module")
def page(two, tmp_path_factory):
    out = tmp_path_factory.mktemp("page") / "compare"
    assert cli.main(["compare", *map(str, two), "--out", str(out)]) == 0
    return out


def rows_of(page) -> dict[tuple[str, str], dict[str, str]]:
    with open(page / "differences.csv", newline="") as handle:
        return {(r["of"], r["quantity"]): r for r in csv.DictReader(handle)}


def test_a_difference_has_an_interval_and_says_whether_it_is_chance(page):
    rows = rows_of(page)
    named = rows["main_32", "accuracy of the samples, 10 classes paired"]
    # by class: 0, 0.1 ... 0.9, and 0.3 more, at most 1
    more = np.minimum(np.arange(10) / 10 + 0.3, 1) - np.arange(10) / 10
    assert float(named["difference"]) == pytest.approx(more.mean())
    error = np.sqrt(2 * 0.02**2 / 10) / np.sqrt(10)  # of ten classes, each from ten subsets
    half = (float(named["high"]) - float(named["low"])) / 2
    assert half == pytest.approx(1.96 * error, rel=1e-3)
    assert named["verdict"] == "more than chance (of these models)"
    alike = rows["main_32", "MS-SSIM of the samples, 10 classes paired"]
    assert float(alike["difference"]) == 0
    assert alike["verdict"] == "within chance (of these models)"


def test_the_page_shows_settings_claims_pictures_and_escapes_names(page):
    html = (page / "index.html").read_text()
    assert "suites.main_32.training.steps" in html and ">900<" in html
    assert HOSTILE not in html
    assert "Samples are easier to name at their own resolution" in html
    pictures = sorted(p.name for p in (page / "pictures").iterdir())
    assert "figure_04_0.png" in pictures and "figure_04_1.png" in pictures
    assert "http" not in html.replace("http://www.w3.org", "")


def test_only_settings_that_differ_are_told(two):
    keys = [s.key for s in settings([read(folder) for folder in two])]
    assert keys == ["suites.main_32.training.steps"]


def changed(results: Results, **values) -> Results:
    """The same with other settings of main_32."""
    suites = results.config["suites"]
    own = suites | {"main_32": suites["main_32"] | values}
    return results._replace(config=results.config | {"suites": own})


@pytest.mark.parametrize(
    ("values", "word"),
    [({"dataset": "digits_heldout"}, "other data"), ({"side": 64}, "32 and 64 pixels")],
)
def test_what_cannot_be_compared_says_why(two, values, word):
    one, other = map(read, two)
    other = changed(other, **values)
    side = "main_32", other, "main_32", "accuracy_by_class", "accuracy", "accuracy"
    (found,) = by_class(one, *side)
    assert found.why.startswith("not comparable") and word in found.why
    assert found.tested is None and found.difference is None


def test_the_name_of_held_out_images_changes_no_image(two):
    one, other = map(read, two)
    digits = other.config["datasets"]["digits"] | {"heldout": "others"}
    other = other._replace(
        config=other.config | {"datasets": other.config["datasets"] | {"digits": digits}}
    )
    side = "main_32", other, "main_32", "accuracy_by_class", "accuracy", "accuracy"
    (found,) = by_class(one, *side)
    assert found.why == "" and found.tested is not None


def test_restarts_are_compared_over_models(two, tmp_path):
    """By Welch's interval over the restarts of each side, as scipy has it."""
    from scipy import stats

    rng = np.random.default_rng(0)
    sides = [rng.normal(0.5, 0.1, 8), rng.normal(0.9, 0.1, 8)]
    compared = []
    for number, values in enumerate(sides):
        folder = tmp_path / str(number)
        (folder / "tables/main_32").mkdir(parents=True)
        table = pd.DataFrame(
            {
                "suite": "main_32",
                "model": [f"g000-r{i}" for i in range(8)],
                "measure": "accuracy",
                "metric": "accuracy_digits_cnn",
                "value": values,
            }
        )
        table.to_csv(folder / "tables/main_32/model_measures.csv", index=False)
        compared.append(read(two[0])._replace(folder=folder, name=str(number)))
    (found,) = over_restarts(compared[0], "main_32", compared[1], "main_32")
    expected = stats.ttest_ind(sides[1], sides[0], equal_var=False).confidence_interval(0.95)
    assert found.tested and found.tested.interval == pytest.approx(tuple(expected), rel=1e-6)
    assert found.verdict == "more than chance"


def test_a_folder_without_results_is_refused_in_a_line(two, tmp_path, capsys):
    assert cli.main(["compare", str(two[0]), str(tmp_path), "--out", str(tmp_path / "x")]) == 2
    assert "is no results folder" in capsys.readouterr().err
    assert cli.main(["compare", str(two[0]), "--out", str(tmp_path / "x")]) == 2
    assert "name two at least" in capsys.readouterr().err
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter.txt").write_text("dear")
    assert cli.main(["compare", *map(str, two), "--out", str(tmp_path / "mine")]) == 2
    assert (tmp_path / "mine/letter.txt").read_text() == "dear"


def test_the_committed_numbers_are_compared_in_three_lines(two, tmp_path, monkeypatch, capsys):
    """What `make demo` says at its end."""
    before, now = {"a": 1.0, "b": 2.0, "c": 3.0}, {"a": 1.0, "b": 2.5, "c": 3.0}
    lines = three_lines(before, now, tmp_path).splitlines()
    assert (
        len(lines) == 3 and "3 committed numbers 1 differ" in lines[0] and "b 2 to 2.5" in lines[1]
    )
    folder = tmp_path / "results/demo"
    folder.mkdir(parents=True)
    (folder / "metrics.json").write_text(json.dumps(before))
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "x"]):
        subprocess.run([*git, *command], cwd=tmp_path, check=True)
    monkeypatch.chdir(tmp_path)
    assert cli.main(["compare", "--committed", "results/demo"]) == 0
    assert "all 3 numbers are the committed ones" in capsys.readouterr().out
    (folder / "metrics.json").write_text(json.dumps(now))
    assert cli.main(["compare", "--committed", "results/demo"]) == 0
    assert "1 differ" in capsys.readouterr().out


def test_pairs_of_models_are_not_models():
    """One model against ten is one model; classes grouped in other ways keep each side's spread."""
    rng = np.random.default_rng(0)
    values, errors = rng.normal(0, 1, 60), np.full(60, 0.01)
    names = [f"g{i // 6:03d}" for i in range(60)]
    found = paired(values, errors, pd.Series(["g000"] * 60), pd.Series(names))
    assert found.of_these
    seldom = 0
    for _ in range(200):  # no difference but what models have in common
        first, second = rng.normal(0, 1, 10), rng.normal(0, 1, 10)
        one, two = np.repeat(np.arange(10), 10), rng.permutation(np.repeat(np.arange(10), 10))
        sides = (pd.Series([f"g{m:03d}" for m in side]) for side in (one, two))
        low, high = paired(second[two] - first[one], np.full(100, 0.01), *sides).interval
        seldom += not low <= 0 <= high
    assert seldom <= 0.08 * 200


def test_other_images_are_other_data(two, tmp_path):
    """Of two folders that are called alike: their training images tell them apart."""
    one, other = map(read, two)
    folder = tmp_path / "other"
    shutil.copytree(other.folder / "tables", folder / "tables")
    file = folder / "tables/main_32/ms_ssim_by_class.csv"
    table = pd.read_csv(file)
    table.loc[table["suite"] == "real", "ms_ssim"] += 0.1
    table.to_csv(file, index=False)
    side = "main_32", other._replace(folder=folder), "main_32"
    (found,) = by_class(one, *side, "accuracy_by_class", "accuracy", "accuracy")
    assert "other images" in found.why
