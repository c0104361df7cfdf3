"""Subcommands: the classifiers that name samples."""

import argparse

from acgan.io.command import CONFIG, JUDGE, JUDGE_WEIGHTS, command, path
from acgan.io.errors import UserError
from acgan.judges.kinds import KINDS


@command(
    "judge",
    "train the classifier that names samples",
    CONFIG,
    JUDGE,
    path("--train", "packed folder"),
    path("--test", "packed folder of held-out images"),
    path("--weights", "safetensors to write"),
    path("--accuracy", "CSV to write"),
)
def judge(args: argparse.Namespace) -> None:
    from acgan.io.rng import derive_seed
    from acgan.judges import load_judge, settings_of
    from acgan.judges.accuracy import overall, write_accuracy
    from acgan.judges.quality import too_poor

    config = args.read_config()
    settings = settings_of(config, args.judge)
    train = KINDS[settings["kind"]].train
    if train is None:
        trained = " or ".join(name for name, kind in KINDS.items() if kind.train)
        raise UserError(f"a {settings['kind']} comes trained; only a {trained} is trained here")
    seed = derive_seed(config["seed"], f"judge/{args.judge}")
    train(settings, seed, args.train, args.weights)
    judge = load_judge(args.judge, settings, args.weights)
    rows = write_accuracy(judge, {"train": args.train, "heldout": args.test}, args.accuracy)
    if said := too_poor(args.judge, settings, overall(rows, "heldout")):
        print(said)


@command(
    "fetch-weights",
    "download a published judge's weights and check them",
    ("kind", {"choices": [name for name, kind in KINDS.items() if kind.pinned]}),
    path("--out", "where to put them; default: data/weights/<file>", default=None),
)
def fetch_weights(args: argparse.Namespace) -> None:
    from acgan.judges import weights

    pinned = KINDS[args.kind].pinned
    assert pinned is not None
    weights.fetch(args.kind, pinned, args.out or weights.FOLDER / pinned.file)


@command(
    "judge-mistakes",
    "say what a judge takes for what on real images, and how right it is when it is how sure",
    CONFIG,
    JUDGE,
    path("--test", "packed folder of held-out images"),
    JUDGE_WEIGHTS,
    path("--confusion", "CSV to write"),
    path("--calibration", "CSV to write"),
)
def judge_mistakes(args: argparse.Namespace) -> None:
    import torch

    from acgan.io.files import write_csv
    from acgan.judges import judge_of, mistakes, settings_of

    config = args.read_config()
    torch.set_num_threads(settings_of(config, args.judge)["threads"])
    judge = judge_of(config, args.judge, args.judge_weights)
    confusion, calibration = mistakes.measure(judge, args.test)
    write_csv(args.confusion, mistakes.CONFUSION, confusion)
    write_csv(args.calibration, mistakes.CALIBRATION, calibration)


@command(
    "judge-accuracy",
    "measure a judge that comes trained on real images",
    CONFIG,
    JUDGE,
    path("--test", "packed folder"),
    JUDGE_WEIGHTS,
    path("--accuracy", "CSV to write"),
)
def judge_accuracy(args: argparse.Namespace) -> None:
    import torch

    from acgan.judges import judge_of, settings_of
    from acgan.judges.accuracy import write_accuracy

    config = args.read_config()
    settings = settings_of(config, args.judge)
    if settings["test"] is None:
        raise UserError(f"judges.{args.judge}.test names no data set to measure the accuracy on")
    torch.set_num_threads(settings["threads"])
    split = config["datasets"][settings["test"]]["split"]
    judge = judge_of(config, args.judge, args.judge_weights)
    write_accuracy(judge, {split: args.test}, args.accuracy)
