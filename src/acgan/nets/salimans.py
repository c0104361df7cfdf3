"""The nets of Salimans et al. (2016) for CIFAR-10, side 32, as their minibatch script has them.

Weight norm in all of D, its gains fixed by the first batch of reals, and in G's last layer; batch
norm with a shift and without a gain in the rest of G, which draws with the batch's own statistics
(`sampling_batch_norm: batch`). Their noise is U(0, 1) (`nets.latent_distribution: uniform_0_1`) and
D's input noise 0.2 (`nets.activation_noise`).
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import parametrize

from acgan.declarations.architecture import scaled_maps
from acgan.nets.heads import Headed
from acgan.nets.layers import dropout

SIDE, START = 32, 4
G_MAPS, D_MAPS = (512, 256, 128), (96, 96, 96, 192, 192, 192, 192, 192, 192)
G_SIGMA, D_SIGMA, LAST_STD = 0.05, 0.05, 0.1
DROPPED = (2, 5)  # convolutions of D behind which half of the activations are dropped
STRIDES = (1, 1, 2, 1, 1, 2, 1, 1, 1)
KERNELS = (3, 3, 3, 3, 3, 3, 3, 1, 1)
PADDED = (1, 1, 1, 1, 1, 1, 0, 0, 0)


class WeightNorm(nn.Module):
    """V -> g V / |V|, by the output that lies along `dim`; `learnt` says whether g is trained."""

    def __init__(self, outputs: int, dim: int, learnt: bool):
        super().__init__()
        self.dim, ones = dim, torch.ones(outputs)
        if learnt:
            self.gain = nn.Parameter(ones)
        else:
            self.register_buffer("gain", ones)

    def forward(self, weight: Tensor) -> Tensor:
        others = [d for d in range(weight.ndim) if d != self.dim]
        shape = [1] * weight.ndim
        shape[self.dim] = -1
        norm = torch.linalg.vector_norm(weight, dim=others, keepdim=True)
        return weight / norm * self.gain.view(shape)


def weight_normed(layer: nn.Module, dim: int = 0, learnt: bool = False) -> nn.Module:
    norm = WeightNorm(layer.weight.shape[dim], dim, learnt)  # type: ignore[index,arg-type]
    parametrize.register_parametrization(layer, "weight", norm, unsafe=True)
    return layer


class Shift(nn.Module):
    """Batch norm with a shift and without a gain, of (N, maps, ...)."""

    def __init__(self, maps: int):
        super().__init__()
        self.norm = nn.BatchNorm2d(maps, affine=False)
        self.shift = nn.Parameter(torch.zeros(maps))

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(x) + self.shift[:, None, None]


class Generator(nn.Module):
    """(N, latent) noise and (N, condition) numbers -> (N, 3, 32, 32) in [-1, 1]."""

    sigma = G_SIGMA

    def __init__(self, side: int, condition: int, *, latent: int = 100, width: float = 1.0):
        super().__init__()
        if side != SIDE:
            raise ValueError(f"these nets make side {SIDE}, not {side}")
        maps = [scaled_maps(m, width) for m in G_MAPS]
        self.latent, self.norm_classes, self.subpixel_last = latent, 0, False
        self.linear = nn.Linear(latent + condition, maps[0] * START**2, bias=False)
        self.first = Shift(maps[0] * START**2)  # of each number, not of each map
        self.convs = nn.ModuleList(
            nn.ConvTranspose2d(i, o, 5, stride=2, padding=2, output_padding=1, bias=False)
            for i, o in pairwise(maps)
        )
        self.shifts = nn.ModuleList(Shift(o) for o in maps[1:])
        last = nn.ConvTranspose2d(maps[-1], 3, 5, stride=2, padding=2, output_padding=1)
        self.last = weight_normed(last, 1, learnt=True)

    def forward(self, z: Tensor, condition: Tensor | None, labels: Tensor | None = None) -> Tensor:
        x = self.linear(z if condition is None else torch.cat([z, condition], 1))
        x = F.relu(self.first(x[:, :, None, None])).view(len(x), -1, START, START)
        for conv, shift in zip(self.convs, self.shifts, strict=True):
            x = F.relu(shift(conv(x)))
        return torch.tanh(self.last(x))


class Discriminator(Headed):
    """(N, 3, 32, 32) -> the logits of each head by its name, float32."""

    sigma = D_SIGMA

    def __init__(
        self,
        side: int,
        heads: Mapping[str, int | None],
        *,
        width: float = 1.0,
        dropout: float = 0.5,
        leaky_slope: float = 0.2,
        activation_noise: float = 0.1,
        **system: Any,
    ):
        super().__init__()
        if side != SIDE:
            raise ValueError(f"these nets read side {SIDE}, not {side}")
        if system.get("label"):
            raise ValueError("these nets are told no class")
        maps = [scaled_maps(m, width) for m in D_MAPS]
        self.convs = nn.ModuleList(
            weight_normed(nn.Conv2d(i, o, kernel, stride=stride, padding=padding))
            for i, o, kernel, stride, padding in zip(
                [3, *maps[:-1]], maps, KERNELS, STRIDES, PADDED, strict=True
            )
        )
        self.set_heads(heads, maps[-1], 1, width, pooling="mean", **system)
        self.linear = weight_normed(self.linear, learnt=True)  # type: ignore[assignment]
        self.dropout, self.slope, self.noise = dropout, leaky_slope, activation_noise

    def forward(
        self, x: Tensor, rng: torch.Generator, labels: Tensor | None = None
    ) -> dict[str, Tensor]:
        if self.noise and self.training:
            x = x + self.noise * torch.randn(x.shape, generator=rng, device=x.device).to(x.dtype)
        for number, conv in enumerate(self.convs):
            x = F.leaky_relu(conv(x), self.slope)
            if number in DROPPED and self.training:
                x = dropout(x, self.dropout, rng)
        return self.said(x, labels)

    @torch.no_grad()
    def begin(self, images: Tensor) -> None:
        """Set gains and biases so that on these reals (N, 3, 32, 32) each activation has mean 0 and
        standard deviation 1; in the last layer LAST_STD.
        """
        x = images
        for conv in self.convs:
            out = conv(x)
            self.scale(conv, out, (0, 2, 3), 1.0)
            x = F.leaky_relu(conv(x), self.slope)
        features = x.mean((2, 3))
        if self.minibatch is not None:
            self.minibatch.bias.sub_(self.minibatch(features).mean(0))
            features = torch.cat([features, self.minibatch(features)], 1)
        self.scale(self.linear, self.linear(features), (0,), LAST_STD)

    @staticmethod
    def scale(layer: Any, out: Tensor, over: tuple[int, ...], wanted: float) -> None:
        mean, std = out.mean(over), out.std(over).clamp(min=1e-8)
        gain = layer.parametrizations.weight[0].gain
        gain.mul_(wanted / std)
        layer.bias.sub_(mean).mul_(wanted / std)
