"""What a system declares: how the class enters G, what D says, and what each learns from it.

A system is one module of this package with a `SYSTEM`. The training step (training/step.py) has no
name of a system in it: it asks G for fakes, D for its heads, and the system for its terms.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor

Heads = dict[str, Tensor]  # the logits of D by head: (N,) or (N, outputs)
Terms = dict[str, Tensor]  # parts of a loss by name, each a mean over the batch
Objective = Mapping[str, Any]  # the section `objective` of a model's spec


class Seen(NamedTuple):
    """What D said of a real and of a fake batch in its own step."""

    real: Heads
    fake: Heads
    real_labels: Tensor  # (N,)
    fake_labels: Tensor  # (N,)


class System(NamedTuple):
    """One system; `classes` is how many classes its model has."""

    title: str  # as its authors call it
    condition_size: Callable[[int], int]  # classes -> how many numbers G gets beside the noise
    # labels (N,), classes, dtype -> those numbers (N, condition_size), or None
    condition: Callable[[Tensor, int, torch.dtype], Tensor | None]
    # classes -> outputs of D's Linear layer by head, None for one logit (N,)
    heads: Callable[[int], dict[str, int | None]]
    discriminator_terms: Callable[[Objective, Seen], Terms]
    # of D's heads on fakes, (N,) labels
    generator_terms: Callable[[Objective, Heads, Tensor], Terms]
    # The key of `objective` that weighs a term; a term that is not named weighs 1.
    discriminator_weights: Mapping[str, str]
    generator_weights: Mapping[str, str]
    # The columns of the training log beside the two losses, (N,) truth values or numbers each.
    statistics: Callable[[Seen], dict[str, Tensor]]
    columns: tuple[str, ...]  # the names that `statistics` gives, in its order
    line: str  # how a line of the log shows them, as in "real {source_accuracy_real:.2f}"


def weighted(terms: Terms, weights: Mapping[str, str], objective: Objective) -> Tensor:
    """The loss: the sum of the terms, each by its weight."""
    total: Tensor | None = None
    for name, term in terms.items():
        part = objective[weights[name]] * term if name in weights else term
        total = part if total is None else total + part
    assert total is not None
    return total


def one_hot(labels: Tensor, classes: int, dtype: torch.dtype) -> Tensor:
    """(N, classes): the class as G gets it."""
    return (labels[:, None] == torch.arange(classes, device=labels.device)).to(dtype)
