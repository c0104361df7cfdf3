"""The generator of the model whose samples are scored, for metrics that draw more of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acgan.scores.base import Scored
from acgan.systems import Spec

if TYPE_CHECKING:
    from torch import nn


def generator(s: Scored, file: str = "weights.safetensors") -> tuple[Spec, nn.Module]:
    """Its spec, and the generator as samples are drawn by it."""
    from acgan.systems.build import load_generator

    assert s.spec is not None and s.folder is not None
    net = load_generator(s.folder / file, s.spec)
    net.train(s.batch_norm == "batch")
    return s.spec, net
