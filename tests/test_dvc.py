"""`dvc repro`, `make pull` and remotes, on an experiment of one's own data: what the README says of DVC,
run for real. DVC and Snakemake must agree at every turn.
"""

import importlib.util
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import BIN, ROOT
from dvc_project import (
    ENVIRONMENT,
    PIPELINE,
    add_own_experiment,
    clone,
    copy_of_the_project,
    readme_commands,
    run,
)
from dvc_remotes import S3Server, ssh_server

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("dvc")]
REPRO = f"dvc repro {PIPELINE}"
PULL = "python workflow/scripts/pull.py --experiment own"
PLANNED = "snakemake -n --configfile config/own.yaml"


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """The how-to of the README, run: own data added, reproduced, committed and pushed."""
    folder = tmp_path_factory.mktemp("dvc") / "project"
    copy_of_the_project(folder)
    add_own_experiment(folder)
    run(folder, f"dvc remote add --local --default storage {folder.parent / 'remote'}")
    run(folder, readme_commands("dvc add pictures own.pt"))
    return folder


@pytest.fixture
def pulled(project, tmp_path) -> Path:
    """A clone with everything pulled."""
    folder = clone(project, tmp_path / "clone")
    assert "In place and intact: all of own" in run(folder, PULL)
    return folder


def ran(told: str) -> list[str]:
    """The stages that DVC did not skip."""
    return [line.split("'")[1].split(":")[-1] for line in told.splitlines() if line.startswith("Running stage")]  # fmt: skip


def nothing_to_do(folder: Path) -> bool:
    return (
        "up to date" in run(folder, f"dvc status {PIPELINE}")
        and ran(run(folder, REPRO)) == []
        and "Nothing to be done" in run(folder, PLANNED)
    )


def test_after_a_reproduction_both_tools_are_content(project):
    assert nothing_to_do(project)
    assert (project / "results/own/report/index.html").is_file()
    assert not run(project, "git status --porcelain")  # metrics and settings are in git


def test_after_pulling_all_both_tools_are_content_and_see_later_changes(pulled):
    assert nothing_to_do(pulled)
    told = run(pulled, f"{PLANNED} --config training='{{steps: 9}}'")
    assert "train_own_16" in told and "pack_own" not in told


def test_an_edited_notebook_redraws_its_figure_and_the_report(pulled):
    with (pulled / "notebooks/figure_10.py").open("a") as notebook:
        notebook.write("# seen\n")
    told = run(pulled, REPRO)
    assert ran(told) == ["figures", "report"]
    drawn = [line for line in told.splitlines() if ": drawing " in line]
    assert len(drawn) == 1 and "figure_10" in drawn[0]
    assert nothing_to_do(pulled)


def test_new_pictures_are_packed(pulled):
    shutil.copy(pulled / "pictures/cats/0.png", pulled / "pictures/cats/new.png")
    run(pulled, "dvc add pictures")
    told = run(pulled, f"{REPRO}:data")
    assert ran(told) == ["config", "data"][-len(ran(told)) :]
    index = (pulled / "data/own/16/index.csv").read_text()
    assert "cats,cats,31," in index


def test_a_second_experiment_packs_the_side_that_it_adds_and_leaves_the_first_alone(pulled):
    run(
        pulled,
        "sed 's/experiment: own/experiment: more/; s/side: 16/side: 32/' config/own.yaml > config/more.yaml",
    )
    run(pulled, "acgan config pipeline --config config/more.yaml")
    assert ran(run(pulled, "dvc repro pipelines/more/dvc.yaml:data")) == ["config", "data"]
    lock = yaml.safe_load((pulled / "pipelines/more/dvc.lock").read_text())["stages"]
    assert [out["path"] for out in lock["data"]["outs"]] == ["data/own/32"]
    assert (pulled / "data/own/32/index.csv").is_file()
    assert nothing_to_do(pulled)


def test_an_experiment_with_a_changed_setting_has_results_of_its_own(pulled):
    settings = {"training.steps": (8, 9), "scores.ms_ssim_pairs": (4, 5)}
    changes = " ".join(f"-S config/own.yaml:{key}={new}" for key, (_, new) in settings.items())
    told = run(pulled, f"dvc exp run --name longer {changes} {PIPELINE}")
    assert ran(told) == ["config", "models", "samples", "scores", "tables", "figures", "report"]
    shown = run(pulled, "dvc params diff --json --targets config/own.yaml -- HEAD longer")
    found = json.loads(shown)["config/own.yaml"]
    assert {key: (v["old"], v["new"]) for key, v in found.items()} == settings
    # the warning is of the experiments that never ran
    changed = json.loads(run(pulled, "dvc metrics diff --json HEAD 2>/dev/null"))
    assert list(changed["results/own/metrics.json"]) == ["figure_10.threshold"]
    assert nothing_to_do(pulled)
    assert "longer" in run(pulled, "dvc exp list")


def test_going_back_to_older_results_makes_nothing_again(pulled):
    run(pulled, "dvc remote remove --local storage")  # all of it lies in the cache
    run(pulled, "sed -i 's/ms_ssim_pairs: 4/ms_ssim_pairs: 5/' config/own.yaml")
    assert "scores" in ran(run(pulled, REPRO))
    run(pulled, "git commit -qam newer && git checkout -q HEAD~1")
    assert "In place and intact: all of own" in run(pulled, PULL)
    assert nothing_to_do(pulled)


def test_a_pull_beside_an_edited_notebook_makes_only_figures_again(project, tmp_path):
    folder = clone(project, tmp_path / "clone")
    with (folder / "notebooks/figure_10.py").open("a") as notebook:
        notebook.write("# mine\n")
    told = run(folder, PULL)
    assert "notebooks differ here" in told and "figures, report will be made again" in told
    assert planned_stages(folder) == ["figures", "report"]
    assert ran(run(folder, REPRO)) == ["figures", "report"]
    assert nothing_to_do(folder)


def test_without_a_remote_a_pull_says_how_to_name_one(project, tmp_path):
    folder = clone(project, tmp_path / "clone")
    run(folder, "dvc remote remove --local storage")
    assert "dvc remote add --local --default storage" in run(folder, PULL, fails=True)


def test_a_result_edited_by_hand_is_overwritten_only_with_force(pulled):
    table = pulled / "results/own/tables/sweep.csv"
    table.chmod(0o644)
    table.write_text("edited\n")
    told = run(pulled, PULL, fails=True)
    assert "results/own/tables" in told and "FORCE=1" in told
    assert table.read_text() == "edited\n"
    assert "In place and intact: all of own" in run(pulled, f"{PULL} --force")
    assert nothing_to_do(pulled)


JOBS_OF = {"data": "pack_", "models": "train_", "samples": "sample_", "scores": "score_",
           "tables": "table_of_", "figures": "figure_", "report": "report"}  # fmt: skip


def planned_stages(folder: Path) -> list[str]:
    """Those that Snakemake has a job for."""
    told = run(folder, f"{PLANNED} --quiet rules")
    return [stage for stage, job in JOBS_OF.items() if f"\n{job}" in told]


def test_a_changed_file_asks_its_stage_and_what_follows(pulled):
    stages = list(JOBS_OF)
    asked = {
        "src/acgan/train.py": None,  # dear: never by itself
        "src/acgan/sample.py": "samples",
        "src/acgan/metrics/ms_ssim.py": "scores",
        "own_classes.txt": "scores",
        "src/acgan/tables.py": "tables",
        "src/acgan/drawing.py": "figures",
        "src/acgan/report/build.py": "report",
    }
    for file, stage in asked.items():
        with (pulled / file).open("a") as changed:
            changed.write("\n")
        status = json.loads(run(pulled, f"dvc status --json {PIPELINE} 2>/dev/null"))
        assert [name.split(":")[-1] for name in status] == [stage] * bool(stage), file
        assert planned_stages(pulled) == (stages[stages.index(stage) :] if stage else []), file
        run(pulled, f"git checkout -q {file}")


def test_the_tables_alone_redraw_a_figure_and_nothing_else(project, tmp_path):
    folder = clone(project, tmp_path / "clone")
    assert "In place and intact: tables of own" in run(folder, f"{PULL} tables")
    assert not (folder / "results/own/models").exists() and not (folder / "data").exists()
    with (folder / "notebooks/figure_10.py").open("a") as notebook:
        notebook.write("# seen\n")
    told = run(folder, "snakemake figure_10 --configfile config/own.yaml")
    assert "1 of 1 steps (100%) done" in told
    assert (folder / "results/own/figures/figure_10/figure.svg").is_file()


def test_metrics_and_plots_are_told(project):
    metrics = json.loads((project / "results/own/metrics.json").read_text())
    assert metrics and all(isinstance(value, (int, float)) for value in metrics.values())
    shown = json.loads(run(project, "dvc metrics show --json results/own/metrics.json 2>/dev/null"))
    assert shown[""]["data"]["results/own/metrics.json"]["data"] == metrics
    plots = run(project, f"dvc plots show --json {PIPELINE}::../../results/own/tables/training.csv")
    assert "generator_loss" in plots


def models_in(project: Path) -> dict:
    """What the lock says of the stage `models`."""
    return yaml.safe_load((project / "pipelines/own/dvc.lock").read_text())["stages"]["models"]


def test_a_run_that_fails_overwrites_nothing_that_is_tracked(pulled):
    before = models_in(pulled)
    weights = next(pulled.glob("results/own/models/own_16/*/weights.safetensors"))
    kept = weights.read_bytes()
    (weights.parent / "state").mkdir()
    (weights.parent / "state/checkpoint.pt").write_bytes(b"damaged")
    run(pulled, "sed -i 's/steps: 8/steps: 9/' config/own.yaml")
    told = run(pulled, f"dvc repro {PIPELINE}:models", fails=True)
    assert "checkpoint.pt is damaged" in told
    assert models_in(pulled) == before
    run(pulled, f"git checkout -q . && dvc checkout --force {PIPELINE}")
    assert weights.read_bytes() == kept


def flip(path: Path) -> None:
    """One byte of a file changes, and nothing that tells of it: neither its mode nor its size."""
    mode = path.stat().st_mode
    path.chmod(mode | stat.S_IWUSR)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    path.chmod(mode)


def in_store(project: Path, store: Path, out: str, name: str) -> Path:
    """Where a cache or a remote keeps a file of an output."""
    lock = yaml.safe_load((project / "pipelines/own/dvc.lock").read_text())["stages"]
    listed = next(o["md5"] for stage in lock.values() for o in stage["outs"] if o["path"] == out)
    objects = store / "files/md5"
    entries = json.loads((objects / listed[:2] / listed[2:]).read_text())
    md5 = next(e["md5"] for e in entries if e["relpath"] == name)
    return objects / md5[:2] / md5[2:]


@pytest.mark.parametrize("where", ["cache", "remote"])
def test_a_flipped_byte_is_found_and_named(project, tmp_path, where):
    mine = tmp_path / "remote"
    shutil.copytree(project.parent / "remote", mine)
    folder = clone(project, tmp_path / "clone")
    run(folder, f"dvc remote modify --local storage url {mine}")
    if where == "cache":
        run(folder, f"{PULL} tables")
        shutil.rmtree(folder / "results/own/tables")
    store = mine if where == "remote" else folder / ".dvc/cache"
    flip(in_store(project, store, "results/own/tables", "sweep.csv"))
    told = run(folder, f"{PULL} tables", fails=True)
    assert "results/own/tables/sweep.csv is damaged" in told
    if where == "cache":
        assert "In place and intact" in run(folder, f"{PULL} tables")


def test_damage_in_place_costs_no_intact_copy(tmp_path):
    script = importlib.util.spec_from_file_location("pull", ROOT / "workflow/scripts/pull.py")
    pull = importlib.util.module_from_spec(script)
    script.loader.exec_module(pull)
    copy, table = tmp_path / "5e/b63bbbe01eeed093cb22bb8f5acdc3", tmp_path / "table.csv"
    copy.parent.mkdir()
    copy.write_text("hello world")
    table.write_text("hello worle")
    out = {"path": str(table), "md5": "5eb63bbbe01eeed093cb22bb8f5acdc3"}
    assert list(pull.damaged([out], tmp_path)) == [f"{table} is damaged, here, not in the cache"]
    assert copy.is_file() and not table.exists()


@pytest.fixture
def s3():
    server = S3Server()
    yield server
    server.may_go_on.set()
    server.http.shutdown()


def test_results_go_through_s3_and_a_broken_pull_goes_on(project, tmp_path, s3, monkeypatch):
    import boto3

    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    boto3.client("s3", endpoint_url=s3.address).create_bucket(Bucket="acgan")
    source, folder = clone(project, tmp_path / "source"), clone(project, tmp_path / "clone")
    run(source, PULL)
    for clone_of in (source, folder):
        run(clone_of, f"dvc remote modify --local storage url s3://acgan/results && "
                      f"dvc remote modify --local storage endpointurl {s3.address}")  # fmt: skip
    run(source, f"dvc push {PIPELINE}")

    s3.left = 20
    broken = subprocess.Popen([BIN / "dvc", "pull", "--jobs", "1", PIPELINE], cwd=folder, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, start_new_session=True)  # fmt: skip
    assert s3.is_silent.wait(60)
    os.killpg(broken.pid, signal.SIGKILL)
    assert broken.wait() == -signal.SIGKILL
    s3.left = sys.maxsize
    s3.may_go_on.set()
    assert any((folder / ".dvc/cache/files/md5").glob("*/*"))  # it had begun
    assert "In place and intact: tables, figures of own" in run(folder, f"{PULL} tables figures")


def test_results_go_through_ssh(project, tmp_path):
    (tmp_path / "remote").mkdir()
    address = f"{ssh_server()}{tmp_path}/remote"
    folder = clone(project, tmp_path / "clone")
    run(project, f"dvc remote add --local far {address} && dvc push --remote far {PIPELINE}:tables")
    run(folder, f"dvc remote modify --local storage url {address}")
    assert "In place and intact: tables of own" in run(folder, f"{PULL} tables")


def test_a_stage_of_nobodys_lock_is_refused_in_a_line(project, tmp_path):
    folder = clone(project, tmp_path / "clone")
    assert "it has config, data, models" in run(folder, f"{PULL} table", fails=True)
    told = run(folder, f"{PULL.replace('own', 'paper')}", fails=True)
    assert "nobody has committed a `dvc repro` of paper" in told


def test_the_pipelines_in_git_are_what_their_configs_say(tmp_path):
    from acgan.config import loading, pipeline

    copy_of_the_project(tmp_path / "p")
    for name in run(ROOT, "git ls-files config/*.yaml").split():
        written = pipeline.write(loading.load([ROOT / name]), Path(name), tmp_path / "p")
        assert (tmp_path / "p" / written).read_text() == (ROOT / written).read_text(), written


def test_no_output_is_one_that_dvc_would_delete():
    for file in (ROOT / "dvc.yaml", *ROOT.glob("pipelines/*/dvc.yaml")):
        for stage in yaml.safe_load(file.read_text())["stages"].values():
            for out in [*stage["outs"], *stage.get("metrics", [])]:
                assert all(options["persist"] for options in out.values()), (file, out)
