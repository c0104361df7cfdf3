"""Configs of photographs end to end, at toy settings, on copies of the real images.

Run by `make test-real`.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from reference import REFERENCE, needs
from running import ROOT, snakemake

from acgan.data.sources import cifar10

pytestmark = pytest.mark.real

COPIES = needs(
    "data/cifar10_jpeg_train.npz", "data/cifar10_jpeg_test.npz", "data/resnet20_cifar10_jpeg.pt"
)
TOY = {
    "nets": {"width": 0.0625},
    "training": {
        "steps": 4,
        "batch_size": 10,
        "trajectory_every": 2,
        "trajectory_pairs": 2,
        "log_every": 2,
    },
}


def copy(file: str, images: int, **keys) -> dict:
    path = str(REFERENCE / "data" / file)
    return {"source": "npz", "path": path, "classes": 10, "images": images} | keys


def run(folder: Path, experiment: str, override: dict, *over: Path) -> Path:
    """results/<experiment>_toy of a run from data to report; `over` lie over the config."""
    toy = folder / "toy.yaml"
    toy.write_text(
        yaml.safe_dump({"experiment": f"{experiment}_toy"} | TOY | override, sort_keys=False)
    )
    done = snakemake(folder, configs=[ROOT / f"config/{experiment}.yaml", *over, toy])
    assert done.returncode == 0, done.stdout[-5000:]
    return folder / "results" / f"{experiment}_toy"


def mean_accuracy(results: Path) -> float:
    """How often the judge is right on the held-out images."""
    judged = pd.read_csv(results / "tables/judges.csv").query("split == 'heldout'")
    return (judged["accuracy"] * judged["images"]).sum() / judged["images"].sum()


@needs("data/imagenette128_train.npz", "data/imagenette128_val.npz")
def test_imagenette_runs_from_a_copy_to_its_report(tmp_path):
    results = run(
        tmp_path,
        "imagenette",
        {
            "datasets": {
                "imagenette": copy("imagenette128_train.npz", 9469),
                "imagenette_heldout": copy("imagenette128_val.npz", 3925, split="heldout"),
            },
            "suites": {s: {"samples_per_class": 20} for s in ("imagenette_128", "imagenette_64")},
            "scores": {
                "resolutions": [32, 64, 128],
                "ms_ssim_pairs": 10,
                "ms_ssim_all_pairs": 10,
                "neighbours": 1,
            },
        },
    )
    page = (results / "report/index.html").read_text()
    assert "9,469 images of 10 classes: the copy imagenette128_train.npz, split train" in page
    table = pd.read_csv(results / "tables/imagenette_128/accuracy_by_resolution.csv")
    real = table[(table["suite"] == "real") & (table["side"] == 128)]["accuracy"].mean()
    # a judge of 1,000 classes on photographs of ten, most of which it was trained on
    assert 0.6 < real < 0.9
    # as tests/judges/test_judges.py measures it, of 1,000 answers
    assert mean_accuracy(results) == pytest.approx(0.657, abs=0.005)
    alike = pd.read_csv(results / "tables/imagenette_128/ms_ssim_by_class.csv").query(
        "suite == 'real' and side == 128"
    )
    assert 0.02 < alike["ms_ssim"].mean() < 0.15  # 0.05 in the paper, over 1,000 classes
    summary = (results / "report/summary.json").read_text()
    assert '"verdict": "reproduced"' not in summary and '"verdict": "differs"' not in summary


@COPIES
def test_cifar10_runs_from_a_copy_with_a_classifier_of_ones_own(tmp_path):
    judge = {
        "kind": "local_classifier",
        "architecture": "resnet20",
        "side": 32,
        "classes": list(cifar10.CLASS_IDS),
        "weights": str(REFERENCE / "data/resnet20_cifar10_jpeg.pt"),
        "mean": [0.485, 0.456, 0.406],
        "std": [0.229, 0.224, 0.225],
        "test": "heldout",
    }
    held = copy("cifar10_jpeg_test.npz", 10_000, split="heldout")
    grid = {"training.g_learning_rate": [0.0002], "training.d_learning_rate": [0.0002, 0.0003]}
    results = run(
        tmp_path,
        "cifar10",
        {
            "datasets": {"cifar10": copy("cifar10_jpeg_train.npz", 50_000), "heldout": held},
            "judges": {"resnet20": judge},
            "suites": {
                "cifar10": {
                    "judge": "resnet20",
                    "samples_per_class": 20,
                    "grid": grid | {"nets.activation_noise": [0.1]},
                }
            },
            "scores": {
                "ms_ssim_pairs": 10,
                "ms_ssim_all_pairs": 10,
                "select": {"samples": 100, "groups": 5},
                "report": {"samples": 100, "groups": 5},
            },
        },
    )
    page = (results / "report/index.html").read_text()
    assert "50,000 images of 10 classes: the copy cifar10_jpeg_train.npz" in page
    assert mean_accuracy(results) == pytest.approx(0.878, abs=0.003)
    names = set(pd.read_csv(results / "tables/cifar10/search.csv")["metric"])
    assert all(name.startswith("class_score_resnet20_") for name in names)  # never called Inception
    assert len(pd.read_csv(results / "figures/table_cifar10/data.csv")) == 2


@COPIES
def test_the_one_model_of_cifar10_is_drawn_after_each_step_that_it_keeps(tmp_path):
    """As docs/results.md has it, whose file puts the copy in the place of the original."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data/copy").symlink_to(REFERENCE / "data", target_is_directory=True)
    few = {"samples": 100, "groups": 5}
    results = run(
        tmp_path,
        "cifar10_single",
        {
            "suites": {"cifar10": {"samples_per_class": 20, "snapshots": [2, 4]}},
            "scores": {"ms_ssim_pairs": 10, "ms_ssim_all_pairs": 10, "select": few, "report": few},
        },
        ROOT / "docs/results_cifar10/copy.yaml",
    )
    scores = pd.read_csv(results / "tables/cifar10/by_step.csv")
    assert set(scores["step"].dropna()) == {2, 4}
    assert len(scores.query("step == 4 and measure == 'nearest_l1'")) == 10
    claims = pd.read_csv(results / "tables/claims.csv").set_index("claim")
    assert claims.loc["not_memorised", "value"] > 0  # beside the images of the other file
    tiles = pd.read_csv(results / "tables/cifar10/samples_by_step.csv")
    assert set(tiles["kind"]) == {"generated"} and len(tiles) == 2 * 10 * 10
    assert str(REFERENCE) not in (results / "config.json").read_text()


@needs("data/cifar10_jpeg_test.npz")
def test_the_systems_run_on_a_copy_of_cifar10(tmp_path):
    """Those with nets of their own beside AC-GAN, on a thousand of the test images."""
    with np.load(REFERENCE / "data/cifar10_jpeg_test.npz") as whole:
        some = {"offsets": whole["offsets"][:1001], "labels": whole["labels"][:1000]}
        some |= {k: whole[k] for k in whole.files if k not in ("data", *some)}
        few_images = tmp_path / "few.npz"
        np.savez(few_images, data=whole["data"][: some["offsets"][-1]], **some)
    suites = ["acgan", "improved_gan_salimans", "projection_miyato"]
    every = yaml.safe_load((ROOT / "config/systems_cifar10.yaml").read_text())["suites"]
    few = {"restarts": 1, "samples_per_class": 20, "snapshots": [2, 4]}
    results = run(
        tmp_path,
        "systems_cifar10",
        {
            "datasets": {
                "cifar10": copy(str(few_images), 1000),
                "cifar10_heldout": copy(str(few_images), 1000, split="heldout"),
            },
            "judges": {"cifar10_cnn": {"epochs": 1, "threads": 2, "least_accuracy": 0.0}},
            "suites": dict.fromkeys(every, few)
            | {"projection_miyato": few | {"training": {"batch_size": 10}}},
            "roles": {"systems": suites},
            "scores": {
                "ms_ssim_pairs": 10,
                "ms_ssim_all_pairs": 10,
                "select": {"samples": 50, "groups": 5},
                "report": {"samples": 50, "groups": 5},
            },
        },
    )
    data = pd.read_csv(results / "figures/systems/data.csv")
    assert list(data["suite"]) == list(suites) and data["class_score"].notna().all()
    for suite in ("improved_gan_salimans", "projection_miyato"):
        log = pd.read_csv(results / f"models/{suite}/g000/training.csv")
        assert log["step"].iloc[-1] == 4 and log.notna().all().all()
