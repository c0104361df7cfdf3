"""What a discriminator says of its last maps: named slices of one Linear layer, and what else a
system declares.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from acgan.nets.labels import LabelInput, embedding_size
from acgan.nets.minibatch import Minibatch


class Headed(nn.Module):
    """The end of a discriminator.

    `heads` says how many outputs of the one Linear layer each head has: {"source": None, "classes":
    10} gives (N,) and (N, 10). The table's "Soft-Sigmoid" head is a sigmoid on the first output and
    a softmax on the others; both are left to the loss, which works on logits (a softmax here and
    another in the loss is the usual bug of public code).

    Beyond the tables, by what a system declares: `label` tells the class; `minibatch` (kernels,
    dims) sets how close the images of a batch are beside the features; `proxies` (classes, size)
    adds a head `embedding` (N, size) of the features summed over space and `proxies` (classes,
    size); `features` adds the head of that name.
    """

    def set_heads(
        self,
        heads: Mapping[str, int | None],
        maps: int,
        positions: int,
        width: float,
        *,
        pooling: str,
        label: LabelInput | None = None,
        minibatch: tuple[int, int] | None = None,
        proxies: tuple[int, int] | None = None,
        features: bool = False,
        bias: bool = True,
    ) -> None:
        """Make the layers, for last maps (N, maps, ...) of so many positions."""
        self.heads, self.label, self.pooling = dict(heads), label, pooling
        outputs = sum(head or 1 for head in heads.values())
        size = maps * (positions if pooling == "flatten" else 1)
        self.minibatch = Minibatch(maps, *minibatch) if minibatch else None
        self.linear = nn.Linear(size + (minibatch[0] if minibatch else 0), outputs, bias=bias)
        if label and label.place in ("hidden", "projection"):
            numbers = embedding_size(width) if label.place == "hidden" else size
            self.embedding = nn.Embedding(label.classes, numbers)
        if proxies:
            self.to_embedding = nn.Linear(maps, proxies[1])
            self.proxies = nn.Embedding(*proxies)
        self.gives_proxies, self.gives_features = proxies is not None, features

    def said(self, x: Tensor, labels: Tensor | None) -> dict[str, Tensor]:
        """The heads on the last maps."""
        pooled = {"sum": lambda: x.sum((2, 3)), "mean": lambda: x.mean((2, 3))}
        features = pooled.get(self.pooling, lambda: x.flatten(1))()
        seen = features
        if self.minibatch is not None:
            seen = torch.cat([features, self.minibatch(x.mean((2, 3)))], 1)
        outputs = self.linear(seen)
        if outputs.dtype == torch.bfloat16:  # losses are taken in float32
            outputs = outputs.float()
        found, start = {}, 0
        for name, width in self.heads.items():
            found[name] = outputs[:, start] if width is None else outputs[:, start : start + width]
            start += width or 1
        if self.label and self.label.place == "projection":
            assert labels is not None
            product = (self.embedding(labels) * features).sum(1)
            found["source"] = found["source"] + product.to(outputs.dtype)
        if self.gives_proxies:
            found["embedding"] = self.to_embedding(x.sum((2, 3))).to(outputs.dtype)
            found["proxies"] = self.proxies.weight.to(outputs.dtype)
        if self.gives_features:
            found["features"] = features.to(outputs.dtype)
        return found
