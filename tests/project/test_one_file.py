"""Who adds a judge kind or a source of images writes one file; no list elsewhere names it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from running import ROOT

KIND = """
from acgan.judges.base import Judge, in_batches
from acgan.judges.kind import Kind, Settings

CLASS_IDS = ["dark", "light"]


def load(name, settings: Settings, weights, device):
    def probabilities(images):
        import torch

        light = images.float().mean((1, 2, 3)) / 255
        return torch.stack([1 - light, light], 1)

    return Judge(name, "brightness", CLASS_IDS, in_batches(probabilities, 100))


def knows(source: str) -> bool:
    return source == "squares"


def class_ids(name: str, settings: Settings) -> list[str]:
    return CLASS_IDS


KIND = Kind(
    about="tells dark from light",
    load=load,
    knows=knows,
    class_ids=class_ids,
    gflop=0.0,
    features=False,
    package="numpy",
)
"""
SOURCE = """
import numpy as np

from acgan.data.source import Picture, Source


def class_names(folder):
    return {"dark": "dark squares", "light": "light squares"}


def read(folder, dataset, classes, passed):
    for i in range(10):
        for class_id, value in (("dark", 10 + i), ("light", 240 + i)):
            yield Picture(class_id, f"square {i}", np.full((20, 30, 3), value, np.uint8))


SOURCE = Source(
    about="dark and light squares",
    title="Squares",
    keys=("unreadable", "resize"),
    class_names=class_names,
    classes=2,
    own_class_ids=True,
    read=read,
    package="numpy",
    sides=(16,),
)
"""
EXPERIMENT = """
experiment: toy
title: Toy
datasets: {squares: {source: squares}}
judges: {eye: {kind: brightness, test: squares, side: 16}}
suites:
  s: {dataset: squares, side: 16, classes_per_model: 2, judge: eye, samples_per_class: 20}
roles: {large: s}
scores: {resolutions: [8, 16]}
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """The package with one more file of each sort, and an experiment that names them."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(
        ROOT / "src/acgan", folder / "acgan", ignore=shutil.ignore_patterns("__pycache__")
    )
    (folder / "acgan/judges/kinds/brightness.py").write_text(KIND)
    (folder / "acgan/data/sources/squares.py").write_text(SOURCE)
    (folder / "toy.yaml").write_text(EXPERIMENT)
    return folder


def ran(copy: Path, *command: str) -> subprocess.CompletedProcess[str]:
    run = [sys.executable, *command]
    environment = os.environ | {"PYTHONPATH": str(copy)}
    return subprocess.run(
        run, cwd=copy, env=environment, capture_output=True, text=True, check=False
    )


def test_a_config_may_name_a_new_kind_and_a_new_source(copy):
    output = ran(copy, "-m", "acgan.cli", "config", "check", "toy.yaml")
    assert output.returncode == 0 and "1 model: all keys are right" in output.stdout, output.stderr
    text = EXPERIMENT.replace("side: 16, classes", "side: 32, classes")
    (copy / "wrong.yaml").write_text(text.replace("{source: squares}", "{source: npz, path: a}"))
    wrong = ran(copy, "-m", "acgan.cli", "config", "check", "wrong.yaml")
    assert "classes is missing" in wrong.stderr, wrong.stderr
    assert "brightness does not know the classes of npz" in wrong.stderr, wrong.stderr
    (copy / "wrong.yaml").write_text(text)
    wrong = ran(copy, "-m", "acgan.cli", "config", "check", "wrong.yaml")
    assert "squares cannot be packed at side 32; allowed: 16" in wrong.stderr, wrong.stderr


def test_the_reference_shows_them(copy):
    (copy / "written").mkdir()
    assert ran(copy, "-m", "acgan.cli", "config", "docs", "--root", "written").returncode == 0
    reference = (copy / "written/config/README.md").read_text()
    assert "squares (dark and light squares)" in reference
    assert "brightness: tells dark from light" in reference


def test_they_are_found_packed_and_measured(copy):
    command = ("-m", "acgan.cli")
    found = ran(copy, *command, "data", "check", "--config", "toy.yaml").stdout
    assert "ready     data set squares: inside the package numpy" in found
    assert "ready     judge eye: inside the package numpy" in found
    config = ("--config", "toy.yaml")
    pack = ("pack", *config, "--dataset", "squares", "--sides", "16", "--out", "data/squares")
    packed = ran(copy, *command, *pack)
    assert packed.returncode == 0, packed.stderr
    measure = ("judge-accuracy", *config, "--judge", "eye", "--test", "data/squares/16")
    output = ran(copy, *command, *measure, "--accuracy", "eye.csv")
    assert "train: 100.00 % of 20 right" in output.stdout, output.stderr


def test_the_facts_are_read_without_torch(copy):
    """Snakemake reads them in every job."""
    script = (
        "import json, sys, acgan.config.schema, acgan.data.sources, acgan.judges;"
        "print(json.dumps(['torch' in sys.modules, list(acgan.judges.KINDS), "
        "list(acgan.data.sources.SOURCES)]))"
    )
    torch, kinds, sources = json.loads(ran(copy, "-c", script).stdout)
    assert not torch and kinds == sorted(kinds) and sources == sorted(sources)
    assert "brightness" in kinds and "squares" in sources
