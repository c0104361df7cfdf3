"""The residual nets of Miyato, Koyama (2018), for sides 32 (CIFAR-10) and 128 (ImageNet).

As their code has them (pfnet-research/sngan_projection): the features are summed over space, the
discriminator of side 32 has no bias in its Linear layer, and weights begin as Glorot's. Their
generator has conditional batch norm in its blocks (`nets.generator_norm: conditional`) and a plain
one at its end; their discriminator spectral norm (`nets.discriminator_norm: spectral`).
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from acgan.declarations.architecture import scaled_maps
from acgan.nets.generator import ConditionalBatchNorm
from acgan.nets.heads import Headed
from acgan.nets.labels import LabelInput

START = 4  # pixels of the generator's first maps
GENERATOR_MAPS = {32: (256, 256, 256, 256), 128: (1024, 1024, 512, 256, 128, 64)}
DISCRIMINATOR_MAPS = {32: (128, 128, 128, 128), 128: (64, 128, 256, 512, 1024, 1024)}
HALVINGS = {32: 2, 128: 5}  # blocks of D, from the first, that halve the side


class UpBlock(nn.Module):
    """(N, inputs, H, W) -> (N, outputs, 2H, 2W)."""

    def __init__(self, inputs: int, outputs: int, norm_classes: int):
        super().__init__()
        self.norm_classes = norm_classes
        self.norms = nn.ModuleList(
            ConditionalBatchNorm(n, norm_classes) if norm_classes else nn.BatchNorm2d(n)
            for n in (inputs, outputs)
        )
        self.convs = nn.ModuleList(
            [nn.Conv2d(inputs, outputs, 3, padding=1), nn.Conv2d(outputs, outputs, 3, padding=1)]
        )
        self.shortcut = nn.Conv2d(inputs, outputs, 1)

    def forward(self, x: Tensor, labels: Tensor | None) -> Tensor:
        given = (labels,) if self.norm_classes else ()
        y = F.interpolate(F.relu(self.norms[0](x, *given)), scale_factor=2)
        y = self.convs[1](F.relu(self.norms[1](self.convs[0](y), *given)))
        return y + self.shortcut(F.interpolate(x, scale_factor=2))


class Generator(nn.Module):
    """(N, latent) noise, (N, condition) numbers and (N,) labels -> (N, 3, side, side) in [-1, 1].

    Raises ValueError for a side that their paper does not have.
    """

    is_glorot = True

    def __init__(
        self,
        side: int,
        condition: int,
        *,
        latent: int = 100,
        width: float = 1.0,
        norm_classes: int = 0,
    ):
        super().__init__()
        if side not in GENERATOR_MAPS:
            raise ValueError(f"no residual generator for side {side}; {list(GENERATOR_MAPS)}")
        maps = [scaled_maps(m, width) for m in GENERATOR_MAPS[side]]
        self.latent, self.norm_classes, self.subpixel_last = latent, norm_classes, False
        self.linear = nn.Linear(latent + condition, maps[0] * START**2)
        self.blocks = nn.ModuleList(UpBlock(i, o, norm_classes) for i, o in pairwise(maps))
        self.norms = nn.ModuleList([nn.BatchNorm2d(maps[-1])])
        self.last = nn.Conv2d(maps[-1], 3, 3, padding=1)

    def forward(self, z: Tensor, condition: Tensor | None, labels: Tensor | None = None) -> Tensor:
        x = self.linear(z if condition is None else torch.cat([z, condition], 1))
        x = x.view(len(x), -1, START, START)
        for block in self.blocks:
            x = block(x, labels)
        return torch.tanh(self.last(F.relu(self.norms[0](x))))


class DownBlock(nn.Module):
    """(N, inputs, H, W) -> (N, outputs, H, W), or half as high and wide."""

    def __init__(self, inputs: int, outputs: int, is_first: bool, halves: bool):
        super().__init__()
        hidden = outputs if is_first else inputs
        self.is_first, self.halves = is_first, halves
        self.convs = nn.ModuleList(
            [nn.Conv2d(inputs, hidden, 3, padding=1), nn.Conv2d(hidden, outputs, 3, padding=1)]
        )
        self.shortcut = nn.Conv2d(inputs, outputs, 1) if inputs != outputs or halves else None

    def forward(self, x: Tensor) -> Tensor:
        y = self.convs[0](x if self.is_first else F.relu(x))
        y = self.convs[1](F.relu(y))
        if self.halves:
            y = F.avg_pool2d(y, 2)
        if self.shortcut is None:
            return x + y
        if self.is_first:  # its 1x1 convolution comes after the pooling, which is cheaper
            return y + self.shortcut(F.avg_pool2d(x, 2) if self.halves else x)
        short = self.shortcut(x)
        return y + (F.avg_pool2d(short, 2) if self.halves else short)


class Discriminator(Headed):
    """(N, 3, side, side) -> the logits of each head by its name, float32."""

    is_glorot = True

    def __init__(
        self,
        side: int,
        heads: Mapping[str, int | None],
        *,
        width: float = 1.0,
        label: LabelInput | None = None,
        **system: Any,
    ):
        super().__init__()
        if side not in DISCRIMINATOR_MAPS:
            raise ValueError(f"no residual discriminator for side {side}")
        if label and label.place != "projection":
            raise ValueError(f"these nets are told the class by projection, not by {label.place}")
        maps = [scaled_maps(m, width) for m in DISCRIMINATOR_MAPS[side]]
        self.blocks = nn.ModuleList(
            DownBlock(i, o, number == 0, number < HALVINGS[side])
            for number, (i, o) in enumerate(zip([3, *maps[:-1]], maps, strict=True))
        )
        more = {**system, "bias": side != 32}
        self.set_heads(heads, maps[-1], 1, width, pooling="sum", label=label, **more)

    def forward(
        self, x: Tensor, rng: torch.Generator, labels: Tensor | None = None
    ) -> dict[str, Tensor]:
        for block in self.blocks:
            x = block(x)
        return self.said(F.relu(x), labels)
