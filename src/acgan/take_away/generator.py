"""A trained generator in Python, from an experiment's results or from a weights file alone:

    import acgan

    seven = acgan.load("results/demo", "main_32/g001")
    images = seven.sample(["seven"], seeds=range(16))  # uint8 (1, 16, 32, 32, 3)

A picture is a function of (model, class, seed) alone: seeds are drawn in blocks of BLOCK, always
whole, so that the arithmetic of a picture does not depend on which others are wanted.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from acgan.io.errors import UserError
from acgan.io.files import read_csv, read_json
from acgan.systems import Spec, row_ids, system_of
from acgan.take_away import weights_file
from acgan.take_away.weights_file import About, class_of

if TYPE_CHECKING:
    from torch import Tensor, nn

BLOCK = 16  # pictures


@dataclass
class Generator:
    """A generator with what it draws; its net is loaded when it is first asked for."""

    about: About
    device: str
    file: Path  # its weights
    uses_batch: bool = False  # draws with the statistics of the batch at hand

    @cached_property
    def net(self) -> nn.Module:
        """The net with its weights. Raises UserError for a device that there is not."""
        from acgan.systems.build import load_generator

        net = load_generator(self.file, self.spec)
        try:
            net = net.to(self.device)
        except (RuntimeError, AssertionError) as error:
            said = str(error).splitlines()[0]
            raise UserError(f"device {self.device}: {said}; cpu is always there") from error
        return net.train(self.uses_batch)

    def forget(self) -> None:
        """Free the net's memory until it is asked for again."""
        self.__dict__.pop("net", None)

    @property
    def name(self) -> str:
        """Suite and model, as main_32/g000."""
        return f"{self.spec['suite']}/{self.spec['model']}"

    @property
    def spec(self) -> Spec:
        """All that its training depended on."""
        return self.about.spec

    @property
    def rows(self) -> list[tuple[str, str]]:
        """(id, name) of what it can be asked for: classes, values of its code, or all."""
        if self.given == "class":
            return self.about.classes
        ids = row_ids(self.spec["objective"]["system"], [c for c, _ in self.about.classes])
        return [(row, row) for row in ids]

    @property
    def given(self) -> str:
        """What G is given: "class", "code" or "nothing"."""
        return system_of(self.spec).given

    def row_of(self, asked: str | int) -> int:
        """The label of a class by id, name or number. Raises UserError where it has none."""
        if self.given == "nothing":
            raise UserError(f"{self.name} is given no class, so none can be asked for")
        return class_of(str(asked), self.rows, self.name)

    def sample(
        self, classes: Sequence[str | int] | None = None, seeds: Iterable[int] = range(16)
    ) -> np.ndarray:
        """uint8 (classes, seeds, side, side, 3): a picture for each class, by id, name or number,
        and seed. Without `classes`: of all that it can be asked for.

        Raises UserError for a class that it does not have, for what is no list, and where it draws
        with a batch's statistics, so that a picture depends on the others.
        """
        if isinstance(classes, str | int):
            raise UserError(f"classes are a list, as [{classes!r}]")
        labels = range(len(self.rows)) if classes is None else [self.row_of(c) for c in classes]
        try:
            wanted = [operator.index(seed) for seed in seeds]
        except TypeError as error:
            raise UserError("seeds are a list or range of whole numbers") from error
        side = self.spec["side"]
        found = np.empty((len(labels), len(wanted), side, side, 3), np.uint8)
        for row, label in enumerate(labels):
            for column, image in enumerate(self.of_seeds(label, wanted)):
                found[row, column] = image
        return found

    def of_seeds(self, label: int, seeds: Sequence[int]) -> Iterator[np.ndarray]:
        """The picture of each seed, uint8 (side, side, 3)."""
        self.check_seeds(seeds)
        block, images = -1, np.empty(0)
        for seed in seeds:
            if seed // BLOCK != block:
                block = seed // BLOCK
                images = self.drawn(label, *self.block(block))
            yield images[seed % BLOCK]

    def check_seeds(self, seeds: Sequence[int]) -> None:
        """Raises UserError where no picture follows from its seed alone."""
        if self.uses_batch:
            raise UserError(
                f"{self.name} draws with each batch's statistics (sampling_batch_norm: batch), so "
                f"that a picture depends on those beside it; ask for a count instead of seeds"
            )
        if any(seed < 0 for seed in seeds):
            raise UserError("seeds begin at 0")

    def block(self, number: int) -> tuple[Tensor, Tensor | None]:
        """Latents (BLOCK, latent), and continuous codes where it has any, of the seeds from
        BLOCK * number on; they are the same for every model and class.
        """
        import torch

        parts = [self.latent(seed) for seed in range(number * BLOCK, (number + 1) * BLOCK)]
        codes = [code for _, code in parts if code is not None]
        return torch.cat([z for z, _ in parts]), torch.cat(codes) if codes else None

    def latent(self, seed: int) -> tuple[Tensor, Tensor | None]:
        """The noise (1, latent) and the continuous codes of a seed."""
        from acgan.io.rng import torch_rng
        from acgan.systems.build import draw_codes, draw_noise

        return (
            draw_noise(self.spec, 1, torch_rng(seed, "picture")),
            draw_codes(self.spec, 1, torch_rng(seed, "picture/codes")),
        )

    def line(self, label: int, first: int, last: int, steps: int) -> np.ndarray:
        """uint8 (steps, side, side, 3): pictures on the straight line between the latents of two
        seeds, both included; in padded blocks, as others.
        """
        import torch

        from acgan.samples.draw import between

        self.check_seeds([first, last])
        weight = torch.linspace(0, 1, steps)[:, None]
        (a, a_codes), (b, b_codes) = self.latent(first), self.latent(last)
        z = between(torch.cat([a, b]), weight)
        codes = None
        if a_codes is not None and b_codes is not None:
            codes = between(torch.cat([a_codes, b_codes]), weight)
        parts = []
        for start in range(0, steps, BLOCK):
            some = padded(z[start : start + BLOCK])
            more = None if codes is None else padded(codes[start : start + BLOCK])
            parts.append(self.drawn(label, some, more))
        return np.concatenate(parts)[:steps]

    def drawn(self, label: int, z: Tensor, codes: Tensor | None) -> np.ndarray:
        """uint8 (N, side, side, 3) of latents (N, latent)."""
        from acgan.samples import draw

        return draw.images(self.spec, self.net, z, label, codes)


def padded(rows: Tensor) -> Tensor:
    """BLOCK rows: the given ones, then the last again."""
    import torch

    return torch.cat([rows, rows[-1:].expand(BLOCK - len(rows), -1)])


def load(
    where: str | Path,
    model: str | None = None,
    spec: str | Path | None = None,
    device: str = "auto",
) -> Generator:
    """The generator of a model (suite/id) of results/<experiment>/, or of a weights file alone;
    `spec` is for files that do not say what they hold.

    Raises UserError for what is missing, damaged or does not fit.
    """
    where = Path(where)
    if where.is_file():
        found = of_file(where, Path(spec) if spec else None, device)
    elif model is None:
        known = models_in(where)
        raise UserError(f"which model of {where}? It has {', '.join(known[:12])}")
    else:
        found = of_results(where, model, device)
    found.net  # noqa: B018  (a damaged file is refused here)
    return found


def of_file(path: Path, spec: Path | None, device: str = "auto") -> Generator:
    """The generator of a weights file."""
    about = weights_file.read(path, spec)
    return built(about, path, device, uses_batch=False)


def of_results(results: Path, model: str, device: str = "auto") -> Generator:
    """The generator of a model of an experiment, which draws as its samples were drawn."""
    folder = results / "models" / model
    known = models_in(results)
    if model not in known:
        raise UserError(f"{results} has no trained model {model}; it has {', '.join(known[:12])}")
    config = read_json(results / "config.json") if (results / "config.json").is_file() else {}
    suite = config.get("suites", {}).get(model.partition("/")[0], {})
    uses_batch = suite.get("sampling_batch_norm") == "batch"
    return built(about_model(folder), folder / "weights.safetensors", device, uses_batch)


def about_model(folder: Path) -> About:
    """What a trained model is, from its provenance, with the names of its classes where its weights
    have them, or the list of its samples.
    """
    about = weights_file.of_spec_file(folder / "provenance.json")
    return about._replace(classes=[(c, names) for c, names in named(folder, about.classes)])


def named(folder: Path, classes: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """(id, name) of classes, of which the ids are known."""
    try:
        own = dict(weights_file.read(folder / "weights.safetensors").classes)
    except UserError:
        suite = folder.parent.name
        listed = folder.parents[2] / "samples" / suite / "samples.csv"
        rows = read_csv(listed) if listed.is_file() else []
        own = {row["id"]: row["name"] for row in rows if row["name"]}
    return [(c, own.get(c, name)) for c, name in classes]


def models_in(results: Path) -> list[str]:
    """The trained models of an experiment, suite/id, in order."""
    found = sorted(results.glob("models/*/*/weights.safetensors"))
    if not found:
        raise UserError(
            f"{results} holds no trained model: name results/<experiment>, or a bundle that was "
            f"made with --weights generators"
        )
    return [f"{p.parts[-3]}/{p.parts[-2]}" for p in found]


def built(about: About, file: Path, device: str, uses_batch: bool) -> Generator:
    """The generator, on a GPU if there is one where the device is "auto"."""
    import torch

    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    return Generator(about, device, file, uses_batch)
