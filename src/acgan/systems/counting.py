"""How many parameters the nets of a model have."""

import torch

from acgan.nets.layers import parameter_count
from acgan.systems import Spec
from acgan.systems.build import build_discriminator, build_generator


def parameters(spec: Spec) -> int:
    """Of G and D together."""
    with torch.device("meta"):
        return sum(map(parameter_count, (build_generator(spec), build_discriminator(spec))))


def of_width(spec: Spec, width: float) -> int:
    return parameters({**spec, "nets": {**spec["nets"], "width": width}})


def width_for(spec: Spec, wanted: int) -> float:
    """The least width, to three places, with which the nets of a spec have so many parameters."""
    low, high = 0, 1_000
    while of_width(spec, high / 1_000) < wanted:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if of_width(spec, middle / 1_000) >= wanted else (middle, high)
    return high / 1_000
