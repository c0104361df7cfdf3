"""Layers and random draws of the nets.

Every random draw comes from a generator that the caller passes, so that a forward pass is a
function of its arguments.
"""

import math

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F


def draw_latent(count: int, size: int, distribution: str, rng: torch.Generator) -> Tensor:
    """Latent vectors (count, size) on the generator's device.

    The paper does not say from which distribution.
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


def initialise(net: nn.Module, rng: torch.Generator, sigma: float = 0.02) -> nn.Module:
    """Weights isotropic Gaussian (0, sigma), biases 0, as both tables say; of nets with a habit of
    their own, theirs: `sigma`, or `is_glorot`.

    Batch norm starts as the identity, and so do gains.
    """
    sigma = getattr(net, "sigma", sigma)
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            if "norms." in name or name.endswith("gain"):
                parameter.fill_(1.0 if name.endswith(("weight", "gain")) else 0.0)
            elif name.endswith(("weight", "original")) and getattr(net, "is_glorot", False):
                nn.init.xavier_uniform_(parameter, generator=rng)
            elif name.endswith(("weight", "original")):
                parameter.normal_(0.0, sigma, generator=rng)
            else:
                parameter.zero_()
    return net


def parameter_count(net: nn.Module) -> int:
    """Trainable numbers, biases and batch norm included."""
    return sum(p.numel() for p in net.parameters())


def to_uint8(images: Tensor) -> Tensor:
    """[-1, 1] -> uint8, rounded."""
    return ((images.float() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
