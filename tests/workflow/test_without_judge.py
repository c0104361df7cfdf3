"""Suites without a judge: all that needs none is made, and what needs one says so."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from running import TOY, snakemake

from acgan import cli
from acgan.config import loading
from acgan.config.reading import read_config
from acgan.io.files import read_json, write_json
from acgan.report.build import build
from acgan.tables import wanted
from acgan.workflow.experiment import Experiment
from notebooks import OF_TOY, draw, made_tables

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("toy")]
NEEDS_ONE = {"figure_02", "figure_06", "table_cifar10"}


@pytest.fixture(scope="module")
def results(toy_run, tmp_path_factory) -> Path:
    """The toy run's, as if none of its suites had a judge."""
    results = tmp_path_factory.mktemp("judgeless") / "toy"
    shutil.copytree(
        toy_run / "results/toy",
        results,
        symlinks=True,
        ignore=shutil.ignore_patterns("state", "logs", "report", "tables", "figures", "album"),
    )
    config = read_config(results / "config.json")
    for suite in config["suites"].values():
        suite["judge"] = None
    write_json(results / "config.json", config | {"judges": {}})
    for path in (results / "scores").glob("*/*/*.csv"):
        if path.stem in ("accuracy", "class_score", "feature_distances"):
            path.unlink()
    made_tables(results, read_config(results / "config.json"), toy_run / "data/digits/32")
    return results


@pytest.mark.parametrize("item", OF_TOY)
def test_every_item_is_drawn_or_says_that_it_needs_a_judge(results, item):
    out = draw(results, item)
    about, data = read_json(out / "item.json"), pd.read_csv(out / "data.csv")
    assert len(data)
    said = "Nothing to draw: this needs a judge, and suites."
    assert (said in about["caption"]) == (item in NEEDS_ONE)
    assert "None" not in about["caption"] and "digits_cnn" not in about["caption"]
    assert (said in (out / "figure.svg").read_text()) == (item in NEEDS_ONE)


def test_the_report_is_made_without_judges(results):
    for item in OF_TOY:
        out = results / "figures" / item
        if not (out / "item.json").exists():  # not drawn by the test above
            draw(results, item)
        for page in ("notebook.ipynb", "notebook.html"):
            (out / page).touch()
    build(results / "config.json", results, results / "report", results / "metrics.json")
    page = (results / "report/index.html").read_text()
    assert "no judge" in page and "None" not in page
    numbers = json.loads((results / "metrics.json").read_text())
    assert "figure_04.mean_samples" in numbers and "figure_06.pearson_r" not in numbers


def test_without_a_judge_no_job_asks_one(tmp_path):
    """Of a mixed experiment only the suites that have one."""
    file = tmp_path / "mixed.yaml"
    file.write_text("suites: {main_32: {judge: null}, main_16: {judge: null}}\n")
    e = Experiment(loading.load([*TOY, file]))
    assert e.metrics("main_32") == ["fixed_latents", "ms_ssim", "neighbours", "smoothness"]
    assert "accuracy" in e.metrics("sweep") and "class_score" in e.metrics("grid")
    assert wanted.Wanted("accuracy_by_class", "main_32") not in e.tables
    planned = snakemake(tmp_path, "-n", configs=[*TOY, file])
    assert planned.returncode == 0, planned.stdout[-2000:]


def test_samples_are_scored_without_a_judge(toy_run, results, monkeypatch):
    monkeypatch.chdir(toy_run)
    scores = results.parent / "scores"
    common = ["--config", str(results / "config.json"), "--data", "data/digits/32"]
    toy = Path("results/toy")
    command = ["score", *common, "--models", "main_32/g000", "--weights", str(toy / "models")]
    command += ["--groups", str(toy / "groups/main_32.csv"), "--samples", str(toy / "samples")]
    assert cli.main([*command, "--out", str(scores)]) == 0
    made = {path.stem for path in (scores / "main_32/g000").iterdir()}
    assert made == {"fixed_latents", "ms_ssim", "neighbours", "parzen", "smoothness"}
    theirs = toy / "scores/main_32/g000/ms_ssim.csv"
    assert (scores / "main_32/g000/ms_ssim.csv").read_bytes() == theirs.read_bytes()
    real = ["score-real", *common, "--suite", "main_32", "--metrics", "accuracy", "ms_ssim"]
    assert cli.main([*real, "--out", str(scores / "real")]) == 0
    assert len((scores / "real/accuracy.csv").read_text().splitlines()) == 1  # its head
