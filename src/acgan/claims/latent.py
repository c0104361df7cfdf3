"""What the latent space holds: copies, jumps, structure, classes (sections 3 and 4.5)."""

import math

import numpy as np

from acgan.claims.case import Case
from acgan.claims.registry import About, Needs, claim
from acgan.io.words import counted
from acgan.metrics.inference import (
    LEAST_MODELS,
    Z_OF_TWO,
    Tested,
    diagonal_excess,
    mean_of_models,
    mean_of_samples,
    median_error,
    models_of,
    normal_p,
    ratio_of_medians,
    share_of_samples,
    student,
    student_p,
)


@claim("large/nearness")
def not_memorised(case: Case, about: About) -> Tested | Needs:
    """The smaller of two ratios, each with an interval of 97.5 %: where one of them is near 0, the
    samples are copies, so that both must be large.
    """
    found = [nearer(*case.distances(metric), about.threshold) for metric in ("l1", "ms_ssim")]
    low, high = (min(t.interval[end] for t in found) for end in (0, 1))
    least = min(found, key=lambda t: t.value)
    # of both for support, of one for contradiction
    p = (min if high < about.contradicted_at else max)(t.p for t in found)
    return least._replace(interval=(low, high), p=min(1.0, 2 * p))


def nearer(
    models: np.ndarray, samples: np.ndarray, held_out: np.ndarray, threshold: float
) -> Tested:
    """Median of samples' distances over that of held-out images."""
    count = int(models.max()) + 1
    if count < LEAST_MODELS:
        value, interval, error = ratio_of_medians(samples, held_out, Z_OF_TWO)
        p = normal_p(math.log(value / threshold), error)
        return Tested(value, interval, p, counted(len(samples), "sample"), True)
    medians = [float(np.median(samples[models == m])) for m in range(count)]
    logs = np.log(np.maximum(medians, 1e-12)) - math.log(float(np.median(held_out)))
    # held-out images are the same for all models, so that their error does not average out
    shared = median_error(held_out)
    value, error = float(logs.mean()), math.hypot(float(logs.std(ddof=1)) / count**0.5, shared)
    half = student(count - 1, 1 - 0.025 / 2) * error
    interval = math.exp(value - half), math.exp(value + half)
    p = student_p(value - math.log(threshold), error, count - 1)
    return Tested(math.exp(value), interval, p, models_of(count), False)


@claim("large/latent_space", "large/class_diversity")
def smooth_latent(case: Case, about: About) -> Tested | Needs:
    models, jumps, paths, left_out = case.paths()
    if not len(models):
        if left_out:
            return Needs("a class that has not collapsed", "other_model")
        return Needs("lines through the latent space", "paths")
    found = share_of_samples(jumps, paths, models, about.threshold, "path")
    lost = counted(left_out, "collapsed class", "collapsed classes")
    note = f"{lost} left out" if left_out else ""
    return found._replace(note=note)


@claim("large/latent_space")
def shared_structure(case: Case, about: About) -> Tested | Needs:
    matrices = case.same_latents()
    if not len(matrices):
        return Needs("models of several classes", "classes")
    return diagonal_excess(matrices)


@claim("large/latent_space")
def z_without_class(case: Case, about: About) -> Tested | Needs:
    found = case.probed()
    if not found:
        return Needs("samples that the judge gives several labels", "")
    excess, errors = [], []
    for right, counts in found:
        share = (right * counts + 2) / (counts + 4)
        excess.append(float(right.mean()) - 1 / len(right))
        errors.append(math.sqrt(float((share * (1 - share) / (counts + 4)).sum())) / len(right))
    if len(found) >= LEAST_MODELS:
        return mean_of_models(np.array(excess), about.threshold)
    tested = mean_of_samples(np.array(excess), np.array(errors), about.threshold)
    of = counted(int(sum(counts.sum() for _, counts in found)), "held-out sample")
    return tested._replace(resampled=of)
