"""The discriminator of Tables 1 and 2 (appendix A), for sides 128, 64, 32 and 16."""

from collections.abc import Mapping

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
from acgan.nets.layers import dropout


class Discriminator(nn.Module):
    """(N, 3, side, side) -> the logits of each head by its name, float32.

    `heads` says how many outputs of the one Linear layer each head has: {"source": None, "classes":
    10} gives (N,) and (N, 10). The table's "Soft-Sigmoid" head is a sigmoid on the first output and
    a softmax on the others; both are left to the loss, which works on logits (a softmax here and
    another in the loss is the usual bug of public code).
    """

    def __init__(
        self,
        side: int,
        heads: Mapping[str, int | None],
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
        self.heads = dict(heads)
        outputs = sum(width or 1 for width in heads.values())
        self.linear = nn.Linear(maps[-1] * (side // 8) ** 2, outputs)
        self.dropout, self.slope = dropout, leaky_slope
        self.noise, self.noise_layers = activation_noise, noise_layers
        self.order = layer_order.split("-")

    def add_noise(self, x: Tensor, rng: torch.Generator) -> Tensor:
        if self.noise == 0.0 or not self.training:
            return x
        drawn = torch.randn(x.shape, generator=rng, device=x.device)  # float32 whatever x is
        return torch.add(x, drawn.to(x.dtype), alpha=self.noise)

    def forward(self, x: Tensor, rng: torch.Generator) -> dict[str, Tensor]:
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
        found, start = {}, 0
        for name, width in self.heads.items():
            found[name] = outputs[:, start] if width is None else outputs[:, start : start + width]
            start += width or 1
        return found
