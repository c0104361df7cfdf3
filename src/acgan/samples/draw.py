"""Draw from trained generators: `acgan sample --config C --models main_32/g000 main_32/g001
--weights results/demo/models --out results/demo/samples`; three files for each model.

The random state follows from the model's seed and the number in each file's name:

    samples_0.npy        (classes, n, side, side, 3)      n samples of every class
    interpolation_0.npy  (classes, steps, side, side, 3)  a line between two latents (Figure 9, top)
    fixed_latent_0.npy   (classes, rows, side, side, 3)   one latent a row, for all classes (bottom)
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from acgan.config.resolve import Config
from acgan.io.files import replacing
from acgan.io.rng import torch_rng
from acgan.nets.generator import Generator
from acgan.nets.layers import to_uint8
from acgan.systems.build import Spec, draw_noise, generated, load_generator

FIXED_ROWS, BATCH = 8, 250


@torch.no_grad()
def images(spec: Spec, net: Generator, latents: Tensor, label: int) -> np.ndarray:
    """uint8 (N, side, side, 3) of one class from latents (N, latent), in batches."""
    device = next(net.parameters()).device
    parts = [
        to_uint8(generated(spec, net, z.to(device), torch.full((len(z),), label, device=device)))
        .permute(0, 2, 3, 1)
        .cpu()
        for z in latents.split(BATCH)
    ]
    return torch.cat(parts).numpy()


def latents(spec: Spec, purpose: str, label: int, count: int, number: int = 0) -> Tensor:
    """The latents that (model seed, purpose, label, number of the file) fix."""
    return draw_noise(spec, count, torch_rng(spec["seed"], f"{purpose}/{label}", number))


def sample(config: Config, spec: Spec, weights: Path, out: Path) -> None:
    """Write the three files of a model."""
    torch.set_num_threads(spec["training"]["threads"])
    device = config["runtime"]["device"]
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    net = load_generator(weights, spec).to(device)
    suite = config["suites"][spec["suite"]]
    net.train(suite["sampling_batch_norm"] == "batch")
    count = suite["samples_per_class"]
    fixed = latents(spec, "fixed_latent", 0, FIXED_ROWS)
    weight = torch.linspace(0, 1, suite["interpolation_steps"])[:, None]
    drawn: dict[str, list[np.ndarray]] = {
        "samples_0": [],
        "interpolation_0": [],
        "fixed_latent_0": [],
    }
    for label in range(spec["classes"]):
        ends = latents(spec, "interpolation", label, 2)
        drawn["samples_0"].append(images(spec, net, latents(spec, "samples", label, count), label))
        drawn["interpolation_0"].append(
            images(spec, net, torch.lerp(ends[:1], ends[1:], weight), label)
        )
        drawn["fixed_latent_0"].append(images(spec, net, fixed, label))
    for name, arrays in drawn.items():
        with replacing(out / f"{name}.npy") as temporary, open(temporary, "wb") as handle:
            np.save(handle, np.stack(arrays), allow_pickle=False)
