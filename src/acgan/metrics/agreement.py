"""How far two namings of the same pictures agree, with intervals over people and pictures.

A picture that is hard is hard for all people, so that answers are not independent: people and
pictures are resampled at once (the bootstrap of crossed effects, Owen 2007).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from acgan.io.rng import numpy_rng
from acgan.metrics.statistics import Interval

RESAMPLES = 2_000


class Answers(NamedTuple):
    """Answers (N,), each of a person and of a picture that are numbered from 0."""

    person: np.ndarray
    picture: np.ndarray


def kappa(first: np.ndarray, second: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Cohen's kappa of two namings (N,), numbered from 0, for each row of weights (B, N): agreement
    beyond that of namings that know nothing of each other. NaN where both always say the same one.
    """
    count = int(max(first.max(), second.max())) + 1
    total = weights.sum(1)
    seen = weights @ (first == second) / total
    one, other = (
        np.stack([weights @ (v == label) for label in range(count)], 1) / total[:, None]
        for v in (first, second)
    )
    chance = (one * other).sum(1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(chance < 1, (seen - chance) / (1 - chance), np.nan)


def share(true: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weighted shares (B,) of truth values (N,)."""
    return weights @ true / weights.sum(1)


def resampled(answers: Answers) -> np.ndarray:
    """Weights (B, N) of answers: how often each was drawn with its person and its picture; of one
    person, with its picture alone.
    """
    rng = numpy_rng(0, "agreement")
    weights = np.ones((RESAMPLES, len(answers.person)))
    for number in answers:
        count = int(number.max()) + 1
        if count > 1:
            weights *= rng.multinomial(count, np.full(count, 1 / count), RESAMPLES)[:, number]
    return weights[weights.sum(1) > 0]


def confusion(answers: Answers, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(3, labels, labels): the share of what the first naming (N,) calls i that the second calls j,
    and the ends of its 95 % bootstrap interval over people and pictures; NaN for what is never
    called so.
    """
    count = int(max(first.max(), second.max())) + 1
    cells = np.zeros((len(first), count * count))
    cells[np.arange(len(first)), first * count + second] = 1

    def shares(weights: np.ndarray) -> np.ndarray:
        sums = (weights @ cells).reshape(-1, count, count)
        total = sums.sum(2, keepdims=True)
        return np.divide(sums, total, out=np.full_like(sums, np.nan), where=total > 0)

    found = shares(resampled(answers))
    ends = np.full((2, count, count), np.nan)
    there = np.isfinite(found).any((0, 2))
    ends[:, there] = np.nanpercentile(found[:, there], [2.5, 97.5], axis=0)
    return np.concatenate([shares(np.ones((1, len(first)))), ends])


def measured(answers: Answers, of: Callable[[np.ndarray], np.ndarray]) -> tuple[float, Interval]:
    """A statistic of weights (B, N), of all answers alike and its 95 % bootstrap interval over
    people and pictures; of one person over pictures alone.
    """
    value = float(of(np.ones((1, len(answers.person))))[0])
    found = of(resampled(answers))
    found = found[np.isfinite(found)]
    if not len(found):
        return value, (float("nan"), float("nan"))
    low, high = np.percentile(found, [2.5, 97.5])
    return value, (float(low), float(high))
