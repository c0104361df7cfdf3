"""What a system declares: what G is given, what D is told and says, and what each learns from it.

A system is one module of this package with a `SYSTEM`. The training step (training/step.py) has no
name of a system in it: it asks G for fakes, D for its heads, and the system for its terms.

Planning reads these declarations and shall not wait for torch, so that a system's functions take
theirs from losses.py, which loads it when they are called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor

    Heads = dict[str, Tensor]  # the logits of D by head: (N,) or (N, outputs)
    Terms = dict[str, Tensor]  # parts of a loss by name, each a mean over the batch
Objective = Mapping[str, Any]  # the section `objective` of a model's spec


class Seen(NamedTuple):
    """What D said of a real and of a fake batch in a step. In G's, `fake` comes from D's new
    weights; `real` is empty but for a system that asks for it (`reals_for_generator`).
    """

    real: Heads
    fake: Heads
    real_labels: Tensor  # (N,)
    fake_labels: Tensor  # (N,) the classes, or the values of the code, that G was given
    codes: Tensor | None = None  # (N, codes) continuous codes that G was given


def nothing(classes: int, objective: Objective) -> dict[str, Any]:
    """No further arguments of D."""
    return {}


class System(NamedTuple):
    """One system; `classes` is how many classes its model has."""

    title: str  # as its authors call it
    # (classes, objective) -> outputs of D's Linear layer by head, None for one logit (N,)
    heads: Callable[[int, Objective], dict[str, int | None]]
    discriminator_terms: Callable[[Objective, Seen], Terms]
    generator_terms: Callable[[Objective, Seen], Terms]
    # Beside losses and terms in the training log, (N,) truth values or numbers each.
    statistics: Callable[[Seen], dict[str, Tensor]]
    columns: tuple[str, ...]  # the names that `statistics` gives, in its order
    line: str  # how a line of the log shows them, as in "real {source_accuracy_real:.2f}"
    # "class": G is given a class that it is to show; "code": numbers, of which nobody says what
    # they shall mean; "nothing".
    given: str = "class"
    continuous: Callable[[Objective], int] = lambda objective: 0  # codes in U(-1, 1) beside it
    discriminator: Callable[[int, Objective], dict[str, Any]] = nothing  # more arguments of D
    # The config's judge to whom G's fakes are shown too: the head `judge` (N, classes), by weights
    # that stay as they are.
    judge: Callable[[Objective], str | None] = lambda objective: None
    reals_for_generator: Callable[[Objective], bool] = lambda objective: False
    # The key of `objective` that weighs a term; a term that is not named weighs 1.
    discriminator_weights: Mapping[str, str] = {}
    generator_weights: Mapping[str, str] = {}
    keys: tuple[str, ...] = ()  # of `objective`, that this system reads beside the common ones


def weighted(terms: Terms, weights: Mapping[str, str], objective: Objective) -> Tensor:
    """The loss: the sum of the terms, each by its weight."""
    total: Tensor | None = None
    for name, term in terms.items():
        part = objective[weights[name]] * term if name in weights else term
        total = part if total is None else total + part
    assert total is not None
    return total
