"""A copy of the project with pictures, a judge and a small experiment of its own (`own`), as a user
of DVC has it.
"""

import os
import re
import shlex
import shutil
import subprocess
import textwrap
from pathlib import Path

import numpy as np
import torch
import yaml
from PIL import Image
from running import BIN, ROOT

from acgan.judges.resnet import DEPTHS, ResNet

WEIGHTS = "my own $5.pt"
OWN = f"""
experiment: own
title: My own pictures
datasets:
  own: {{source: folder, path: pictures, classes: 2}}
judges:
  mine: {{kind: local_classifier, architecture: resnet20, weights: {WEIGHTS}, side: 32,
         classes: own_classes.txt,
         mean: [0.5, 0.5, 0.5], std: [0.2, 0.2, 0.2]}}
nets: {{width: 0.0625}}
training: {{steps: 8, trajectory_every: 4, trajectory_pairs: 4, log_every: 4, batch_size: 10}}
suites:
  own_16: {{dataset: own, side: 16, classes_per_model: [1, 2], judge: mine, samples_per_class: 20,
           models_per_job: 2}}
roles: {{class_count: own_16}}
scores: {{resolutions: [8, 16], ms_ssim_pairs: 4, ms_ssim_all_pairs: 4, neighbours: 1}}
"""
PIPELINE = "pipelines/own/dvc.yaml"
REPRO = f"dvc repro {PIPELINE}"
PULL = "python workflow/scripts/pull.py --experiment own"
PLANNED = "snakemake -n --configfile config/own.yaml"
JOBS_OF = {
    "data": "pack_",
    "models": "train_",
    "samples": "sample_",
    "scores": "score_",
    "tables": "table_of_",
    "figures": "figure_",
    "report": "report",
}
STAGES = list(JOBS_OF)
ENVIRONMENT = {
    "PATH": f"{BIN}:{os.environ['PATH']}",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "t",
    "GIT_AUTHOR_EMAIL": "t@example.org",
    "GIT_COMMITTER_NAME": "t",
    "GIT_COMMITTER_EMAIL": "t@example.org",
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_SECRET_ACCESS_KEY": "x",
    "AWS_DEFAULT_REGION": "us-east-1",
    "PYTHONDONTWRITEBYTECODE": "",
}


def run(folder: Path, command: str, fails: bool = False) -> str:
    """What a shell command prints there, its errors among it."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=folder,
        text=True,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | ENVIRONMENT | {"PYTHONPATH": str(folder / "src")},  # the copy's own code
    )
    assert (done.returncode != 0) == fails, f"{command}:\n{done.stdout[-5000:]}"
    return done.stdout


def page_commands(first: str) -> str:
    """The indented block of docs/dvc.md that begins with a line."""
    block = re.search(
        rf"^(    {re.escape(first)}.*\n(?:    .*\n)+)", (ROOT / "docs/dvc.md").read_text(), re.M
    )
    return textwrap.dedent(block.group(1))


def copy_of_the_project(folder: Path) -> None:
    """Its files as they are, in a git repository of their own."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if os.path.lexists(ROOT / name):  # not removed since
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name, follow_symlinks=False)
    run(folder, "git init -q && git add -A && git commit -qm project")


def add_own_experiment(folder: Path) -> None:
    """Pictures of two classes, a judge of random weights, and the config."""
    rng = np.random.default_rng(0)
    for name, width in (("cats", 8), ("dogs", 16)):
        (folder / "pictures" / name).mkdir(parents=True)
        for i in range(30):
            image = rng.integers(0, 256, (20, 24, 3)).astype(np.uint8)
            image[:, :width] = 250
            Image.fromarray(image).save(folder / f"pictures/{name}/{i}.png")
    torch.manual_seed(0)
    torch.save(ResNet(DEPTHS["resnet20"], 2).state_dict(), folder / WEIGHTS)
    (folder / "own_classes.txt").write_text("cats\ndogs\n")
    (folder / "config/own.yaml").write_text(OWN)


def clone(project: Path, folder: Path) -> Path:
    """What somebody else has after `git clone` and naming the remote."""
    run(project.parent, shlex.join(["git", "clone", "-q", str(project), str(folder)]))
    run(folder, f"dvc remote add --local --default storage {project.parent / 'remote'}")
    return folder


def ran(output: str) -> list[str]:
    """The stages that DVC did not skip."""
    return [
        line.split("'")[1].split(":")[-1]
        for line in output.splitlines()
        if line.startswith("Running stage")
    ]


def nothing_to_do(folder: Path) -> bool:
    """Whether both tools are content."""
    return ran(run(folder, REPRO)) == [] and "Nothing to be done" in run(folder, PLANNED)


def planned_stages(folder: Path) -> list[str]:
    """Those that Snakemake has a job for."""
    output = run(folder, f"{PLANNED} --quiet rules")
    return [stage for stage, job in JOBS_OF.items() if f"\n{job}" in output]


def models_in(project: Path) -> dict:
    """What the lock says of the stage `models`."""
    return yaml.safe_load((project / "pipelines/own/dvc.lock").read_text())["stages"]["models"]
