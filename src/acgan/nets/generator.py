"""The generator of Tables 1 and 2 (appendix A), for sides 128, 64, 32 and 16.

Table 1 (ImageNet) makes 128 and 64, Table 2 (CIFAR-10) makes 32 and 16. By default the Linear row
gives that many *feature maps*, and every 5x5 stride-2 transposed convolution doubles the side
exactly (padding 2, output padding 1).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from acgan.declarations.architecture import GENERATOR_MAPS, SIDES, scaled_maps
from acgan.nets.layers import subpixel_transposed


class ConditionalBatchNorm(nn.BatchNorm2d):
    """Batch norm with a gain and a shift of each class: (N, maps, H, W), (N,) labels."""

    def __init__(self, maps: int, classes: int):
        super().__init__(maps, affine=False)
        self.weight = nn.Parameter(torch.empty(classes, maps))
        self.bias = nn.Parameter(torch.empty(classes, maps))

    def forward(self, x: Tensor, labels: Tensor) -> Tensor:  # type: ignore[override]
        learn, momentum = self.training, self.momentum or 0.0
        normed = F.batch_norm(
            x, self.running_mean, self.running_var, None, None, learn, momentum, self.eps
        )
        gains, shifts = (p[labels][:, :, None, None].to(x.dtype) for p in (self.weight, self.bias))
        return normed * gains + shifts


class Generator(nn.Module):
    """(N, latent) noise and (N, condition) numbers -> (N, 3, side, side) in [-1, 1].

    `condition` is how many numbers it gets beside the noise (the one-hot class of AC-GAN); with 0,
    it takes none. With `norm_classes`, its batch norm has gains and shifts for each of so many
    classes, and it takes their labels (N,). Raises ValueError for a side without a table.
    """

    def __init__(
        self,
        side: int,
        condition: int,
        *,
        latent: int = 100,
        width: float = 1.0,
        linear_row: str = "maps",
        norm_classes: int = 0,
    ):
        super().__init__()
        if side not in GENERATOR_MAPS:
            raise ValueError(f"no generator for side {side}; the tables make {list(SIDES)}")
        self.start, full_maps = GENERATOR_MAPS[side]
        maps = [scaled_maps(m, width) for m in full_maps]
        if linear_row == "numbers":  # reading B: so many numbers in all, reshaped
            maps[0] = max(1, maps[0] // self.start**2)
        self.latent, self.start_maps = latent, maps[0]
        self.linear = nn.Linear(latent + condition, maps[0] * self.start**2)
        outs = [*maps[1:], 3]
        self.convs = nn.ModuleList(
            nn.ConvTranspose2d(i, o, 5, stride=2, padding=2, output_padding=1)
            for i, o in zip(maps, outs, strict=True)
        )
        self.norm_classes = norm_classes
        self.norms = nn.ModuleList(
            ConditionalBatchNorm(o, norm_classes) if norm_classes else nn.BatchNorm2d(o)
            for o in outs[:-1]
        )
        # Training sets it: the same sums by another kernel.
        self.subpixel_last = False

    def forward(self, z: Tensor, condition: Tensor | None, labels: Tensor | None = None) -> Tensor:
        x = F.relu(self.linear(z if condition is None else torch.cat([z, condition], 1)))
        x = x.view(-1, self.start_maps, self.start, self.start)
        for conv, norm in zip(self.convs, self.norms, strict=False):
            x = conv(x)
            x = F.relu(norm(x, labels) if self.norm_classes else norm(x), inplace=True)
        last = self.convs[-1]
        if self.subpixel_last:
            return torch.tanh(subpixel_transposed(x, last.weight, last.bias))  # type: ignore[arg-type]
        return torch.tanh(last(x))
