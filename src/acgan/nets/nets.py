"""Generator and discriminator of Tables 1 and 2 (appendix A), for sides 128, 64, 32 and 16.

Table 1 (ImageNet) makes 128 and 64, Table 2 (CIFAR-10) makes 32 and 16. By default the Linear row
gives that many *feature maps*, and every 5x5 stride-2 transposed convolution doubles the side
exactly (padding 2, output padding 1).

Settings are plain keyword arguments (the `nets` section of a model's spec); every random draw comes
from a generator that the caller passes, so that a forward pass is a function of its arguments.
"""

import math

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from acgan.declarations.architecture import (
    DISCRIMINATOR_MAPS,
    DISCRIMINATOR_STRIDES,
    GENERATOR_MAPS,
    SIDES,
    scaled_maps,
)


def draw_latent(count: int, size: int, distribution: str, rng: torch.Generator) -> Tensor:
    """Latent vectors (count, size) on the generator's device; the paper does not say from which
    distribution.
    """
    if distribution == "normal":
        return torch.randn(count, size, generator=rng, device=rng.device)
    unit = torch.rand(count, size, generator=rng, device=rng.device)
    return unit if distribution == "uniform_0_1" else unit * 2 - 1


def keep_mask(shape: torch.Size, p: float, rng: torch.Generator) -> Tensor:
    """Random zeros (probability p) and 1 / (1 - p), float32 (N, C, H, W), laid out channels-last as
    activations are.

    On a CPU, a third of a plain training step goes into dropout's random floats. When p is a half,
    one random *bit* per element gives exactly the same distribution, and when it is another
    multiple of 1/256 one *byte* does (docs/benchmarks.md has what that is worth).
    """
    n, c, h, w = shape
    scale, count, threshold = 1 / (1 - p), shape.numel(), p * 256
    if rng.device.type != "cpu" or threshold != int(threshold):
        keep = torch.rand(count, generator=rng, device=rng.device) >= p
    else:
        per_word = 32 if p == 0.5 else 4
        words = torch.empty(math.ceil(count / per_word), dtype=torch.int32)
        numbers = words.random_(-(2**31), 2**31, generator=rng).view(torch.uint8)
        if p == 0.5:  # torch has no operation that unpacks bits
            keep = torch.from_numpy(np.unpackbits(numbers.numpy(), count=count))
        else:
            keep = numbers[:count] >= int(threshold)
    return (keep * scale).view(n, h, w, c).permute(0, 3, 1, 2)


def dropout(x: Tensor, p: float, rng: torch.Generator) -> Tensor:
    """Inverted dropout of (N, C, H, W) with its own generator."""
    return x if p == 0.0 else x * keep_mask(x.shape, p, rng).to(x.dtype)


def subpixel_transposed(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """The 5x5 stride-2 transposed convolution as one 3x3 convolution and a pixel shuffle.

    An output pixel at (2i + a, 2j + b) reads the 3x3 inputs around (i, j) through the taps of
    phase (a, b): 4, 2, 0 of each axis for phase 0, and 3, 1 for phase 1. The 36 taps instead of
    25 cost more arithmetic, in the kernels that libraries made fast.
    """
    inputs, outputs = weight.shape[:2]
    taps = torch.tensor([[4, 2, 0], [5, 3, 1]], device=weight.device)  # the sixth is zero
    phases = F.pad(weight, (0, 1, 0, 1))[:, :, taps][..., taps]  # (in, out, a, rows, b, columns)
    kernel = phases.permute(1, 2, 4, 0, 3, 5).reshape(4 * outputs, inputs, 3, 3)
    shifted = None if bias is None else bias.repeat_interleave(4)
    return F.pixel_shuffle(F.conv2d(x, kernel, shifted, padding=1), 2)


class Generator(nn.Module):
    """(N, latent) noise and (N,) classes -> (N, 3, side, side) in [-1, 1]. Raises ValueError for
    a side without a table.
    """

    def __init__(
        self,
        side: int,
        classes: int,
        *,
        latent: int = 100,
        width: float = 1.0,
        linear_row: str = "maps",
    ):
        super().__init__()
        if side not in GENERATOR_MAPS:
            raise ValueError(f"no generator for side {side}; the tables make {list(SIDES)}")
        self.start, full_maps = GENERATOR_MAPS[side]
        maps = [scaled_maps(m, width) for m in full_maps]
        if linear_row == "numbers":  # reading B: so many numbers in all, reshaped
            maps[0] = max(1, maps[0] // self.start**2)
        self.classes, self.latent, self.start_maps = classes, latent, maps[0]
        self.linear = nn.Linear(latent + classes, maps[0] * self.start**2)
        outs = [*maps[1:], 3]
        self.convs = nn.ModuleList(
            nn.ConvTranspose2d(i, o, 5, stride=2, padding=2, output_padding=1)
            for i, o in zip(maps, outs, strict=True)
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(o) for o in outs[:-1])
        self.subpixel_last = False  # acgan.training.step sets it: the same sums by another kernel

    def forward(self, z: Tensor, labels: Tensor) -> Tensor:
        one_hot = (labels[:, None] == torch.arange(self.classes, device=z.device)).to(z.dtype)
        x = F.relu(self.linear(torch.cat([z, one_hot], 1)))
        x = x.view(-1, self.start_maps, self.start, self.start)
        for conv, norm in zip(self.convs, self.norms, strict=False):
            x = F.relu(norm(conv(x)), inplace=True)
        last = self.convs[-1]
        if self.subpixel_last:
            return torch.tanh(subpixel_transposed(x, last.weight, last.bias))  # type: ignore[arg-type]
        return torch.tanh(last(x))


class Discriminator(nn.Module):
    """(N, 3, side, side) -> logits of "real" (N,) and logits of the classes (N, classes).

    The table's "Soft-Sigmoid" head is a sigmoid on the first output and a softmax on the others;
    both are left to the loss, which works on logits (a softmax here and another in the loss is the
    usual bug of public code).
    """

    def __init__(
        self,
        side: int,
        classes: int,
        *,
        width: float = 1.0,
        dropout: float = 0.5,
        leaky_slope: float = 0.2,
        activation_noise: float = 0.1,
        noise_layers: str = "input",
        layer_order: str = "batch_norm-nonlinearity-dropout",
    ):
        super().__init__()
        if side not in GENERATOR_MAPS:
            raise ValueError(f"no discriminator for side {side}; the tables make {list(SIDES)}")
        maps = [scaled_maps(m, width) for m in DISCRIMINATOR_MAPS]
        self.convs = nn.ModuleList(
            nn.Conv2d(i, o, 3, stride=s, padding=1)
            for i, o, s in zip([3, *maps[:-1]], maps, DISCRIMINATOR_STRIDES, strict=True)
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(o) for o in maps[1:])  # the first row has none
        self.linear = nn.Linear(maps[-1] * (side // 8) ** 2, classes + 1)
        self.dropout, self.slope = dropout, leaky_slope
        self.noise, self.noise_layers = activation_noise, noise_layers
        self.order = layer_order.split("-")

    def add_noise(self, x: Tensor, rng: torch.Generator) -> Tensor:
        if self.noise == 0.0 or not self.training:
            return x
        drawn = torch.randn(x.shape, generator=rng, device=x.device)  # float32 whatever x is
        return torch.add(x, drawn.to(x.dtype), alpha=self.noise)

    def forward(self, x: Tensor, rng: torch.Generator) -> tuple[Tensor, Tensor]:
        x = self.add_noise(x, rng)
        for layer, conv in enumerate(self.convs):
            x = conv(x)
            for operation in self.order:
                if operation == "batch_norm" and layer > 0:
                    x = self.norms[layer - 1](x)
                elif operation == "nonlinearity":
                    x = F.leaky_relu(x, self.slope, inplace=True)
                elif operation == "dropout" and self.training:
                    x = dropout(x, self.dropout, rng)
            if self.noise_layers == "all":
                x = self.add_noise(x, rng)
        outputs = self.linear(x.flatten(1))
        if outputs.dtype == torch.bfloat16:  # losses are taken in float32
            outputs = outputs.float()
        return outputs[:, 0], outputs[:, 1:]


def initialise(net: nn.Module, rng: torch.Generator, sigma: float = 0.02) -> nn.Module:
    """Weights isotropic Gaussian (0, sigma), biases 0, as both tables say; batch norm starts as
    the identity.
    """
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            if "norms." in name:
                parameter.fill_(1.0 if name.endswith("weight") else 0.0)
            elif name.endswith("weight"):
                parameter.normal_(0.0, sigma, generator=rng)
            else:
                parameter.zero_()
    return net


def parameter_count(net: nn.Module) -> int:
    """Trainable numbers, biases and batch norm included."""
    return sum(p.numel() for p in net.parameters())
