"""A Parzen-window likelihood of held-out images (metrics/parzen.py says what it is worth)."""

from __future__ import annotations

from collections.abc import Iterator

from acgan.config.resolve import Config, heldout_of
from acgan.data import packed
from acgan.scores.base import Row, Scored, metric, thousands

SAMPLES, IMAGES = (
    1_000,
    500,
)  # at most, all classes together; images to choose the width, and as many


@metric(
    code=("metrics/parzen.py",),
    possible=lambda config, suite: heldout_of(config, suite) is not None,
    heldout=True,
)
def parzen(config: Config, s: Scored) -> Iterator[Row]:
    """Nats of an image, of the model's classes together, in grey from 0 to 1; half of the held-out
    images choose the width.
    """
    import numpy as np

    from acgan.metrics import parzen as of

    if s.spec is None:  # training images
        return
    folder = s.data.parents[1] / str(heldout_of(config, s.suite)) / s.data.name
    if not (folder / "index.csv").is_file():
        print(f"{folder} holds no packed images, so that no likelihood is measured")
        return
    index = {entry.id: entry for entry in packed.read_index(folder)}
    each = max(2, 2 * IMAGES // len(s.class_ids))
    held_out = [packed.load_class(folder, index[c])[:each] for c in s.class_ids if c in index]
    if not held_out:
        return
    own = [rows[: max(1, SAMPLES // len(s.images))] for rows in s.images]

    def grey(parts: list[np.ndarray]) -> np.ndarray:
        images = np.concatenate(parts)
        return images.reshape(len(images), -1, 3).mean(2) / 255

    first, second = (grey([images[start::2] for images in held_out]) for start in (0, 1))
    samples = grey(own)
    value, width = of.parzen(samples, first, second)
    side = s.images[0].shape[1]
    name = f"parzen_{thousands(len(samples))}_samples"
    yield s.suite, s.model, "", f"{name}_nats", side, "", value
    yield s.suite, s.model, "", f"{name}_width", side, "", width
