"""How even the way is along lines through the latent space (section 4.5)."""

from __future__ import annotations

from collections.abc import Iterator

from acgan.config.resolve import Config
from acgan.scores.base import Row, Scored, metric

IMAGES = 9  # on a line, so eight steps


@metric(
    suite_settings=("paths_per_class", "sampling_batch_norm"),
    code=("samples/draw.py", "scores/generators.py"),
    possible=lambda config, suite: config["suites"][suite]["paths_per_class"] > 0,
)
def smoothness(config: Config, s: Scored) -> Iterator[Row]:
    """By row and line (`subset`): the largest of its steps over the sum of all, each step the mean
    absolute difference of pixels. A line on which nothing changes is left out.
    """
    import numpy as np
    import torch

    from acgan.samples import draw
    from acgan.scores.generators import generator

    if s.spec is None:  # training images
        return
    count, weight = config["suites"][s.suite]["paths_per_class"], torch.linspace(0, 1, IMAGES)
    spec, net = generator(s)
    for row, row_id in enumerate(s.row_ids):
        of = spec, "paths", row, 2 * count
        ends, codes = (
            None if z is None else torch.cat([draw.between(e, weight[:, None]) for e in z.split(2)])
            for z in (draw.latents(*of), draw.codes(*of))
        )
        assert ends is not None
        images = draw.images(spec, net, ends, row, codes).astype(np.float32)
        steps = abs(np.diff(images.reshape(count, IMAGES, -1), axis=1)).mean(2)
        for line, (largest, length) in enumerate(zip(steps.max(1), steps.sum(1), strict=True)):
            if length > 0:
                name = f"path_largest_of_{IMAGES - 1}_steps"
                side = images.shape[1]
                yield s.suite, s.model, row_id, name, side, line, float(largest / length)
