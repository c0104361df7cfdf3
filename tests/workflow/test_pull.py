"""`make pull` and remotes: results come whole, and only what must be made again is."""

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
from dvc_project import (
    ENVIRONMENT,
    PIPELINE,
    PULL,
    REPRO,
    STAGES,
    clone,
    models_in,
    nothing_to_do,
    planned_stages,
    ran,
    run,
)
from dvc_remotes import S3Server, ssh_server
from PIL import Image

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("dvc")]


def test_a_pull_beside_an_edited_notebook_makes_only_figures_again(project, tmp_path):
    folder = clone(project, tmp_path / "clone")
    with (folder / "notebooks/paper/figure_10.py").open("a") as notebook:
        notebook.write("# mine\n")
    told = run(folder, PULL)
    assert "notebooks differ here" in told and "`dvc repro` goes over figures, report again" in told
    assert planned_stages(folder) == ["figures", "report"]
    assert ran(run(folder, REPRO)) == ["figures", "report"]
    assert nothing_to_do(folder)


def test_a_pull_beside_an_edited_config_does_nothing(project, pulled, tmp_path):
    """Neither in a fresh clone, where the results would pass for those of the new settings, nor
    later. A comment is no setting.
    """
    fresh = clone(project, tmp_path / "fresh")
    run(pulled, "echo '# mine' >> config/own.yaml")
    assert "In place and intact" in run(pulled, PULL)
    for folder in (fresh, pulled):
        run(folder, "sed -i 's/steps: 8/steps: 9/' config/own.yaml")
        assert "config/own.yaml differs here" in run(folder, PULL, fails=True)
    assert not (fresh / "results/own/models").exists()
    assert planned_stages(pulled) == STAGES[STAGES.index("models") :]


def test_in_a_used_checkout_an_edited_notebook_is_drawn_again_after_a_pull(pulled):
    with (pulled / "notebooks/paper/figure_10.py").open("a") as notebook:
        notebook.write("# mine\n")
    shutil.rmtree(pulled / "results/own/figures")
    assert "`dvc repro` goes over figures, report again" in run(pulled, PULL)
    assert planned_stages(pulled) == ["figures", "report"]
    assert ran(run(pulled, f"{REPRO} --dry")) == ["figures"]  # and what these make of the report


@pytest.mark.parametrize("remote", ["none", "incomplete"])
def test_what_cannot_be_had_leaves_everything_where_it_is(pulled, tmp_path, remote):
    """Not results or a trainer's state, of which there is no copy, nor pictures not yet added."""
    model = next(pulled.glob("results/own/models/own_16/*"))
    (model / "state").mkdir()
    (model / "state/checkpoint.pt").write_bytes(b"hours")
    if remote == "none":
        run(pulled, "dvc remote remove --local storage")
    else:
        (tmp_path / "empty").mkdir()
        run(pulled, f"dvc remote modify --local storage url {tmp_path / 'empty'}")
    lock = pulled / "pipelines/own/dvc.lock"
    listed = next(o["md5"] for o in models_in(pulled)["outs"] if o["path"] == "results/own/models")
    lock.write_text(lock.read_text().replace(listed, "0" * 32 + ".dir"))
    for force in ("", " --force"):
        run(pulled, PULL + force, fails=True)
        assert (model / "state/checkpoint.pt").is_file() and (
            model / "weights.safetensors"
        ).is_file()
    run(pulled, "git checkout -q pipelines")
    Image.new("RGB", (24, 20), "red").save(pulled / "pictures/cats/mine.png")
    told = run(pulled, f"{PULL} --force", fails=True)
    assert "pictures" in told and "dvc add" in told
    assert (pulled / "pictures/cats/mine.png").is_file()


def test_without_a_remote_a_pull_says_how_to_name_one(project, tmp_path):
    folder = clone(project, tmp_path / "clone")
    run(folder, "dvc remote remove --local storage")
    assert "dvc remote add --local --default storage" in run(folder, PULL, fails=True)


def test_a_result_edited_by_hand_is_overwritten_only_with_force(pulled):
    table = pulled / "results/own/tables/own_16/class_count.csv"
    table.chmod(0o644)
    table.write_text("edited\n")
    told = run(pulled, PULL, fails=True)
    assert "results/own/tables/own_16/class_count.csv" in told and "FORCE=1" in told
    assert table.read_text() == "edited\n"
    assert "In place and intact: all of own" in run(pulled, f"{PULL} --force")
    assert nothing_to_do(pulled)


def test_the_tables_alone_redraw_a_figure_and_nothing_else(project, tmp_path):
    folder = clone(project, tmp_path / "clone")
    assert "In place and intact: tables of own" in run(folder, f"{PULL} tables")
    assert not (folder / "results/own/models").exists() and not (folder / "data").exists()
    told = run(folder, "snakemake figure_10 --configfile config/own.yaml")
    assert "1 of 1 steps (100%) done" in told
    assert (folder / "results/own/figures/figure_10/figure.svg").is_file()
    assert "In place and intact: all of own" in run(folder, PULL)  # it is the same figure
    assert nothing_to_do(folder)


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
    flip(in_store(project, store, "results/own/tables", "own_16/class_count.csv"))
    told = run(folder, f"{PULL} tables", fails=True)
    assert "results/own/tables/own_16/class_count.csv is damaged" in told
    if where == "cache":
        assert "In place and intact" in run(folder, f"{PULL} tables")


def test_tables_are_not_put_beside_scores_that_they_were_not_made_of(pulled):
    scores = next(pulled.glob("results/own/scores/**/*.csv"))
    scores.write_text(scores.read_text() + "\n")
    shutil.rmtree(pulled / "results/own/tables")
    told = run(pulled, f"{PULL} tables --force", fails=True)
    assert "results/own/scores differs here from what these tables were made of" in told
    assert not (pulled / "results/own/tables").exists()
    run(pulled, f"{PULL} --force")
    assert nothing_to_do(pulled)


def test_headline_numbers_of_other_results_are_not_taken_for_these(pulled):
    (pulled / "results/own/metrics.json").write_text("{}")
    assert "git checkout results/own/metrics.json" in run(pulled, PULL, fails=True)
    run(pulled, "git checkout results/own/metrics.json")
    assert "In place and intact: all" in run(pulled, PULL)


def test_of_a_lock_that_ends_midway_no_more_is_told_than_it_holds(project, tmp_path):
    folder = clone(project, tmp_path / "clone")
    lock = folder / "pipelines/own/dvc.lock"
    content = yaml.safe_load(lock.read_text())
    content["stages"] = {name: content["stages"][name] for name in ("config", "data")}
    lock.write_text(yaml.safe_dump(content))
    assert "In place and intact: config, data of own." in run(folder, PULL)


def test_where_a_folder_cannot_be_made_nothing_else_is_lost(pulled):
    models = sorted((pulled / "results/own/models/own_16").iterdir())
    (models[1] / "state").mkdir()
    (models[1] / "state/checkpoint.pt").write_bytes(b"hours")
    shutil.rmtree(models[0])
    models[0].write_text("in the way")
    told = run(pulled, f"{PULL} --force", fails=True)
    assert "cannot write" in told and "Traceback" not in told
    assert (models[1] / "state/checkpoint.pt").is_file()
    assert (models[1] / "weights.safetensors").is_file()
    models[0].unlink()
    run(pulled, PULL)
    assert (models[1] / "state/checkpoint.pt").is_file() and nothing_to_do(pulled)


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
        run(
            clone_of,
            f"dvc remote modify --local storage url s3://acgan/results && "
            f"dvc remote modify --local storage endpointurl {s3.address}",
        )
    run(source, "dvc push")

    run(folder, "dvc remote modify --local storage jobs 1")
    s3.left = 80
    command = [sys.executable, *PULL.split()[1:]]
    own_code = os.environ | {"PYTHONPATH": str(folder / "src")}
    broken = subprocess.Popen(
        command, cwd=folder, env=own_code, stdout=subprocess.DEVNULL, start_new_session=True
    )
    assert s3.is_silent.wait(60)
    os.killpg(broken.pid, signal.SIGKILL)
    assert broken.wait() == -signal.SIGKILL
    before, s3.gave = set(s3.gave), []
    s3.left = sys.maxsize
    s3.may_go_on.set()
    assert not (folder / "results/own/models").exists()
    assert "In place and intact: all of own" in run(folder, PULL)
    again = [name for name in before & set(s3.gave) if not name.endswith(".dir")]  # lists of files
    assert len(before) > 40 and len(again) < 10  # those that were under way


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
    assert "no experiment papper" in run(folder, f"{PULL.replace('own', 'papper')}", fails=True)
    told = run(folder, f"{PULL.replace('own', 'paper')}", fails=True)
    assert "nobody has committed a `dvc repro` of paper" in told
