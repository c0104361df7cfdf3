"""The Makefile's own promises: help, clean-results that asks, and unlocking."""

import subprocess

import pytest
from conftest import ROOT


def make(*arguments, folder=ROOT, **options):
    return subprocess.run(
        ["make", "-C", folder, "-f", ROOT / "Makefile", *arguments],
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


def test_help_lists_every_target():
    out = make("help").stdout
    for target in ("setup", "demo", "test", "check", "test-browser", "clean", "clean-results"):
        assert f"make {target} " in out


@pytest.fixture
def results(tmp_path):
    (tmp_path / "results/mine/models").mkdir(parents=True)
    (tmp_path / "results/mine/models/weights").write_bytes(b"x" * 5000)
    return tmp_path


def test_clean_results_prints_sizes_and_asks(results):
    run = make("clean-results", "EXPERIMENT=mine", folder=results, input="no\n")
    assert run.returncode != 0
    assert "results/mine" in run.stdout and "nothing removed" in run.stdout
    assert (results / "results/mine/models/weights").exists()
    assert make("clean-results", "EXPERIMENT=mine", folder=results, input="mine\n").returncode == 0
    assert not (results / "results/mine").exists()


@pytest.mark.parametrize(
    "name", ["", "EXPERIMENT=", "EXPERIMENT=none", "EXPERIMENT=../mine", "EXPERIMENT=mine/models"]
)
def test_clean_results_refuses_what_is_no_experiment(results, name):
    run = make("clean-results", *([name] if name else []), folder=results, input="mine\n")
    assert run.returncode != 0
    assert "error:" in run.stdout
    assert (results / "results/mine/models/weights").exists()


def test_clean_leaves_other_experiments_and_what_is_in_git(results):
    (results / "results/demo/models").mkdir(parents=True)
    (results / "results/demo/metrics.json").write_text("{}")
    (results / ".venv").mkdir()
    assert make("clean", folder=results).returncode == 0
    assert sorted(p.name for p in results.iterdir()) == ["results"]
    assert sorted(p.name for p in (results / "results").iterdir()) == ["demo", "mine"]
    assert [p.name for p in (results / "results/demo").iterdir()] == ["metrics.json"]


def test_a_misspelt_variable_pulls_nothing(results):
    (results / ".venv/bin").mkdir(parents=True)
    for name in ("pyproject.toml", "constraints.txt", ".venv/bin/.complete"):
        (results / name).touch()
    run = make("pull", "STAGE=tables", folder=results)
    assert run.returncode != 0
    assert "error: make pull knows EXPERIMENT, STAGES and FORCE, not STAGE" in run.stdout
