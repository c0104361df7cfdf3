"""Subcommands: numbers about samples and training images."""

import argparse

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


@command(
    "score",
    "score the samples of models of a suite: one CSV per metric",
    CONFIG,
    MODELS,
    GROUPS,
    DATA,
    TRAINED,
    path("--samples", "folder of samples, as results/demo/samples"),
    JUDGE_WEIGHTS,
    path("--out", "folder; each model gets <suite>/<id> in it"),
    path("--real-features", "what `acgan real-features` wrote", default=None),
)
def score(args: argparse.Namespace) -> None:
    from acgan.config import resolve
    from acgan.groups.grouping import classes_of
    from acgan.io.files import read_json
    from acgan.judges import judge_of
    from acgan.scores import scores

    judge = None
    for model in args.models:
        config, spec = read_spec(args.config, model)
        suite, out = spec["suite"], args.out / model
        metrics = resolve.metrics(config, suite)
        if "diverged" in read_json(args.weights / model / "provenance.json"):
            scores.write_no_scores(metrics, out)
            print(f"{model} diverged in training: its score files have no rows")
            continue
        judge = judge or judge_of(config, config["suites"][suite]["judge"], args.judge_weights)
        scored = scores.Scored(
            suite,
            spec["model"],
            spec["seed"],
            classes_of(args.groups, spec),
            scores.load_samples(args.samples / model / "samples_0.npy", spec["classes"]),
            judge,
            args.data,
            resolve.accuracy_sides(config, suite),
            args.real_features,
        )
        scores.write_scores(config, scored, metrics, out, spec["training"]["threads"])


@command(
    "score-real",
    "score training images by the same metrics",
    CONFIG,
    SUITE,
    DATA,
    JUDGE_WEIGHTS,
    path("--out", "folder"),
)
def score_real(args: argparse.Namespace) -> None:
    from acgan.config import resolve
    from acgan.io.rng import derive_seed
    from acgan.judges import judge_of
    from acgan.scores import scores

    config = read_config(args.config)
    suite = config["suites"][args.suite]
    seed = derive_seed(config["seed"], f"real/{suite['dataset']}")
    class_ids, images = scores.real_images(args.data, suite["samples_per_class"], seed)
    judge = judge_of(config, suite["judge"], args.judge_weights)
    sides = resolve.accuracy_sides(config, args.suite)
    scored = scores.Scored("real", "", seed, class_ids, images, judge, args.data, sides)
    scores.write_scores(
        config, scored, ["accuracy", "ms_ssim"], args.out, suite["training"]["threads"]
    )


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
    import torch

    from acgan.io.rng import derive_seed
    from acgan.judges import judge_of
    from acgan.scores import scores

    config = read_config(args.config)
    suite = config["suites"][args.suite]
    torch.set_num_threads(suite["training"]["threads"])
    seed = derive_seed(config["seed"], f"features/{suite['dataset']}")
    judge = judge_of(config, suite["judge"], args.judge_weights)
    scores.write_real_features(judge, args.data, seed, args.out)
