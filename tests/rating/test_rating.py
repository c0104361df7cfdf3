"""The page that people judge pictures on, and what becomes of their answers."""

import base64
import csv
import io
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rated
from PIL import Image
from running import ROOT

from acgan import cli
from acgan.figures.notebook import draw
from acgan.io.files import read_csv
from acgan.metrics import agreement
from acgan.metrics.agreement import Answers
from acgan.tables import TABLES
from acgan.tables.registry import Asked


@pytest.fixture
def results(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return rated.make(tmp_path)


def rate(*arguments: object) -> int:
    return cli.main(["rate", *map(str, arguments)])


def page_of(results: Path) -> tuple[str, dict, list[dict[str, str]]]:
    """Its id, what it holds, and its key."""
    (folder,) = (results / "rate").glob("*/")
    text = (folder / "index.html").read_text(encoding="utf-8")
    data = re.search(r'<script id="data"[^>]*>(.*?)</script>', text, re.DOTALL)[1]
    return folder.name, json.loads(data), read_csv(folder / "key.csv")


def saved(path: Path, page: str, answers: list[tuple[int, str, str]]) -> Path:
    """A file as a person saves it, of a sheet of the file's name."""
    with open(path, "w", newline="") as handle:
        head = ("page", "sheet", "picture", "class", "real")
        csv.writer(handle).writerows([head, *((page, path.stem, *a) for a in answers)])
    return path


def test_a_page_shows_pictures_and_says_nothing_of_them(results, capsys):
    assert rate("results/demo", "--pictures", 24) == 0
    said = capsys.readouterr().out
    assert "24 pictures, 12 of them real" in said and "--collect *.csv" in said
    page, shown, key = page_of(results)
    assert page in said and shown["asks_real"] and len(shown["pictures"]) == len(key) == 24
    kinds = [row["kind"] for row in key]
    assert kinds.count("real") == 12 and kinds != sorted(kinds)  # in random order
    for kind in ("real", "generated"):  # as many of each class
        counts = [r["class"] for r in key if r["kind"] == kind]
        assert {c: counts.count(c) for c in "0123"} == dict.fromkeys("0123", 3)
    for row, picture in zip(key, shown["pictures"], strict=True):
        assert set(picture) == {"png", "choices"}
        with Image.open(io.BytesIO(base64.b64decode(picture["png"]))) as image:
            assert image.format == "PNG" and not image.info
            pixels = np.asarray(image)
        if row["kind"] == "generated":
            file = f"samples/main_16/{row['model']}/samples_0.npy"
            mine = np.load(results / file)[int(row["class"]) % 2, int(row["sample"])]
        else:  # nothing that a model was trained on
            mine = np.load(f"data/digits_heldout/16/{row['class']}.npy")[int(row["sample"])]
        assert (pixels == mine).all()
        assert row["class"] in picture["choices"] and len(picture["choices"]) == 2
    assert shown["names"]["2"] == "<cat>"


def test_a_page_needs_no_network_and_repeats_itself(results):
    assert rate("results/demo") == 0
    (page,) = (results / "rate").glob("*/index.html")
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"""(src|href)=["']?https?:|url\(|@import|fetch\(""", text)
    assert "<cat>" not in text  # a class name is data, not markup
    assert rate("results/demo") == 0 and rate("results/demo", "--seed", 1) == 0
    assert len(list((results / "rate").glob("*/"))) == 2
    assert page.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("photos", ["blur", "omit"])
def test_photographs_that_may_not_be_shown_are_left_out(tmp_path, monkeypatch, capsys, photos):
    monkeypatch.chdir(tmp_path)
    results = rated.make(tmp_path, photos)
    assert rate("results/demo", "--pictures", 10) == 0
    assert f"report.real_photos is {photos}" in capsys.readouterr().out
    _, shown, key = page_of(results)
    assert not shown["asks_real"] and {row["kind"] for row in key} == {"generated"}
    assert len(key) == 10


def collected(results: Path, asked: tuple[float, ...] = (1.0, 0.5)) -> Path:
    """The answers of as many people, each right on a share of the pictures; all take every other
    sample for real, and real images too.
    """
    rate("results/demo", "--pictures", 40)
    page, _, key = page_of(results)
    for row in key:
        row["judge"] = row["class"]
    folder = results / "rate" / page
    with open(folder / "key.csv", "w", newline="") as handle:
        writer = csv.DictWriter(handle, key[0])
        writer.writeheader()
        writer.writerows(key)
    files = []
    for person, right in enumerate(asked):
        answers, seen = [], 0
        for i, row in enumerate(key):
            other = str(int(row["class"]) ^ 1)
            named = row["class"] if i < right * len(key) else other
            seen += row["kind"] == "generated"
            real = row["kind"] == "real" or seen % 2 == 0
            answers.append((i, named, "real" if real else "generated"))
        files.append(saved(results / f"person_{person}.csv", page, answers))
    assert rate("results/demo", "--collect", *files) == 0
    return results / "rate/answers.csv"


def table(answers: list[Path]) -> pd.DataFrame:
    return TABLES["human_check"].make(Asked({}, None, answers, {}))


def test_answers_become_shares_with_intervals(results, capsys):
    found = table([collected(results)])
    said = capsys.readouterr().out
    assert "2 people, 80 answers" in said and "snakemake human_check" in said
    by = found.set_index(["measure", "kind"])
    assert by.loc[("judge_right", "generated"), "value"] == 1
    together = by.loc[[("people_right", "generated"), ("people_right", "real")]]
    assert (together["value"] * together["answers"]).sum() == pytest.approx(60)
    assert by.loc[("agreement", "real"), "value"] == by.loc[("people_right", "real"), "value"]
    assert by.loc[("taken_for_real", "real"), "value"] == 1
    half = by.loc[("taken_for_real", "generated")]
    assert half["value"] == 0.5 and 0 < half["low"] < 0.5 < half["high"] < 1
    assert half["resampled"] == "2 people and 20 pictures"
    confusion = found[found["measure"] == "confusion"]
    assert confusion["answers"].sum() == 80 and confusion["low"].notna().all()
    assert np.allclose(confusion.groupby("class")["value"].sum(), 1)
    assert set(confusion["named"]) == set(confusion["class"]) == set("0123")


def test_one_person_is_measured_over_pictures_alone(results):
    found = table([collected(results, (0.75,))]).set_index(["measure", "kind"])
    one = found.loc[("people_right", "generated")]
    assert (
        one["resampled"] == "1 person and 20 pictures" and one["low"] < one["value"] < one["high"]
    )


def test_kappa_is_cohens():
    """His example of 1960 (table 1): agreement 0.70, chance 0.41, kappa 0.492."""
    table = np.array([[0.25, 0.13, 0.12], [0.12, 0.02, 0.16], [0.03, 0.15, 0.02]])
    first, second = np.indices((3, 3))
    weights = table.ravel()[None]
    seen, chance = np.trace(table), (table.sum(0) * table.sum(1)).sum()
    found = agreement.kappa(first.ravel(), second.ravel(), weights)[0]
    assert found == pytest.approx((seen - chance) / (1 - chance))
    same = np.zeros(3, int)
    assert np.isnan(agreement.kappa(same, same, np.ones((1, 3)))[0])


def test_people_who_differ_widen_the_interval():
    person, picture = np.divmod(np.arange(6 * 50), 50)
    rng = np.random.default_rng(0)
    alike = rng.random(300) < 0.6
    differing = person % 2 == 0
    widths = []
    for right in (alike, differing):
        _, (low, high) = agreement.measured(
            Answers(person, picture), lambda w, r=right: agreement.share(r, w)
        )
        widths.append(high - low)
    assert widths[1] > 2 * widths[0]


def test_other_files_are_refused_in_one_line(results, tmp_path, capsys):
    rate("results/demo", "--pictures", 8)
    page, _, key = page_of(results)
    answer = (0, key[0]["class"], "real")
    good = saved(tmp_path / "good.csv", page, [answer])
    other = saved(tmp_path / "other.csv", "0123456789ab", [answer])
    twice = saved(tmp_path / "twice.csv", page, [answer, answer])
    strange = saved(tmp_path / "strange.csv", page, [(0, "0", "perhaps")])
    beyond = saved(tmp_path / "beyond.csv", page, [(99, "0", "real")])
    unasked = saved(tmp_path / "unasked.csv", page, [(0, "unicorn", "real")])
    outside = saved(tmp_path / "outside.csv", "../../other", [answer])
    text = tmp_path / "text.csv"
    text.write_text("hello\n")
    for file, said in (
        (other, "is of the page 0123456789ab, no page of results/demo, which has"),
        (twice, "answers one picture twice"),
        (strange, "line 2: not an answer as the page saves it"),
        (beyond, "line 2: the page has no picture 99"),
        (unasked, "line 2: 'unicorn' is no choice there, which are"),
        (outside, "is of the page ../../other"),
        (text, "is no file of answers"),
        (tmp_path / "nowhere.csv", "cannot read"),
    ):
        capsys.readouterr()
        assert rate("results/demo", "--collect", good, file) == 2
        error = capsys.readouterr().err
        assert error.startswith("error: ") and error.count("\n") == 1 and said in error
    assert not (results / "rate/answers.csv").exists()
    copy = tmp_path / "copy.csv"
    copy.write_bytes(good.read_bytes())
    assert rate("results/demo", "--collect", good, copy) == 0
    said = capsys.readouterr().out
    assert "of the same person" in said and "1 person, 1 answer;" in said
    alike = saved(tmp_path / "alike.csv", page, [answer])  # another person, who answers alike
    marked = tmp_path / "marked.csv"
    marked.write_bytes(b"\xef\xbb\xbf" + alike.read_bytes())  # as a spreadsheet saves it
    assert rate("results/demo", "--collect", good, marked) == 0
    assert "2 people, 2 answers;" in capsys.readouterr().out


def test_what_is_missing_is_said(results, capsys):
    for arguments, said in (
        (["results"], "has no config.json"),
        (["results/demo", "--suite", "none"], "there is no suite none; there are:"),
    ):
        assert rate(*arguments) == 2
        assert said in capsys.readouterr().err
    for file in (results / "samples").rglob("*.npy"):
        file.unlink()
    assert rate("results/demo") == 2
    assert "has no samples of main_16; make them with `snakemake" in capsys.readouterr().err


def test_the_item_says_how_answers_are_made_and_draws_them(results, tmp_path):
    tables = results / "tables"
    tables.mkdir()
    notebook = ROOT / "notebooks/beyond/human_check.py"

    def drawn(answers: list[Path], out: Path) -> dict:
        table(answers).to_csv(tables / "human_check.csv", index=False)
        draw(notebook, results / "config.json", tables, out, tmp_path / "failed.ipynb")
        return json.loads((out / "item.json").read_text())

    empty = drawn([], tmp_path / "empty")
    assert "acgan rate results/demo` makes the page" in empty["caption"]
    assert empty["quantities"] == []
    full = drawn([collected(results)], tmp_path / "full")
    assert "What 2 people saw" in full["caption"]
    assert {q["id"] for q in full["quantities"]} >= {"kappa_generated", "taken_for_real_real"}
