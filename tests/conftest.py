"""Shared by all tests: small packed data, a small model's spec, and one run of the whole DAG at
toy settings.
"""

import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from running import UNPLEASANT, end_all_in, snakemake


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


@pytest.fixture(scope="session")
def pulled_once(project) -> Path:
    """A clone of it with everything pulled."""
    import dvc_project as own

    folder = own.clone(project, project.parent / "pulled")
    assert "In place and intact: all of own" in own.run(folder, own.PULL)
    return folder


@pytest.fixture
def pulled(pulled_once, tmp_path) -> Path:
    """A copy of that clone, for one test to change."""
    return Path(shutil.copytree(pulled_once, tmp_path / "clone", symlinks=True))


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
