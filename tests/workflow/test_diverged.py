"""What is drawn and reported when models diverged: one of each suite, all of the large suite, or
all.

A diverged model leaves score files without rows, and its provenance says so; the rest is the toy
run's. Notebooks run in this process, but for one.
"""

import json
import shutil
import subprocess

import pandas as pd
import pytest
from PIL import Image
from running import BIN, ROOT

from acgan.config.reading import read_config
from acgan.config.resolve import models
from acgan.groups.grouping import read_groups
from acgan.io.files import read_json, write_json
from acgan.report.build import build
from acgan.scores.write import write_no_scores
from acgan.tables.wanted import metrics
from notebooks import OF_TOY, draw, made_tables

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("toy")]

ONE = {"main_32": ["g000"], "main_16": ["g001"], "grid": ["g000-s01"], "sweep": ["n002-r1"]}
CASES = {"one of each suite": ONE, "the large suite": {"main_32": ["g000", "g001"]}, "all": None}
OF_NETS = ("diagram", "table_1", "table_2")  # items that no model stands behind
DIVERGED = {"step": 3, "discriminator_loss": "nan", "generator_loss": "nan", "checkpoint_step": 0}


@pytest.fixture(scope="module", params=CASES)
def lost(request, toy_run, tmp_path_factory):
    """The results folder, and {suite: its diverged models}."""
    results = tmp_path_factory.mktemp("diverged") / "toy"
    shutil.copytree(
        toy_run / "results/toy",
        results,
        symlinks=True,
        ignore=shutil.ignore_patterns("state", "logs", "report", "figures", "album"),
    )
    config = read_config(results / "config.json")
    diverged = CASES[request.param] or {
        s: [m.id for m in models(config, s)] for s in config["suites"]
    }
    for suite, names in diverged.items():
        for model in names:
            write_no_scores(metrics(config, suite), results / f"scores/{suite}/{model}")
            provenance = results / f"models/{suite}/{model}/provenance.json"
            write_json(provenance, read_json(provenance) | {"diverged": DIVERGED})
            training = provenance.with_name("training.csv")
            training.write_text(training.read_text().splitlines()[0] + "\n")
    made_tables(results, config, toy_run / "data/digits/32")
    return results, diverged


def lost_of(item: str, config: dict, diverged: dict) -> list[str]:
    """The models that an item cannot draw."""
    suites = [config["roles"][r] for r in OF_TOY[item].roles] if item not in OF_NETS else []
    return [f"{suite}/{model}" for suite in suites for model in diverged.get(suite, ())]


@pytest.mark.parametrize("item", [item for item in OF_TOY if item not in OF_NETS])
def test_every_item_draws_what_has_scores_and_names_what_is_left_out(lost, item):
    results, diverged = lost
    config = read_config(results / "config.json")
    if not (names := lost_of(item, config, diverged)):
        return
    out = draw(results, item)
    about, data = read_json(out / "item.json"), pd.read_csv(out / "data.csv", dtype=str)
    picture = Image.open(out / "figure.png").convert("L")
    assert len(picture.getcolors(256) or [0] * 9) > 3  # something can be seen
    assert all(name in about["caption"] for name in names)
    shown = config["roles"][OF_TOY[item].roles[0]]
    if len(diverged.get(shown, ())) == len(models(config, shown)):
        assert f"every model of {shown} diverged" in about["caption"]
        assert about["quantities"] == []
        return
    assert len(data) and "nan" not in about["caption"]
    if shown == "main_32":
        groups = read_groups(results / "groups/main_32.csv")
        gone = {c for model in diverged["main_32"] for c in groups[model]}
        assert set(data["class"].dropna()) and not set(data["class"]) & gone


def test_the_report_is_made(lost, toy_run):
    results, diverged = lost
    config = read_config(results / "config.json")
    for item in OF_TOY:
        out = results / "figures" / item
        if not lost_of(item, config, diverged):
            shutil.copytree(toy_run / "results/toy/figures" / item, out)
        elif not (out / "item.json").exists():  # not drawn by the test above
            draw(results, item)
        for page in ("notebook.ipynb", "notebook.html"):
            (out / page).touch()
    build(results / "config.json", results, results / "report", results / "metrics.json")
    summary = json.loads((results / "report/summary.json").read_text())
    assert set(summary["diverged"]) == {f"{s}/{m}" for s, names in diverged.items() for m in names}
    numbers = json.loads((results / "metrics.json").read_text())
    whole = len(diverged["main_32"]) == 2
    assert ("figure_04.mean_samples" not in numbers) == ("figure_05.start" not in numbers) == whole


def test_the_notebook_of_an_empty_figure_ends_well(lost):
    """As the workflow runs it, in a kernel of its own; for one item, since that takes seconds."""
    results, diverged = lost
    if len(diverged) > 1:
        return
    out = results / "figures/figure_06"
    command = [
        BIN / "acgan",
        "figure",
        "--notebook",
        ROOT / "notebooks/paper/figure_06.py",
        "--out",
        out,
    ]
    command += ["--config", results / "config.json", "--tables", results / "tables"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert "every model of main_32 diverged" in read_json(out / "item.json")["caption"]
    assert "SystemExit" not in (out / "notebook.html").read_text()
