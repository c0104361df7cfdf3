"""Which code a report says that it is of."""

import subprocess

import pytest

from acgan.training.provenance import commit


@pytest.fixture
def project(tmp_path):
    """A checkout with code and with results that are in git."""
    for path in (
        "src/acgan/code.py",
        "results/demo/metrics.json",
        "dvc.lock",
        "pipelines/own/dvc.lock",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("1\n")
    for command in ("init -q", "add -A", "-c user.name=a -c user.email=a@b commit -qm one"):
        subprocess.run(["git", *command.split()], cwd=tmp_path, check=True)
    return tmp_path


def test_what_a_run_writes_is_no_change_of_the_code(project):
    """metrics.json is being made anew, with other last digits maybe, while git is asked."""
    clean = commit(project)
    assert len(clean) == 40
    (project / "results/demo/metrics.json").unlink()
    for lock in ("dvc.lock", "pipelines/own/dvc.lock"):
        (project / lock).write_text("2\n")
    assert commit(project) == clean
    (project / "src/acgan/code.py").write_text("2\n")
    assert commit(project) == f"{clean}+changes"


def test_outside_a_checkout_the_commit_is_unknown(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert commit(tmp_path) == "unknown"
