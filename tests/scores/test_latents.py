"""What is measured of the latent space and of held-out images, against plain writings of it, on the
toy run's models.
"""

import numpy as np
import pandas as pd
import pytest
import torch

from acgan.config.reading import read_spec
from acgan.data import packed
from acgan.metrics.ms_ssim import ms_ssim
from acgan.samples import draw
from acgan.systems.build import load_generator

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("toy")]
MODEL = "main_32/g000"


@pytest.fixture
def results(toy_run):
    return toy_run / "results/toy"


def scores(results, name: str) -> pd.DataFrame:
    return pd.read_csv(results / f"scores/{MODEL}/{name}.csv")


def test_pictures_of_two_classes_are_compared_at_every_two_latents(results):
    images = np.load(results / f"samples/{MODEL}/fixed_latent_0.npy")
    found = scores(results, "fixed_latents").pivot(index="subset", columns="other", values="value")
    tensors = torch.from_numpy(images).permute(0, 1, 4, 2, 3)
    classes = len(images)
    assert found.shape == (8, 8) and found.to_numpy() == pytest.approx(found.to_numpy().T)
    for i, j in ((0, 0), (2, 5)):
        pairs = [(a, b) for a in range(classes) for b in range(classes) if a != b]
        first, second = (
            torch.stack([tensors[p[k], z] for p in pairs]) for k, z in ((0, i), (1, j))
        )
        assert found.loc[i, j] == pytest.approx(ms_ssim(first, second).mean().item(), abs=1e-5)


def test_a_lines_largest_step_is_a_share_of_its_length(results):
    config, spec = read_spec(results / "config.json", MODEL)
    count = config["suites"]["main_32"]["paths_per_class"]
    rows = scores(results, "smoothness")
    assert len(rows) == count * spec["classes"] and rows["value"].between(1 / 8, 1).all()
    net = load_generator(results / f"models/{MODEL}/weights.safetensors", spec)
    ends = draw.latents(spec, "paths", 1, 2 * count)[2:4]  # of the second class's second line
    line = torch.stack([ends[0] + (ends[1] - ends[0]) * i / 8 for i in range(9)])
    with torch.no_grad():
        images = draw.images(spec, net, line, 1).astype(float)
    steps = abs(np.diff(images, axis=0)).mean((1, 2, 3))
    second = rows[(rows["class"] == rows["class"].unique()[1]) & (rows["subset"] == 1)]
    assert second["value"].item() == pytest.approx(steps.max() / steps.sum(), rel=0.02)


def test_held_out_images_are_sought_among_the_training_images_of_their_class(results, toy_run):
    found = pd.read_csv(
        results / "scores/real/main_32/heldout/neighbours.csv", dtype={"class": str}
    )
    own = found[found["metric"] == "nearest_l1_same_class"]
    assert set(own["suite"]) == {"heldout"} and (own.groupby("class").size() == 20).all()
    assert (own["neighbour_class"].astype(str) == own["class"]).all()
    train = {e.id: e for e in packed.read_index(toy_run / "data/digits/32")}
    images = packed.load_class(toy_run / "data/digits/32", train["3"]).astype(float)
    unseen = {e.id: e for e in packed.read_index(toy_run / "data/digits_heldout/32")}
    held_out = packed.load_class(toy_run / "data/digits_heldout/32", unseen["3"]).astype(float)
    least = [abs(images - one).mean((1, 2, 3)).min() for one in held_out]
    mine = own[own["class"] == "3"]["value"]
    assert all(np.isclose(least, value, atol=1e-3).any() for value in mine)
