"""The discriminator of Tables 1 and 2 (appendix A), for sides 128, 64, 32 and 16."""

from collections.abc import Mapping
from typing import Any

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
from acgan.nets.heads import Headed
from acgan.nets.labels import LabelInput, embedding_size, planes, spread
from acgan.nets.layers import dropout


class Discriminator(Headed):
    """(N, 3, side, side) -> the logits of each head by its name, float32 (heads.py, with `system`).

    `label` tells it the class: on planes beside the image, or by an embedding behind one of its
    rows.
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
        discriminator_norm: str = "batch",
        pooling: str = "flatten",
        label: LabelInput | None = None,
        **system: Any,
    ):
        super().__init__()
        if side not in GENERATOR_MAPS:
            raise ValueError(f"no discriminator for side {side}; the tables make {list(SIDES)}")
        maps = [scaled_maps(m, width) for m in DISCRIMINATOR_MAPS]
        inputs = [3, *maps[:-1]]
        if label and label.place == "planes":
            inputs[0] += label.classes
        if label and label.place == "hidden":
            inputs[label.row] += embedding_size(width)
        self.convs = nn.ModuleList(
            nn.Conv2d(i, o, 3, stride=s, padding=1)
            for i, o, s in zip(inputs, maps, DISCRIMINATOR_STRIDES, strict=True)
        )
        normed = maps[1:] if discriminator_norm == "batch" else []  # the first row has none
        self.norms = nn.ModuleList(nn.BatchNorm2d(o) for o in normed)
        last = maps[-1], (side // 8) ** 2
        self.set_heads(heads, *last, width, pooling=pooling, label=label, **system)
        self.dropout, self.slope = dropout, leaky_slope
        self.noise, self.noise_layers = activation_noise, noise_layers
        self.order = layer_order.split("-")

    def add_noise(self, x: Tensor, rng: torch.Generator) -> Tensor:
        if self.noise == 0.0 or not self.training:
            return x
        drawn = torch.randn(x.shape, generator=rng, device=x.device)  # float32 whatever x is
        return torch.add(x, drawn.to(x.dtype), alpha=self.noise)

    def told(self, x: Tensor, labels: Tensor | None, row: int) -> Tensor:
        """x, with the class beside it where this row is told it; row 0 is the image, after its
        noise, which a label has none of.
        """
        label = self.label
        if label is None or row != (0 if label.place == "planes" else label.row):
            return x
        if label.place == "projection":
            return x
        assert labels is not None
        if label.place == "planes":
            return torch.cat([x, planes(labels, label.classes, x)], 1)
        return torch.cat([x, spread(self.embedding(labels), x)], 1)

    def forward(
        self, x: Tensor, rng: torch.Generator, labels: Tensor | None = None
    ) -> dict[str, Tensor]:
        x = self.told(self.add_noise(x, rng), labels, 0)
        for layer, conv in enumerate(self.convs):
            x = conv(x)
            for operation in self.order:
                if operation == "batch_norm" and layer > 0 and len(self.norms):
                    x = self.norms[layer - 1](x)
                elif operation == "nonlinearity":
                    x = F.leaky_relu(x, self.slope, inplace=True)
                elif operation == "dropout" and self.training:
                    x = dropout(x, self.dropout, rng)
            if self.noise_layers == "all":
                x = self.add_noise(x, rng)
            x = self.told(x, labels, layer + 1)
        return self.said(x, labels)
