"""One is no plural, and a truth value is yes or no: in messages, captions and the report."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from running import ROOT

from acgan import cli
from acgan.config import loading
from acgan.data import packed
from acgan.figures import drawing
from acgan.figures.drawn_tables import setting as setting_of
from acgan.io.words import setting, singular
from acgan.report import deviations, distances
from acgan.workflow import plan
from acgan.workflow import preflight as check
from notebooks import caption

DEMO = loading.read_yaml(ROOT / "config/demo.yaml")
ONE = yaml.safe_load(yaml.safe_dump(DEMO)) | {
    "suites": {
        "grid": {"dataset": "digits", "side": 16, "judge": "digits_cnn", "samples_per_class": 300}
    },
    "roles": {"search": "grid"},
}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("of 1 classes, 1 samples and 1 mini-batches", "of 1 class, 1 sample and 1 mini-batch"),
        ("11 classes, 0.1 images/s, CIFAR-1 images, 1,001 samples", None),
        ("1 settings", "1 setting"),
    ],
)
def test_a_caption_counts_one_as_one(text, says):
    assert singular(text) == (says or text)


def test_truth_values_and_nothing_are_words():
    assert [setting(v) for v in (True, np.False_, None, [True, False])] == [
        "yes",
        "no",
        "none",
        "yes, no",
    ]
    suite = {"grid": {"training.flip": [True, False]}, "training": {"flip": False}}
    assert setting_of(suite, "training.flip") == "yes, no"
    content = ONE | {"training": {"reuse_fakes": False}}
    (found,) = (
        d
        for d in deviations.deviations(loading.check(content, []))
        if d["key"] == "training.reuse_fakes"
    )
    assert found["paper"] == "not stated; our default is yes"


def test_the_settings_of_a_grid_in_the_report_are_words(tmp_path):
    config = loading.check(ONE, [])
    config["suites"]["grid"]["grid"] = {"training.flip": [True, False], "nets.dropout": [0.0, 0.5]}
    rows = [("g000-s00", "frechet_x", 1.0, True, 0.5), ("g000-s01", "frechet_x", 2.0, False, 0.0)]
    (tmp_path / "tables/grid").mkdir(parents=True)
    pd.DataFrame(
        rows, columns=["model", "metric", "value", "training.flip", "nets.dropout"]
    ).to_csv(tmp_path / "tables/grid/feature_distances.csv", index=False)
    found = distances.distances(config, tmp_path)[0]["rows"]
    assert [r["settings"] for r in found] == [
        "training.flip yes, nets.dropout 0.5",
        "training.flip no, nets.dropout 0",
    ]


def test_one_suite_of_one_model_is_told_as_such(tmp_path, capsys, packed_digits):
    path = tmp_path / "one.yaml"
    path.write_text(yaml.safe_dump(ONE))
    assert cli.main(["config", "check", str(path)]) == 0
    assert "1 suite, 1 model: all keys are right" in capsys.readouterr().out
    config = loading.load([path])
    output = plan.lines(config, tmp_path, 1, 10.0)
    assert next(output).startswith("demo: 1 model, ")
    assert drawing.counts(config, "grid") == "1 model, 300 samples of each class"
    first = packed.read_index(packed_digits)[0]
    packed.write_class(tmp_path / "16", first.id, packed.load_class(packed_digits, first)[:1])
    packed.write_index(tmp_path / "16", {first.id: first.name})
    assert check.packed_text([tmp_path / "16"]) == "packed: 1 image of 1 class, at 16 pixels"


def test_a_table_of_one_setting_counts_one(tmp_path):
    content = yaml.safe_load(yaml.safe_dump(ONE))
    content["suites"]["grid"]["grid"] = {"training.flip": [True]}
    content["scores"] |= {
        "select": {"samples": 100, "groups": 1},
        "report": {"samples": 100, "groups": 1},
    }
    rows = [("grid", "g000", f"m_{p}", 16, 0, 2.0, p, True) for p in ("select", "report")]
    (tmp_path / "tables/grid").mkdir(parents=True)
    columns = ["suite", "model", "metric", "side", "group", "score", "purpose", "training.flip"]
    pd.DataFrame(rows, columns=columns).to_csv(tmp_path / "tables/grid/search.csv", index=False)
    told = caption("table_cifar10", tmp_path, loading.check(content, []))
    assert "of 1 setting, best first" in told and "100 samples in 1 group)" in told
    assert "1 model of each setting" in told
    item = json.loads(Path(tmp_path / "figures/table_cifar10/item.json").read_text())
    assert item["quantities"][0]["resampled"] == "samples (1 group of one model)"
    picture = Path(tmp_path / "figures/table_cifar10/figure.svg").read_text()
    assert ">yes<" in picture and "True" not in picture and "(1 group)" in picture
