"""Subcommands: numbers about samples and training images."""

import argparse
from functools import cache
from typing import Any

from acgan.config.reading import read_config, read_spec
from acgan.io.command import (
    CONFIG,
    DATA,
    GROUPS,
    JUDGE_WEIGHTS,
    MODELS,
    SUITE,
    TRAINED,
    command,
    path,
)
from acgan.io.errors import UserError

METRICS = (
    "--metrics",
    {
        "nargs": "+",
        "metavar": "METRIC",
        "help": "which; default: all that the judge and the data set admit",
    },
)
SIDES = (
    "--sides",
    {
        "nargs": "+",
        "type": int,
        "metavar": "SIDE",
        "help": "at which accuracy is taken; default: the suite's own",
    },
)


def chosen(args: argparse.Namespace, config: dict[str, Any], suite: str) -> list[str]:
    """The metrics that are asked for. Raises UserError for one that there is not."""
    from acgan.scores import METRICS

    admitted = [n for n, m in METRICS.items() if m.possible(config, suite)]
    if args.metrics is None:
        return admitted
    for name in args.metrics:
        if name not in admitted:
            raise UserError(f"{suite} has no metric {name}; it has {', '.join(admitted)}")
    return args.metrics


@command(
    "score",
    "score the samples of models of a suite: one CSV per metric",
    CONFIG,
    MODELS,
    GROUPS,
    DATA,
    TRAINED,
    path("--samples", "folder of samples, as results/demo/samples"),
    METRICS,
    SIDES,
    JUDGE_WEIGHTS,
    path("--out", "folder; each model gets <suite>/<id> in it"),
    path("--real-features", "what `acgan real-features` wrote", default=None),
)
def score(args: argparse.Namespace) -> None:
    from acgan.judges import judge_of
    from acgan.scores.write import score_model

    suites = {name.partition("/")[0] for name in args.models}
    if len(suites) > 1:
        raise UserError(f"models of one suite at a time, not of {', '.join(sorted(suites))}")
    config = read_config(args.config)

    @cache
    def judge() -> Any:
        name = config["suites"][suite]["judge"]
        return judge_of(config, name, args.judge_weights) if name else None

    for name in args.models:
        config, spec = read_spec(args.config, name)
        suite = spec["suite"]
        score_model(
            config,
            spec,
            judge,
            chosen(args, config, suite),
            args.sides or [spec["side"]],
            args.groups,
            args.data,
            args.samples / name / "samples_0.npy",
            args.weights / name / "provenance.json",
            args.out / name,
            args.real_features,
        )


@command(
    "score-real",
    "score training images by the same metrics",
    CONFIG,
    SUITE,
    DATA,
    METRICS,
    SIDES,
    JUDGE_WEIGHTS,
    path("--out", "folder"),
)
def score_real(args: argparse.Namespace) -> None:
    from acgan.judges import judge_of
    from acgan.scores.write import score_real

    config = read_config(args.config)
    suite = config["suites"][args.suite]
    judge = judge_of(config, suite["judge"], args.judge_weights) if suite["judge"] else None
    metrics = args.metrics or chosen(args, config, args.suite)
    sides = args.sides or [suite["side"]]
    score_real(config, args.suite, judge, metrics, sides, args.data, args.out)


@command(
    "score-heldout",
    "seek the training images nearest to held-out images",
    CONFIG,
    SUITE,
    DATA,
    path("--heldout", "folder of packed held-out images of the same side"),
    path("--out", "folder"),
)
def score_heldout(args: argparse.Namespace) -> None:
    from acgan.scores.write import score_heldout

    config = read_config(args.config)
    score_heldout(config, args.suite, args.heldout, args.data, args.out)


@command(
    "real-features",
    "ask a suite's judge for features of the training images",
    CONFIG,
    SUITE,
    DATA,
    JUDGE_WEIGHTS,
    path("--out", "safetensors to write"),
)
def real_features(args: argparse.Namespace) -> None:
    from acgan.judges import judge_of
    from acgan.scores.write import real_features

    config = read_config(args.config)
    name = config["suites"][args.suite]["judge"]
    if name is None:
        raise UserError(f"suites.{args.suite} has no judge to ask for features")
    judge = judge_of(config, name, args.judge_weights)
    real_features(config, args.suite, judge, args.data, args.out)
