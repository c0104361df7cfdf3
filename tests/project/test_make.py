"""The Makefile's own promises: help, clean-results that asks, and unlocking."""

import subprocess

import pytest
from running import ROOT, UNPLEASANT


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


def stand_in(folder, text):
    """An environment that is made, of programs that run `text`."""
    (folder / ".venv/bin").mkdir(parents=True)
    for name in ("pyproject.toml", "constraints.txt", ".venv/bin/.complete"):
        (folder / name).touch()
    for name in ("python", "snakemake", "acgan"):
        (folder / ".venv/bin" / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / ".venv/bin" / name).chmod(0o755)


def test_make_works_in_a_folder_with_an_unpleasant_name(tmp_path):
    folder = tmp_path / UNPLEASANT
    stand_in(folder, 'command -v python; printf "<%s>\\n" "$@"')
    demo = make("demo", folder=folder)
    assert demo.returncode == 0, demo.stderr
    assert f"The report: {folder}/results/demo/report/index.html" in demo.stdout
    pull = make("pull", "EXPERIMENT=my own", "STAGES=tables figures", folder=folder)
    assert pull.returncode == 0, pull.stderr
    assert f"{folder}/.venv/bin/python\n" in pull.stdout
    assert "<--experiment>\n<my own>\n<tables>\n<figures>\n" in pull.stdout


@pytest.mark.parametrize("moved", [False, True])
def test_an_environment_that_was_made_elsewhere_is_made_anew(tmp_path, moved):
    """Copied or moved with the project, its programs would not start, or run the other's code."""
    stand_in(tmp_path, "exit 0")
    place = tmp_path / ".venv/lib/python3.11/site-packages"
    place.mkdir(parents=True)
    made_in = "/somewhere/else" if moved else tmp_path
    (place / "__editable__.acgan_repro-0.1.0.pth").write_text(f"{made_in}/src\n")
    planned = make("-n", "demo", folder=tmp_path).stdout
    assert ("rm -rf .venv\n" in planned) == moved
    assert ("made in another folder" in planned) == moved
