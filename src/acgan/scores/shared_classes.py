"""The class score of the classes that all models of a suite share, whatever else they have."""

from __future__ import annotations

from collections.abc import Iterator

from acgan.config.resolve import Config, given, has_judge
from acgan.scores.base import Row, Scored, asked, metric, to_tensor


def is_possible(config: Config, suite: str) -> bool:
    """Of suites that list numbers of classes, whose generators are given one."""
    counts = config["suites"][suite]["classes_per_model"]
    return isinstance(counts, list) and has_judge(config, suite) and given(config, suite) == "class"


@metric(code=("metrics/class_score.py",), possible=is_possible)
def shared_classes(config: Config, s: Scored) -> Iterator[Row]:
    """Over all samples of the first classes, as many as the smallest model has: the same classes
    and as many samples for every model, so that the ceiling does not move. Between 1 and their
    number, unless samples show other classes.
    """
    import torch

    from acgan.metrics.class_score import class_score

    if s.spec is None:  # training images
        return
    judge, shared = asked(s), min(config["suites"][s.suite]["classes_per_model"])
    images = torch.cat([to_tensor(rows) for rows in s.images[:shared]])
    name = f"shared_class_score_{judge.name}_{shared}_classes_{len(images)}"
    value = class_score(judge.probabilities(images).numpy())
    yield s.suite, s.model, "", name, s.images[0].shape[1], "", value
