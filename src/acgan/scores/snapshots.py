"""The best of several moments of a training run: chosen by one score, reported by another.

Training can go wrong late, so that the last step is not a system's best. The same rule for every
system: of the steps of `suites.<name>.snapshots`, the one with the best class score over the
choosing samples; its score is of other samples.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from acgan.config.resolve import Config, has_judge
from acgan.io.rng import numpy_rng
from acgan.scores.base import Row, Scored, asked, metric, thousands, to_tensor

if TYPE_CHECKING:
    from torch import Tensor


def are_kept(config: Config, suite: str) -> bool:
    """Whether a suite keeps snapshots, and has a judge to choose by."""
    return has_judge(config, suite) and bool(config["suites"][suite]["snapshots"])


@metric(
    settings=("select", "report"),
    suite_settings=("snapshots",),
    code=("metrics/class_score.py", "samples/draw.py", "scores/generators.py"),
    possible=are_kept,
)
def snapshots(config: Config, s: Scored) -> Iterator[Row]:
    """The class score of each snapshot over the choosing samples (`subset` is its step), and of the
    best over the reported ones, by group.
    """
    from acgan.judges import score_name
    from acgan.metrics.class_score import class_scores

    if s.spec is None or s.folder is None:  # training images
        return
    judge, side = asked(s), s.images[0].shape[1]
    found: dict[int, float] = {}
    for purpose in ("select", "report"):
        samples, groups = (config["scores"][purpose][k] for k in ("samples", "groups"))
        protocol = f"{thousands(samples)}_{groups}x{thousands(samples // groups)}"
        name = f"{score_name(judge)}_{protocol}"
        best = max(found, key=found.__getitem__, default=0)
        steps = config["suites"][s.suite]["snapshots"] if purpose == "select" else [best]
        for step in steps:
            drawn = drawn_at(s, step, purpose, samples)
            rng = numpy_rng(s.seed, f"class_score/snapshots/{purpose}")
            values = class_scores(judge.probabilities(drawn).numpy(), groups, rng)
            if purpose == "select":
                found[step] = float(values.mean())
                yield s.suite, s.model, "", f"{name}_snapshot", side, step, found[step]
            else:
                for group, value in enumerate(values):
                    yield s.suite, s.model, "", f"{name}_best", side, group, float(value)
                yield s.suite, s.model, "", "best_snapshot_step", side, "", best


def drawn_at(s: Scored, step: int, purpose: str, count: int) -> Tensor:
    """Samples of a snapshot, the same share of every row."""
    import torch

    from acgan.nets.weights import snapshot_file
    from acgan.samples import draw
    from acgan.scores.generators import generator

    spec, net = generator(s, snapshot_file(step))
    parts = []
    for row in range(len(s.images)):
        of = spec, f"snapshots/{purpose}", row, count // len(s.images)
        parts.append(draw.images(spec, net, draw.latents(*of), row, draw.codes(*of)))
    return torch.cat([to_tensor(part) for part in parts])
