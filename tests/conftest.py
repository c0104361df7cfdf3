"""Shared by all tests: small packed data, a small model's spec, and one run of the whole DAG at
toy settings.
"""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
CACHE = ROOT / ".cache"
# Nothing is written outside the project: programs that keep caches and run files in the home folder
# get folders here.
for variable in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR",
                 "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "MPLCONFIGDIR"):  # fmt: skip
    folder = CACHE / "home" / variable.lower()
    folder.mkdir(parents=True, exist_ok=True)
    os.environ[variable] = str(folder)

TOY = [ROOT / "config/demo.yaml", ROOT / "tests/toy.yaml"]
BIN = Path(sys.executable).parent


def snakemake_command(
    folder: Path, *arguments: str, configs: list[Path] | None = None
) -> list[str]:
    """A Snakemake on the project's workflow that works in another folder."""
    return [
        str(BIN / "snakemake"), "--snakefile", str(ROOT / "Snakefile"), "--directory", str(folder), *arguments,
        "--workflow-profile", str(ROOT / "profiles/default"), "--configfile", *map(str, configs or TOY),
    ]  # fmt: skip


def snakemake(folder: Path, *arguments: str, configs: list[Path] | None = None, **options):
    """Run it to its end; its output is text in `.stdout`."""
    return subprocess.run(
        snakemake_command(folder, *arguments, configs=configs), cwd=folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **options,
    )  # fmt: skip


@pytest.fixture(scope="session")
def toy_run(tmp_path_factory) -> Path:
    """A folder in which the whole DAG has run once at toy settings, from data to report."""
    folder = tmp_path_factory.mktemp("toy")
    run = snakemake(folder)
    assert run.returncode == 0, run.stdout[-5000:]
    return folder


@pytest.fixture(scope="session")
def project(tmp_path_factory) -> Path:
    """The how-to of the README on DVC, run: own data added, reproduced, committed and pushed."""
    import dvc_project as own

    folder = tmp_path_factory.mktemp("dvc") / "project"
    own.copy_of_the_project(folder)
    own.add_own_experiment(folder)
    own.run(folder, f"dvc remote add --local --default storage {folder.parent / 'remote'}")
    own.run(folder, own.readme_commands("dvc add pictures own.pt"))
    return folder


@pytest.fixture
def pulled(project, tmp_path) -> Path:
    """A clone of it with everything pulled."""
    import dvc_project as own

    folder = own.clone(project, tmp_path / "clone")
    assert "In place and intact: all of own" in own.run(folder, own.PULL)
    return folder


@pytest.fixture(scope="session")
def packed_digits(tmp_path_factory) -> Path:
    """Packed data: three classes of 30 made-up 16x16 images that differ between classes."""
    from acgan.data import packed

    folder = tmp_path_factory.mktemp("packed") / "16"
    rng = np.random.default_rng(0)
    for digit in range(3):
        images = rng.integers(0, 256, (30, 16, 16, 3)).astype(np.uint8)
        images[:, 5 * digit : 5 * digit + 5] = 255
        packed.write_class(folder, str(digit), images)
    packed.write_index(folder, {"0": "zero", "1": "one", "2": "two"})
    return folder


@pytest.fixture
def spec() -> dict:
    """A tiny model of three classes at 16x16, twenty steps."""
    from acgan.config.model import Nets, Objective, Training

    training = Training(
        steps=20, batch_size=8, log_every=5, trajectory_every=10, trajectory_pairs=2,
        g_learning_rate=0.001, d_learning_rate=0.001,
    )  # fmt: skip
    return {
        "suite": "s", "model": "m", "dataset": "digits", "side": 16, "classes": 3, "seed": 1,
        "nets": Nets(width=0.0625).model_dump(), "objective": Objective().model_dump(),
        "training": training.model_dump(),
    }  # fmt: skip
