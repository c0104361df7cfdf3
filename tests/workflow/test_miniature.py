"""ImageNet in small: all 1,000 classes in archives built like the originals, from a server to the
report, a hundred models at 128x128 and a hundred at 64x64: `make test-miniature`.

The photographs are those of imagenet1k_samples128.npz; where a class has fewer than four, flips and
crops of its own fill it up, so nothing that comes out says anything about ImageNet.
"""

import hashlib
import io
import json
import re
from collections import Counter
from itertools import count
from pathlib import Path

import archives
import numpy as np
import pandas as pd
import pytest
import torch
from misbehaving_server import serving
from PIL import Image, ImageOps
from reference import REFERENCE, needs
from running import snakemake

from acgan import cli
from acgan.data import imagenet
from acgan.io.files import read_csv
from acgan.judges.resnet import DEPTHS, ResNet

pytestmark = pytest.mark.miniature
CLASSES = imagenet.class_ids()
PER_CLASS = 4


def photographs() -> tuple[dict[str, list[bytes]], dict[str, list[str]]]:
    """Four JPEG files of every class, flips and crops of its own where it has fewer, and what the
    names of those end in.
    """
    archive = np.load(REFERENCE / "data/imagenet1k_samples128.npz", allow_pickle=False)
    data, offsets, labels = archive["data"], archive["offsets"], archive["labels"]
    found: dict[str, list[Image.Image]] = {c: [] for c in archive["wnids"].tolist()}
    for i, label in enumerate(labels):
        mine = found[CLASSES[label]]
        if len(mine) < PER_CLASS:
            file = io.BytesIO(data[offsets[i] : offsets[i + 1]].tobytes())
            mine.append(Image.open(file).convert("RGB"))
    real = {c: len(images) for c, images in found.items()}
    files = {c: [archives.encoded(i) for i in filled(images)] for c, images in found.items()}
    return files, {c: [""] * n + ["_made"] * (PER_CLASS - n) for c, n in real.items()}


def filled(images: list[Image.Image]) -> list[Image.Image]:
    """The images, then flips and crops of them, four in all."""
    for n in count():
        if len(images) >= PER_CLASS:
            return images[:PER_CLASS]
        one = images[n // 2]
        images.append(ImageOps.mirror(one) if n % 2 == 0 else one.crop((9, 5, 119, 115)))
    raise AssertionError


EXPERIMENT = """
experiment: miniature
title: ImageNet in small, four photographs a class (made up by flips and crops), a few steps
datasets:
  imagenet: {source: imagenet, split: train, url: URL, images: 4000,
             checksums: {ILSVRC2012_img_train.tar: MD5}}
judges:
  random_resnet: {kind: local_classifier, architecture: resnet20, side: 32, weights: random.pt,
                  classes: classes.txt,
                  mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25]}
nets: {width: 0.0625}
training: {steps: 2, batch_size: 10, trajectory_every: 1, trajectory_pairs: 2, log_every: 1}
suites:
  high: {dataset: imagenet, side: 128, judge: random_resnet, samples_per_class: 20,
         models_per_job: 10}
  low: {dataset: imagenet, side: 64, judge: random_resnet, samples_per_class: 20,
        models_per_job: 10}
  sweep: {dataset: imagenet, side: 64, judge: random_resnet, samples_per_class: 20,
          classes_per_model: [10, 20],
          grouping: ilsvrc2012, models_per_job: 2}
roles: {large: high, small: low, class_count: sweep}
scores: {resolutions: [32, 64, 128], subsets: 2, ms_ssim_pairs: 4, ms_ssim_all_pairs: 4,
         neighbours: 1}
"""


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Path:
    """The folder in which it ran to its report."""
    folder = tmp_path_factory.mktemp("miniature")
    tar = archives.imagenet_train(*photographs())
    torch.manual_seed(0)
    torch.save(ResNet(DEPTHS["resnet20"], 1000).state_dict(), folder / "random.pt")
    (folder / "classes.txt").write_text("\n".join(CLASSES))
    with serving({"/ILSVRC2012_img_train.tar": tar}) as server:
        served = server["/ILSVRC2012_img_train.tar"]
        served.break_after, served.breaks = len(tar) // 3, 2
        text = EXPERIMENT.replace("URL", server.url("")).replace(
            "MD5", f"md5:{hashlib.md5(tar).hexdigest()}"
        )
        (folder / "miniature.yaml").write_text(text)
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder)
            assert cli.main(["data", "check", "--config", "miniature.yaml"]) == 0
        run = snakemake(folder, configs=[folder / "miniature.yaml"])
        assert run.returncode == 0, run.stdout[-5000:]
    return folder


@needs("data/imagenet1k_samples128.npz")
def test_every_class_is_packed_at_both_sides_by_twenty_jobs(finished):
    for side in (64, 128):
        index = read_csv(finished / f"data/imagenet/{side}/index.csv")
        assert [row["class"] for row in index] == CLASSES
        assert {row["images"] for row in index} == {"4"}
        assert (
            len(list((finished / f"data/imagenet/{side}/parts").glob("[0-9][0-9][0-9].csv"))) == 20
        )


@needs("data/imagenet1k_samples128.npz")
def test_a_hundred_models_share_the_classes(finished):
    groups = read_csv(finished / "results/miniature/groups/high.csv")
    assert Counter(row["class"] for row in groups) == dict.fromkeys(CLASSES, 1)
    assert set(Counter(row["model"] for row in groups).values()) == {10} and len(groups) == 1000
    sweep = [
        r["class"]
        for r in read_csv(finished / "results/miniature/groups/sweep.csv")
        if r["model"] == "n010"
    ]
    assert sweep == imagenet.ilsvrc2012_order()[:10]


@needs("data/imagenet1k_samples128.npz")
def test_the_figures_tables_hold_every_class(finished):
    tables = finished / "results/miniature/tables"
    alike = pd.read_csv(tables / "high/ms_ssim_by_class.csv").query("suite == 'high'")
    assert sorted(alike["class"]) == CLASSES and alike["ms_ssim"].between(0, 1).all()
    accurate = pd.read_csv(tables / "high/accuracy_by_class.csv").query(
        "suite == 'high' and side == 128"
    )
    assert sorted(accurate["class"]) == CLASSES
    assert len(pd.read_csv(tables / "high/album.csv")) == 10_000
    assert len(list(tables.glob("high/album_*.webp"))) == 10
    sizes = sum(p.stat().st_size for p in tables.rglob("*") if p.is_file())
    assert sizes < 50e6


@needs("data/imagenet1k_samples128.npz")
def test_the_report_of_a_thousand_classes_is_light(finished):
    """What a browser loads at once; pictures come when they are scrolled to."""
    report = finished / "results/miniature/report"
    page = (report / "index.html").read_text()
    assert len(page) < 5e6
    pictures = re.findall(r"<img [^>]*>", page)
    assert len(pictures) > 10 and all('loading="lazy"' in p for p in pictures)
    summary = json.loads((report / "summary.json").read_text())
    assert {"figure_02", "figure_04", "figure_10", "album"} <= {i["id"] for i in summary["items"]}
