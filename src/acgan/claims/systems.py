"""What AC-GAN does that other systems do not (sections 1, 3, 4.4 and 4.6)."""

import math

import numpy as np

from acgan.claims.case import Case
from acgan.claims.registry import About, Needs, claim
from acgan.io.words import counted
from acgan.metrics.inference import (
    LEAST_MODELS,
    Share,
    Tested,
    clustered_share,
    difference_of_models,
    difference_of_shares,
    fisher_p,
    models_of,
    normal_p,
    wilson,
)


def simple_share(lost: np.ndarray) -> Share:
    """The share of models (n,) that are lost, by Wilson's interval."""
    return Share(float(lost.mean()), wilson(float(lost.sum()), len(lost)), len(lost))


def too_few(*groups: np.ndarray | None) -> bool:
    return any(group is None or len(group) < LEAST_MODELS for group in groups)


@claim("systems/model_measures", restarts=True)
def steadier_training(case: Case, about: About) -> Tested | Needs:
    """A restart that diverged counts as collapsed (tables/models.py)."""
    plain, own = (case.restarts("systems", s, "collapsed") for s in ("gan", "acgan"))
    if plain is None or own is None or too_few(plain, own):
        return Needs("restarts of a GAN and of an AC-GAN", "gan")
    value, interval = difference_of_shares(simple_share(own), simple_share(plain))
    p = fisher_p(plain, own)
    return Tested(value, interval, p, models_of(min(len(plain), len(own)), "a side"), False)


@claim("systems/model_measures", restarts=True)
def beats_improved_gan(case: Case, about: About) -> Tested | Needs:
    """A restart that diverged counts as 1, the least that the score can be."""
    other, own = (case.restarts("systems", s, "class_score") for s in ("improved_gan", "acgan"))
    if other is None or own is None or too_few(other, own):
        return Needs("restarts of an Improved GAN and of an AC-GAN", "improved_gan")
    lost = int(np.isnan(other).sum() + np.isnan(own).sum())
    of = counted(lost, "diverged restart")
    note = f"{of} counted as a score of 1" if lost else ""
    return difference_of_models(*(np.nan_to_num(v, nan=1.0) for v in (other, own)))._replace(
        note=note
    )


@claim("one_class/model_measures", "systems/judged_by_class", restarts=True)
def one_class_fails(case: Case, about: About) -> Tested | Needs:
    """The models of one class against AC-GAN's classes, which come several to a model."""
    alone = case.restarts("one_class", "gan", "collapsed")
    own = case.collapsed_classes("systems", "acgan")
    if alone is None or too_few(alone):
        return Needs("restarts of a one-class GAN", "one_class")
    if own is None or too_few(own[0]):
        return Needs("restarts of an AC-GAN", "acgan")
    first, second = clustered_share(*own), simple_share(alone)
    value, interval = difference_of_shares(first, second)
    pooled = (first.value * first.effective + second.value * second.effective) / (
        first.effective + second.effective
    )
    spread = pooled * (1 - pooled) * (1 / first.effective + 1 / second.effective)
    of = models_of(min(len(alone), len(own[0])), "a side")
    return Tested(value, interval, normal_p(value, math.sqrt(spread)), of, False)
