"""Shared by all tests: small packed data, a small model's spec, and one run of the whole DAG at
toy settings.
"""

import contextlib
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

ROOT = Path(__file__).parents[1]
CACHE = ROOT / ".cache"
# Nothing is written outside the project: programs that keep caches and run files in the home folder
# get folders here.
for variable in (
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "IPYTHONDIR",
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_RUNTIME_DIR",
    "JUPYTER_DATA_DIR",
    "MPLCONFIGDIR",
):
    folder = CACHE / "home" / variable.lower()
    folder.mkdir(parents=True, exist_ok=True)
    os.environ[variable] = str(folder)

TOY = [ROOT / "config/demo.yaml", ROOT / "tests/toy.yaml"]
BIN = Path(sys.executable).parent
# Runs see the code, and work themselves, in folders whose names a shell would take for something
# else. Where jobs are submitted, Snakemake cannot have quotes in them.
UNPLEASANT = 'it\'s $5 & "more"; (a *)'
PRICE = "price $5; (a *)"
CODE = CACHE / "unpleasant" / PRICE


def snakemake_command(
    folder: Path, *arguments: str, configs: list[Path] | None = None
) -> list[str]:
    """A Snakemake on the project's workflow that works in another folder."""
    CODE.parent.mkdir(exist_ok=True)
    with contextlib.suppress(FileExistsError):
        CODE.symlink_to(ROOT, target_is_directory=True)
    return [
        str(BIN / "snakemake"),
        "--snakefile",
        str(CODE / "Snakefile"),
        "--directory",
        str(folder),
        *arguments,
        "--workflow-profile",
        str(CODE / "profiles/default"),
        "--configfile",
        *map(str, configs or TOY),
    ]


def snakemake(folder: Path, *arguments: str, configs: list[Path] | None = None, **options):
    """Run it to its end; its output is text in `.stdout`."""
    return subprocess.run(
        snakemake_command(folder, *arguments, configs=configs),
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        **options,
    )


def processes_of(folder: Path) -> list[psutil.Process]:
    """Those that work in a folder, or below it, whoever their parents are."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if folder in (place := Path(process.cwd()), *place.parents):
                found.append(process)
    return found


def end_all_in(folder: Path) -> None:
    """End what is at work in a folder."""
    while left := processes_of(folder):
        for process in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        time.sleep(0.3)


@pytest.fixture
def work(tmp_path) -> Iterator[Path]:
    """A folder; what a test has started in it ends with the test, however that ends."""
    yield tmp_path
    end_all_in(tmp_path)


@pytest.fixture(scope="session")
def toy_run(tmp_path_factory) -> Path:
    """A folder in which the whole DAG has run once at toy settings, from data to report."""
    folder = tmp_path_factory.mktemp("toy") / UNPLEASANT
    folder.mkdir()
    run = snakemake(folder)
    assert run.returncode == 0, run.stdout[-5000:]
    return folder


@pytest.fixture(scope="session")
def project(tmp_path_factory) -> Path:
    """The how-to of docs/dvc.md, run: own data added, reproduced, committed and pushed."""
    import dvc_project as own

    folder = tmp_path_factory.mktemp("dvc") / UNPLEASANT
    own.copy_of_the_project(folder)
    own.add_own_experiment(folder)
    own.run(folder, f"dvc remote add --local --default storage {folder.parent / 'remote'}")
    commands = own.page_commands("dvc add pictures own.pt")
    own.run(folder, commands.replace("own.pt", shlex.quote(own.WEIGHTS)))
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
    from acgan.config.schema import Nets, Objective, Training

    training = Training(
        steps=20,
        batch_size=8,
        log_every=5,
        trajectory_every=10,
        trajectory_pairs=2,
        g_learning_rate=0.001,
        d_learning_rate=0.001,
    )
    return {
        "suite": "s",
        "model": "m",
        "dataset": "digits",
        "side": 16,
        "classes": 3,
        "seed": 1,
        "nets": Nets(width=0.0625).model_dump(),
        "objective": Objective().model_dump(),
        "training": training.model_dump(),
    }
