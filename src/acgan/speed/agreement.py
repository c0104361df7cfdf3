"""How far the losses of the first steps are from those in float64: what a speed-up must keep.

Each step starts from the reference's state: what is bounded is the arithmetic, not the chaos of a
GAN, in which Adam's first steps turn a gradient's sign into a full step.
"""

import copy
from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor

from acgan.systems import Spec
from acgan.training import step as engine
from acgan.training.speedups import Speedups

# The largest error of a loss, by precision; measured: half of it and less. A GPU rounds the factors
# of a convolution to ten bits (TF32), as torch sets it.
BOUNDS = {"float32": 1e-5, "bfloat16": 0.02}
BOUND_ON_CUDA = 5e-3
STEPS = 5
DOUBLE = Speedups("float64", False, False, False)

States = list[dict[str, Any]]


class Reference(NamedTuple):
    """A step in float64: the state before it, its losses (2,), the players after it."""

    before: States
    losses: Tensor
    players: engine.Players


def bound(chosen: Speedups, device: str) -> float:
    """How far a loss may be from that in float64."""
    by_precision = BOUNDS[chosen.precision]
    return max(by_precision, BOUND_ON_CUDA) if device.startswith("cuda") else by_precision


def states(players: engine.Players) -> States:
    """Weights and optimiser state, to start another run from."""
    return copy.deepcopy([part.state_dict() for part in players])


def restore(players: engine.Players, before: States) -> None:
    """Put a state, maybe of another layout and precision, into players."""
    for part, state in zip(players, copy.deepcopy(before), strict=True):
        if isinstance(part, torch.optim.Adam):
            engine.load_adam(part, state)
        else:
            part.load_state_dict(state)  # type: ignore[attr-defined]


def references(
    spec: Spec, images: Tensor, labels: Tensor, device: str, steps: int = STEPS, judge: Any = None
) -> Iterator[Reference]:
    """The first steps in float64, one after the other."""
    players = engine.build(spec, device, DOUBLE)
    step = engine.stepper(spec, DOUBLE, players, images, labels, device, judge)
    for number in range(steps):
        before = states(players)
        yield Reference(before, step(number)[:2].clone(), players)


def worst_error(
    spec: Spec,
    chosen: Speedups,
    expected: list[tuple[States, Tensor]],
    images: Tensor,
    labels: Tensor,
    device: str,
    judge: Any = None,
) -> float:
    """The largest error of a loss of steps that start from the reference's states."""
    plain = chosen._replace(cuda_graph=False)  # a graph replays the same kernels
    players = engine.build(spec, device, plain)
    step = engine.stepper(spec, plain, players, images, labels, device, judge)
    worst = 0.0
    for number, (before, losses) in enumerate(expected):
        restore(players, before)
        worst = max(worst, (step(number)[:2] - losses).abs().max().item())
    return worst
