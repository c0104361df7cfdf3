"""A loaded judge, and what the kinds share in making one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:  # planning reads the kinds of judges and shall not wait for torch
    from torch import Tensor

    Net = Callable[[Tensor], Tensor]


class Judge(NamedTuple):
    """A loaded classifier. Both functions take uint8 (N, 3, H, W) of any side on the CPU and
    answer there, in batches of their own: what they say of an image does not depend on the others
    beyond float32 rounding.
    """

    name: str  # its key in the config's `judges`
    kind: str
    class_ids: list[str]  # what each output stands for; "unused_0" and the like for no class
    probabilities: Net  # -> softmax (N, outputs), float32
    features: Net | None = None  # -> (N, dimensions), float32: what the last layer reads
    # float (N, 3, H, W) in [0, 255] on the judge's device -> (N, outputs), with gradients
    logits: Net | None = None


def in_batches(forward: Net, batch: int) -> Net:
    """`forward` without gradients, over parts of `batch` images, answered in float32 on the CPU.

    TF32 is off: its ten bits of mantissa would make a GPU's answers differ visibly from a CPU's.
    """
    import torch

    @torch.no_grad()
    def run(images: Tensor) -> Tensor:
        with torch.backends.cudnn.flags(enabled=True, deterministic=True, allow_tf32=False):
            return torch.cat([forward(part).float().cpu() for part in images.split(batch)])

    return run


def batch_for(device: str, cpu: int) -> int:
    """Images per batch: small ones stay in a CPU's caches, a GPU wants more at once."""
    return cpu if device == "cpu" else 256
