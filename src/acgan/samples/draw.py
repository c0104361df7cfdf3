"""Draw from trained generators: `acgan sample --config C --models main_32/g000 main_32/g001
--weights results/demo/models --out results/demo/samples`; three files for each model.

The random state follows from the model's seed and the number in each file's name:

    samples_0.npy        (rows, n, side, side, 3)         n samples of every class
    interpolation_0.npy  (rows, steps, side, side, 3)     a line between two latents (Figure 9, top)
    fixed_latent_0.npy   (rows, latents, side, side, 3)   the same latents for all classes (bottom)

A row is a class that G was given, or a value of its code; one that is given nothing has a single
row, of as many samples as its classes would have together.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from acgan.config.resolve import Config
from acgan.io.files import replacing
from acgan.io.rng import torch_rng
from acgan.nets.layers import to_uint8
from acgan.systems import Spec, row_count
from acgan.systems.build import Drawn, draw_codes, draw_noise, generated, load_generator

FIXED_ROWS, BATCH = 8, 250


def images(
    spec: Spec, net: nn.Module, latents: Tensor, label: int, codes: Tensor | None = None
) -> np.ndarray:
    """uint8 (N, side, side, 3) of one row from latents (N, latent) and continuous codes (N, codes),
    where G is given any.
    """
    return np.concatenate(list(batches(spec, net, latents, label, codes)))


@torch.no_grad()
def batches(
    spec: Spec, net: nn.Module, latents: Tensor, label: int, codes: Tensor | None = None
) -> Iterator[np.ndarray]:
    """The same in batches, so that memory does not grow with their number."""
    device = next(net.parameters()).device
    for start in range(0, len(latents), BATCH):
        z = latents[start : start + BATCH].to(device)
        more = None if codes is None else codes[start : start + BATCH].to(device)
        drawn = Drawn(torch.full((len(z),), label, device=device), more)
        yield to_uint8(generated(spec, net, z, drawn)).permute(0, 2, 3, 1).cpu().numpy()


def latents(spec: Spec, purpose: str, label: int, count: int, number: int = 0) -> Tensor:
    """The latents that (model seed, purpose, label, number of the file) fix."""
    return draw_noise(spec, count, torch_rng(spec["seed"], f"{purpose}/{label}", number))


def codes(spec: Spec, purpose: str, label: int, count: int, number: int = 0) -> Tensor | None:
    """The continuous codes beside them."""
    return draw_codes(spec, count, torch_rng(spec["seed"], f"{purpose}/{label}/codes", number))


def between(ends: Tensor, weight: Tensor) -> Tensor:
    """The line from the first of two vectors to the second."""
    return torch.lerp(ends[:1], ends[1:], weight)


def sample(config: Config, spec: Spec, weights: Path, out: Path) -> None:
    """Write the three files of a model."""
    torch.set_num_threads(spec["training"]["threads"])
    device = config["runtime"]["device"]
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    net = load_generator(weights, spec).to(device)
    suite = config["suites"][spec["suite"]]
    net.train(suite["sampling_batch_norm"] == "batch")
    rows = row_count(spec)
    count = suite["samples_per_class"] * spec["classes"] // rows
    fixed = latents(spec, "fixed_latent", 0, FIXED_ROWS)
    fixed_codes = codes(spec, "fixed_latent", 0, FIXED_ROWS)
    weight = torch.linspace(0, 1, suite["interpolation_steps"])[:, None]

    def samples(label: int) -> Iterator[np.ndarray]:
        z, more = latents(spec, "samples", label, count), codes(spec, "samples", label, count)
        return batches(spec, net, z, label, more)

    def line(label: int) -> Iterator[np.ndarray]:
        ends = codes(spec, "interpolation", label, 2)
        more = None if ends is None else between(ends, weight)
        z = between(latents(spec, "interpolation", label, 2), weight)
        return batches(spec, net, z, label, more)

    def at_fixed(label: int) -> Iterator[np.ndarray]:
        return batches(spec, net, fixed, label, fixed_codes)

    for name, length, draw in (
        ("samples_0", count, samples),
        ("interpolation_0", len(weight), line),
        ("fixed_latent_0", FIXED_ROWS, at_fixed),
    ):
        shape = (rows, length, spec["side"], spec["side"], 3)
        write(out / f"{name}.npy", shape, (part for row in range(rows) for part in draw(row)))


def write(path: Path, shape: tuple[int, ...], parts: Iterable[np.ndarray]) -> None:
    """A .npy file of uint8 from its parts, one after the other."""
    about = {"descr": "|u1", "fortran_order": False, "shape": shape}
    with replacing(path) as temporary, open(temporary, "wb") as handle:
        np.lib.format.write_array_header_1_0(handle, about)
        for part in parts:
            handle.write(np.ascontiguousarray(part).data)
