"""The score of section 4.4: with the 2015 Inception graph as judge, the Inception Score."""

from __future__ import annotations

from collections.abc import Iterator

from acgan.config.resolve import Config, has_judge
from acgan.io.rng import numpy_rng
from acgan.scores.base import Row, Scored, asked, drawn_for, metric, thousands


@metric(settings=("select", "report"), code=("metrics/class_score.py",), possible=has_judge)
def class_score(config: Config, s: Scored) -> Iterator[Row]:
    """The choosing score and, over other samples, the reported one (section 4.4).

    The groups are random ones that the model's seed fixes, so the order of the samples is fixed
    too; within a group it does not matter.
    """
    from acgan.judges import score_name
    from acgan.metrics.class_score import class_scores

    judge, side = asked(s), s.images[0].shape[1]
    for purpose in ("select", "report"):
        samples, groups = (config["scores"][purpose][k] for k in ("samples", "groups"))
        probabilities = judge.probabilities(drawn_for(config, s, purpose)).numpy()
        values = class_scores(probabilities, groups, numpy_rng(s.seed, f"class_score/{purpose}"))
        protocol = f"{thousands(samples)}_{groups}x{thousands(samples // groups)}"
        name = f"{score_name(judge)}_{protocol}_{purpose}"
        for group, value in enumerate(values):
            yield s.suite, s.model, "", name, side, group, float(value)
