"""How alike the images of a class are (section 4.2)."""

from __future__ import annotations

from collections.abc import Iterator

from acgan.config.resolve import Config
from acgan.io.errors import UserError
from acgan.io.rng import numpy_rng
from acgan.scores.base import Row, Scored, metric, to_tensor


@metric(settings=("ms_ssim_pairs", "ms_ssim_all_pairs"), code=("metrics/ms_ssim.py",), always=True)
def ms_ssim(config: Config, s: Scored) -> Iterator[Row]:
    """By class: mean and standard deviation over random pairs of different images (section 4.2),
    and over all pairs of the class's first images, the other reading of the paper. No number of
    samples that were to show no class (scores/judged.py has theirs).
    """
    if s.given != "class":
        return
    from acgan.metrics.ms_ssim import ms_ssim as ms_ssim_of_pairs
    from acgan.metrics.ms_ssim import pairwise_ms_ssim

    pairs, of = (config["scores"][key] for key in ("ms_ssim_pairs", "ms_ssim_all_pairs"))
    for class_id, images in zip(s.class_ids, s.images, strict=True):
        if len(images) < 2:
            raise UserError(
                f"{s.data}: class {class_id} has {len(images)} image; MS-SSIM needs at least 2"
            )
        rng = numpy_rng(s.seed, f"pairs/{class_id}")
        first = rng.integers(len(images), size=pairs)
        second = (first + rng.integers(1, len(images), size=pairs)) % len(images)
        estimates = {
            f"ms_ssim_{pairs}_random_pairs": ms_ssim_of_pairs(
                to_tensor(images[first]), to_tensor(images[second])
            )
        }
        if of:
            some = images[:of]
            estimates[f"ms_ssim_all_pairs_of_{len(some)}"] = pairwise_ms_ssim(to_tensor(some))
        for name, values in estimates.items():
            about, v = (s.suite, s.model, class_id), values.double()
            yield *about, f"{name}_mean", images.shape[1], "", v.mean().item()
            yield (
                *about,
                f"{name}_std",
                images.shape[1],
                "",
                v.std(correction=min(1, len(v) - 1)).item(),
            )
