"""Whether samples vary, and what it costs (sections 4.2, 4.3 and 4.6)."""

import numpy as np

from acgan.claims.case import Case
from acgan.claims.registry import About, Needs, claim
from acgan.metrics.inference import (
    LEAST_MODELS,
    Tested,
    correlation_within,
    mean_over_classes,
    rank_correlation,
    share_of_classes,
    slope,
)


@claim("large/class_diversity")
def as_diverse_as_data(case: Case, about: About) -> Tested | Needs:
    found = case.alike()
    margins = found.threshold - found.samples
    return share_of_classes(margins, found.errors, found.models, about.threshold)


@claim("large/class_diversity")
def samples_less_diverse(case: Case, about: About) -> Tested | Needs:
    found = case.alike()
    errors = np.hypot(found.errors, found.real_errors)
    values = found.samples - found.real
    return mean_over_classes(values, errors, found.models, about.threshold, found.shared_error)


@claim("large/class_accuracy", "large/class_diversity")
def quality_with_diversity(case: Case, about: About) -> Tested | Needs:
    named, alike = case.named_and_alike()
    if len(named.models) < named.models.max() + 3:
        return Needs("models of several classes", "classes")
    errors = named.errors[:, 0], alike.errors
    return correlation_within(named.accuracy[:, 0], alike.samples, errors, named.models)


@claim("large/collapse_by_step", restarts=True)
def collapse_seen_in_training(case: Case, about: About) -> Tested | Needs:
    found = case.halfway()
    if found is None:
        return Needs("a point of Figure 5 half way", "")
    models, half, end = found
    if models.max() + 1 < LEAST_MODELS:
        return Needs("restarts", "large_restarts")
    return rank_correlation(half, end, models)


@claim("class_count/class_count", restarts=True)
def more_classes_hurt(case: Case, about: About) -> Tested | Needs:
    counts, alike = case.by_class_count()
    if len(counts) < LEAST_MODELS or len(set(counts)) < 2:
        return Needs("restarts", "class_count_restarts")
    return slope(np.log2(counts), alike)
