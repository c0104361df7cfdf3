"""Whether samples are more than enlarged small ones (section 4.1)."""

import numpy as np

from acgan.claims.case import Case, Named
from acgan.claims.registry import About, Needs, claim
from acgan.metrics.inference import (
    LEAST_MODELS,
    Tested,
    by_model,
    difference_of_models,
    difference_of_samples,
    mean_over_classes,
    share_of_classes,
)


def lost_to_a_quarter(case: Case) -> tuple[Named, np.ndarray, np.ndarray] | Needs:
    """The large suite's classes, what each loses and its standard error. Both accuracies are of the
    same samples, so that the error is rather too large.
    """
    side = case.side("large")
    try:
        found = case.named("large", side, side // 4)
    except KeyError:
        return Needs(f"accuracy at side {side // 4}", "quarter")
    return found, found.accuracy[:, 0] - found.accuracy[:, 1], np.hypot(*found.errors.T)


@claim("large/class_accuracy")
def resolution_helps(case: Case, about: About) -> Tested | Needs:
    lost = lost_to_a_quarter(case)
    if isinstance(lost, Needs):
        return lost
    found, values, errors = lost
    return mean_over_classes(values, errors, found.models, about.threshold)


@claim("large/class_accuracy")
def most_classes_lose(case: Case, about: About) -> Tested | Needs:
    lost = lost_to_a_quarter(case)
    if isinstance(lost, Needs):
        return lost
    found, values, errors = lost
    return share_of_classes(values, errors, found.models, about.threshold)


def large_against(case: Case, role: str) -> Tested | Needs:
    """Large samples shrunk to the side of a smaller suite, less that suite's own samples."""
    side = case.side(role)
    try:
        small, large = case.named(role, side), case.named("large", side)
    except KeyError:
        return Needs(f"accuracy at side {side}", "own_side")
    means = [by_model(s.accuracy[:, 0], s.models) for s in (small, large)]
    if min(map(len, means)) >= LEAST_MODELS:
        return difference_of_models(*means)
    return difference_of_samples(*((s.accuracy[:, 0], s.errors[:, 0]) for s in (small, large)))


@claim("large/class_accuracy", "small/class_accuracy")
def larger_beats_smaller(case: Case, about: About) -> Tested | Needs:
    return large_against(case, "small")


@claim("large/class_accuracy", "widened/class_accuracy")
def not_just_bigger(case: Case, about: About) -> Tested | Needs:
    return large_against(case, "widened")
