"""What the explorer and the pages of classes and models are given."""

import json
import re

import numpy as np
import pytest
from PIL import Image
from report_fixture import COLLAPSED, HOSTILE, NAMES, THRESHOLD, make_report, make_results

from acgan import cli
from acgan.report import explore_plots, explorer
from acgan.report.all_samples import sheet
from acgan.report.build import build


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    return make_report(tmp_path_factory.mktemp("explore"))


def loaded(path):
    """What a script hands to the page that loads it."""
    text = path.read_text()
    return json.loads(re.search(r"acganLoaded\(\.\.\.(.*)\);", text, re.DOTALL)[1])


def data(report):
    text = (report / "explore/data.js").read_text()
    found = json.loads(text.removeprefix("window.ACGAN=").removesuffix(";\n"))
    for suite in found["suites"].values():
        suite["rows"] = [dict(zip(found["columns"], r, strict=True)) for r in suite["rows"]]
    return found


def test_every_class_is_there_with_its_numbers_intervals_and_ranks(report):
    found = data(report)
    assert list(found["suites"]) == ["main_32", "main_16"] and len(found["classes"]) == 10
    suite = found["suites"]["main_32"]
    assert suite["threshold"] == THRESHOLD and suite["system"] == "AC-GAN"
    rows = {r["class"]: r for r in suite["rows"]}
    assert {c for c, r in rows.items() if r["collapsed"]} == COLLAPSED
    three = rows["3"]
    assert (three["ms_ssim"], three["accuracy"], three["quarter"]) == (0.33, 0.3, None)
    # 100 pairs of a standard deviation of 0.05; Wilson's interval of 60 of 200 samples
    assert three["ms_ssim_high"] - three["ms_ssim"] == pytest.approx(1.96 * 0.005, abs=1e-4)
    assert (three["accuracy_low"], three["accuracy_high"]) == pytest.approx(
        (0.2409, 0.3668), abs=1e-3
    )
    assert rows["0"]["diversity_rank"] == 1 and rows["9"]["accuracy_rank"] == 1
    assert found["suites"]["main_16"]["threshold"] is None  # training images were not scored


def test_a_class_loads_its_own_details_alone(report):
    kind, name, details = loaded(report / "explore/main_32/classes_0.js")
    assert (kind, name) == ("classes", "main_32/0")
    two = details["2"]
    assert two["trajectory"] == [[0, 1.0], [500, 0.75], [1000, 0.5]]
    assert two["neighbours"][0] == [0, "nearest_l1_same_class", 0.5, "two"]
    place = two["pictures"]["class_pictures"]
    assert place["row"] == 2 and place["runs"][0] == ["generated", 0, 10, None]
    assert place["runs"][-1] == ["least alike", 21, 2, 0.9]
    assert sum(count for _, _, count, _ in place["runs"]) == place["size"][0]
    with Image.open(report / "explore/main_32" / place["file"]) as picture:
        assert picture.size == tuple(16 * n for n in place["size"])
    # of the other suite the same class's pictures, had it any
    assert (
        loaded(report / "explore/main_16/classes_0.js")[2]["2"]["others"][0]["suite"] == "main_32"
    )


def test_a_model_says_what_made_it(report):
    model = loaded(report / "explore/main_32/model_g001.js")[2]
    assert model["command"].startswith(
        "acgan train --config results/demo/config.json --model main_32/g001"
    )
    assert model["other_code"] and model["seed"].isdecimal()
    assert (report / model["curve"]).is_file()


def test_names_end_no_script(report):
    for file in (report / "explore").rglob("*.js"):
        if file.name != "bokeh.js":
            assert HOSTILE not in file.read_text()
    assert data(report)["classes"]["0"] == HOSTILE == NAMES[0]


def test_the_same_results_give_the_same_files(report, tmp_path):
    again = make_report(tmp_path / "again")
    one, two = (
        {p.relative_to(r): p.read_bytes() for p in (r / "explore").rglob("*") if p.is_file()}
        for r in (report, again)
    )
    assert one == two


def test_plots_are_drawn_without_a_network():
    text = json.dumps(explore_plots.plots())
    assert "http" not in text and len(text) < 50_000


def test_of_many_classes_the_page_holds_a_windowful(tmp_path, monkeypatch):
    monkeypatch.setattr(explorer, "WINDOW", 4)
    page = (make_report(tmp_path) / "index.html").read_text()
    table = re.search(r'<table class="sortable" id="collapse-main_32".*?</table>', page, re.DOTALL)[
        0
    ]
    assert 'data-suite="main_32"' in table and table.count("<tr>") == 1 + 4
    assert "The first 4 of 10; all are in" in page


def test_an_experiment_without_classes_has_no_explorer(tmp_path):
    results, _ = make_results(tmp_path)
    for table in (results / "tables").glob("*/ms_ssim_by_class.csv"):
        table.unlink()
    build(results / "config.json", results, results / "report", results / "metrics.json")
    assert not (results / "report/explorer.html").exists()
    assert "explorer.html" not in (results / "report/index.html").read_text()


def test_all_samples_lie_beside_the_report(tmp_path):
    results, config = make_results(tmp_path)
    rng = np.random.default_rng(0)
    for suite, chosen in config["suites"].items():
        from acgan.config.resolve import models
        from acgan.io.files import write_csv

        rows = []
        for model in models(config, suite):
            ids = [str((model.first_class + i) % 10) for i in range(model.classes)]
            rows += [(model.id, i, c) for i, c in enumerate(ids)]
            folder = results / "samples" / suite / model.id
            folder.mkdir(parents=True)
            side = chosen["side"]
            np.save(
                folder / "samples_0.npy",
                rng.integers(0, 256, (len(ids), 25, side, side, 3)).astype(np.uint8),
            )
        write_csv(results / "groups" / f"{suite}.csv", ("model", "position", "class"), rows)
    asked = ["report", "--config", f"{results}/config.json", "--results", f"{results}"]
    asked += ["--out", f"{results}/report", "--metrics", f"{results}/metrics.json"]
    assert cli.main([*asked, "--all-samples"]) == 0
    files = data(results / "report")["all_samples"]["main_32"]
    with Image.open(results / "all_samples/main_32" / files["7"]) as picture:
        assert picture.size == (20 * 32, 2 * 32)
        first = np.asarray(picture)[:32, :32]
    model = results / "samples/main_32/g001/samples_0.npy"
    assert np.array_equal(first, np.load(model)[2, 0])  # g001 holds 5 to 9
    build(results / "config.json", results, results / "report", results / "metrics.json")
    assert data(results / "report")["all_samples"]  # they are still there


def test_a_sheet_holds_every_sample_once():
    images = np.arange(25, dtype=np.uint8)[:, None, None, None] * np.ones((1, 2, 2, 3), np.uint8)
    whole = sheet(images)
    assert whole.shape == (4, 40, 3)
    assert whole[0, ::2, 0].tolist() == list(range(20))
    assert whole[2, :10:2, 0].tolist() == [20, 21, 22, 23, 24] and whole[2, 10, 0] == 255
