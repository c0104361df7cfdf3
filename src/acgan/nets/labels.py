"""How a discriminator is told the class: planes at its input, a hidden layer, or projection."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:  # the declarations of systems name LabelInput and shall not wait for torch
    from torch import Tensor

SMALLEST = 16  # numbers of an embedding
EMBEDDING = 128  # numbers of an embedding at width 1 (Miyato's hidden concatenation)


class LabelInput(NamedTuple):
    """What D is told; `place` is "planes", "hidden" or "projection"."""

    place: str
    classes: int
    row: int = 0  # of "hidden": the row of convolutions behind which the embedding comes


def embedding_size(width: float) -> int:
    return max(SMALLEST, int(EMBEDDING * width))


def planes(labels: Tensor, classes: int, like: Tensor) -> Tensor:
    """(N, classes, H, W): a plane of ones for the class, of zeros for each other."""
    import torch

    one_hot = labels[:, None] == torch.arange(classes, device=labels.device)
    return spread(one_hot.to(like.dtype), like)


def spread(numbers: Tensor, like: Tensor) -> Tensor:
    """(N, n) -> (N, n, H, W): the same numbers everywhere."""
    return numbers[:, :, None, None].expand(-1, -1, *like.shape[2:]).to(like.dtype)
