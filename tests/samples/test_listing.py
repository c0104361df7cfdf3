"""The list beside the samples says what each is, and from it each can be drawn again."""

import numpy as np
import pandas as pd
import torch

from acgan.config.reading import read_config
from acgan.config.resolve import spec
from acgan.samples import draw
from acgan.systems.build import load_generator


def test_a_sample_is_drawn_again_from_its_row(toy_run):
    results = toy_run / "results/toy"
    config = read_config(results / "config.json")
    rows = pd.read_csv(results / "samples/main_32/samples.csv", dtype={"id": str})
    assert rows["id"].nunique() == config["suites"]["main_32"]["classes"]
    for model, own in rows.groupby("model"):
        stored = np.load(results / f"samples/main_32/{model}/samples_0.npy")
        assert len(own) == stored.shape[0] * stored.shape[1]
        one = own.sample(random_state=1).iloc[0]
        of = spec(config, "main_32", model)
        net = load_generator(results / f"models/main_32/{model}/weights.safetensors", of)
        seeded = {**of, "seed": int(one["seed"])}
        latent = draw.latents(seeded, "samples", one["row"], stored.shape[1])
        with torch.no_grad():
            (again,) = draw.images(of, net, latent[[one["number"]]], int(one["row"]))
        shown = stored[one["row"], one["number"]]
        assert np.abs(again.astype(int) - shown).max() <= 1  # another size of batch
