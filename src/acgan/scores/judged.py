"""What the judge takes samples for, whatever they were to show: of every system alike.

A system whose generator is given no class is compared by this alone. Images are sorted by the
judge's own label, the largest of all its outputs; so are training images, since sorting moves odd
ones to other classes and so changes what a class is like.
"""

from __future__ import annotations

from collections.abc import Iterator

from acgan.config.resolve import Config, names_classes
from acgan.data.class_names import as_class
from acgan.io.rng import numpy_rng
from acgan.scores.base import Row, Scored, asked, metric, to_tensor

LEAST = 20  # images of a class, below which it is missing


@metric(settings=("ms_ssim_pairs",), code=("metrics/ms_ssim.py",), possible=names_classes)
def judged(config: Config, s: Scored) -> Iterator[Row]:
    """By class: its share, and MS-SSIM over random pairs where it has LEAST images. Of all: missing
    classes, the share of labels that are none of the model's classes, the Kullback-Leibler
    divergence of the shares of the model's classes from equal ones in nats, mean confidence.
    """
    import numpy as np

    from acgan.metrics.ms_ssim import ms_ssim as ms_ssim_of_pairs

    judge, side, pairs = asked(s), s.images[0].shape[1], config["scores"]["ms_ssim_pairs"]
    found = [judge.probabilities(to_tensor(images)).max(1) for images in s.images]
    named = np.concatenate([f.indices.numpy() for f in found])
    confidence = np.concatenate([f.values.double().numpy() for f in found])
    images = np.concatenate(s.images)
    counts = []
    for class_id in s.class_ids:
        mine = np.flatnonzero(named == judge.class_ids.index(as_class(class_id)))
        counts.append(len(mine))
        about = s.suite, s.model, class_id
        yield *about, f"judged_share_{judge.name}", side, "", len(mine) / len(images)
        if len(mine) < LEAST:
            continue
        rng = numpy_rng(s.seed, f"judged_pairs/{class_id}")
        first = rng.integers(len(mine), size=pairs)
        second = (first + rng.integers(1, len(mine), size=pairs)) % len(mine)
        one, other = (to_tensor(images[mine[i]]) for i in (first, second))
        values = ms_ssim_of_pairs(one, other)
        name = f"judged_ms_ssim_{pairs}_random_pairs_{judge.name}"
        yield *about, name, side, "", values.double().mean().item()
    shares = np.array(counts) / max(1, sum(counts))
    seen = shares[shares > 0]
    for name, value in {
        "missing": sum(count < LEAST for count in counts),
        "other": 1 - sum(counts) / len(images),
        "kl_to_uniform": float((seen * np.log(seen * len(shares))).sum()),
        "confidence": float(confidence.mean()),
    }.items():
        yield s.suite, s.model, "", f"judged_{name}_{judge.name}", side, "", value
