"""What a model draws on its way: the scores of the moments that its suite keeps."""

from __future__ import annotations

from collections.abc import Iterator

from acgan.config.resolve import Config, given
from acgan.scores.accuracy import accuracy
from acgan.scores.base import COLUMNS, METRICS, Row, Scored, metric
from acgan.scores.class_score import class_score
from acgan.scores.ms_ssim import ms_ssim
from acgan.scores.neighbours import neighbours

SCORED = (accuracy, ms_ssim, class_score, neighbours)


def is_possible(config: Config, suite: str) -> bool:
    """Whether a suite keeps snapshots, of generators that are given a class."""
    return bool(config["suites"][suite]["snapshots"]) and given(config, suite) == "class"


@metric(
    settings=tuple({key: None for m in SCORED for key in METRICS[m.__name__].settings}),
    suite_settings=("snapshots",),
    code=(
        *(f"scores/{m.__name__}.py" for m in SCORED),
        *dict.fromkeys(f for m in SCORED for f in METRICS[m.__name__].code),
        *("samples/draw.py", "scores/generators.py"),
    ),
    columns=(*COLUMNS, "step"),
    possible=is_possible,
)
def by_step(config: Config, s: Scored) -> Iterator[Row]:
    """Accuracy, MS-SSIM, class score and nearest training images of samples after each of the steps
    `suites.<name>.snapshots`, by the same latents as the samples of the whole run.
    """
    from acgan.nets.weights import snapshot_file
    from acgan.samples import draw
    from acgan.scores.generators import generator

    if s.spec is None:  # training images
        return
    for step in config["suites"][s.suite]["snapshots"]:
        spec, net = generator(s, snapshot_file(step))
        drawn = [
            draw.images(spec, net, draw.latents(spec, "samples", row, len(images)), row)
            for row, images in enumerate(s.images)
        ]
        then = s._replace(images=drawn)
        for scored in SCORED:
            if METRICS[scored.__name__].possible(config, s.suite):
                for row in scored(config, then):
                    yield *row[: len(COLUMNS)], step
