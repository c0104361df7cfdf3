"""What pictures of different classes have in common at the same latent (section 4.5)."""

from __future__ import annotations

from collections.abc import Iterator

from acgan.config.resolve import Config, given
from acgan.scores.base import COLUMNS, Row, Scored, metric, to_tensor

MOST = 10  # classes of a model that are compared


def is_possible(config: Config, suite: str) -> bool:
    """Whether a suite's generators are given one of several classes."""
    counts = config["suites"][suite]["classes_per_model"]
    several = counts if isinstance(counts, list) else [counts]
    return given(config, suite) == "class" and min(several) > 1


@metric(code=("metrics/ms_ssim.py",), columns=(*COLUMNS, "other"), possible=is_possible)
def fixed_latents(config: Config, s: Scored) -> Iterator[Row]:
    """Mean MS-SSIM of pictures of two classes, one at latent `subset` and one at latent `other`,
    over all pairs of a model's first MOST classes.
    """
    import numpy as np

    from acgan.metrics.ms_ssim import pairwise_ms_ssim

    if s.samples is None:  # training images
        return
    file = s.samples / "fixed_latent_0.npy"
    images = np.load(file, mmap_mode="r", allow_pickle=False)[:MOST]
    classes, latents, side = images.shape[:3]
    if classes < 2:
        return
    n = classes * latents
    alike = np.zeros((n, n))
    above = np.triu_indices(n, 1)
    alike[above] = pairwise_ms_ssim(to_tensor(images.reshape(n, *images.shape[2:]))).numpy()
    alike = (alike + alike.T).reshape(classes, latents, classes, latents)
    apart = (alike.sum((0, 2)) - np.einsum("aiaj->ij", alike)) / (classes * (classes - 1))
    name = f"fixed_latents_ms_ssim_of_{classes}_classes"
    for i, j in np.ndindex(latents, latents):
        yield s.suite, s.model, "", name, side, i, float(apart[i, j]), j
