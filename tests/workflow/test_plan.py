"""`acgan plan`: its arithmetic is that of the real step; docs/cluster.md shows what it prints."""

import re
import subprocess
from pathlib import Path

import pytest
import torch
from running import BIN, ROOT, TOY, jobs, snakemake
from torch.utils.flop_counter import FlopCounterMode

from acgan.config import loading
from acgan.declarations.items import ITEMS
from acgan.tables.wanted import suites_of
from acgan.training import speedups
from acgan.training import step as engine
from acgan.workflow import plan


def counted_step(spec: dict, batch: int) -> int:
    """Operations of one real step, as torch counts them."""
    spec = {**spec, "training": {**spec["training"], "batch_size": batch}}
    chosen = speedups.speedups("cpu", "float32")
    players = engine.build(spec, "cpu", chosen)
    images = torch.zeros(30, 3, spec["side"], spec["side"], dtype=torch.uint8)
    labels = torch.zeros(30, dtype=torch.long)
    step = engine.stepper(spec, chosen, players, images, labels, "cpu")
    with FlopCounterMode(display=False) as counter:
        step(0)
    return counter.get_total_flops()


@pytest.mark.parametrize(
    ("changed", "objective"),
    [
        ({}, {}),
        ({"d_steps": 2}, {}),
        ({"reuse_fakes": False}, {}),
        ({"side": 32, "width": 0.25}, {}),
        ({}, {"system": "gan"}),
        ({"d_steps": 2}, {"system": "projection"}),
        ({}, {"system": "cgan", "label_input": "hidden"}),
        ({}, {"system": "infogan", "continuous_codes": 2}),
        ({"g_steps": 3}, {"system": "improved_gan", "matching": "features"}),
    ],
)
def test_the_arithmetic_is_that_of_a_real_step(spec, changed, objective):
    changed = dict(changed)
    spec["nets"]["width"] = changed.pop("width", spec["nets"]["width"])
    spec["side"] = changed.pop("side", spec["side"])
    spec["training"] |= changed
    spec["objective"] |= objective
    counted = counted_step(spec, 4)
    # D's first layer needs no gradient of its input in D's own step: what is left out is little.
    assert 0.9 < counted / (4 * plan.step_operations(spec)) <= 1.0


def test_models_of_one_job_share_its_device_and_the_longest_jobs_start_first():
    config = loading.load([ROOT / "config/paper.yaml"])
    config["suites"]["cifar10"]["models_per_job"] = 9
    together = plan.suite_costs(config, "cifar10", Path("nowhere"), 10)
    config["suites"]["cifar10"]["models_per_job"] = 1
    alone = plan.suite_costs(config, "cifar10", Path("nowhere"), 10)
    assert (len(together.job_hours), len(alone.job_hours)) == (3, 27)
    starts = plan.JOB_MINUTES / 60
    assert together.hours - 3 * starts == pytest.approx(alone.hours - 27 * starts)
    assert plan.wall_hours([1.0, 1.0, 2.0], 2) == 2.0
    assert plan.wall_hours([1.0, 1.0, 2.0], 1) == 4.0


def test_measured_speeds_are_used_and_said(tmp_path):
    timing = tmp_path / "models/cifar10/g000-s00/timing.csv"
    timing.parent.mkdir(parents=True)
    timing.write_text(
        "steps,seconds,images_per_second,seconds_per_kimg,peak_memory_mb\n5,1,5000.0,1,1\n"
    )
    config = loading.load([ROOT / "config/paper.yaml"])
    config["suites"]["cifar10"] |= {"samples_per_class": 20, "models_per_job": 1}
    cost = plan.suite_costs(config, "cifar10", tmp_path, 10)
    assert cost.speed == "its models'"
    assert cost.job_hours[0] == pytest.approx(50_000 * 100 / 5000 / 3600 + 2 / 60, rel=0.01)


@pytest.mark.slow
def test_the_page_shows_the_papers_plan():
    """A thousand jobs, of which a cluster gets those that pack, train and judge: under 1,500."""
    run = subprocess.run(
        [BIN / "acgan", "plan", "--config", "config/paper.yaml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    here, _, rest = run.stdout.partition("\n\n")
    assert here.startswith("this machine: ") and "imagenet_128     100" in here
    assert "training here takes about" in here
    assert f"```text\n{rest.strip()}\n```" in (ROOT / "docs/cluster.md").read_text()
    config = loading.load([ROOT / "config/paper.yaml"])
    per_job = {name: s["models_per_job"] for name, s in config["suites"].items()}
    models = {"imagenet_128": 100, "imagenet_64": 100, "cifar10": 27, "sweep": 90}
    train = sum(-(-models[name] // k) for name, k in per_job.items())
    packing = 20 + 1 + 1  # parts of 50 classes, CIFAR-10, held-out images
    judged = 3 + 1 + 1  # real scores, real features, held-out scores
    assert f"{packing + train + judged} SLURM submissions" in run.stdout
    assert packing + train + judged < 1500


@pytest.mark.slow
@pytest.mark.parametrize("item", ["figure_04", "figure_07", "figure_10", "table_1"])
def test_an_items_models_are_those_that_snakemake_trains_for_it(tmp_path, item):
    planned = jobs(snakemake(tmp_path, item, "-n", configs=TOY[:1]).stdout)
    trained = {re.sub(r"train_|_\d\d$", "", rule) for rule in planned if rule.startswith("train_")}
    assert trained == suites_of(loading.load(TOY[:1]), ITEMS[item])
