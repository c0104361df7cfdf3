"""Subcommands: draw from trained generators, and say what each sample is."""

import argparse

from acgan.config.reading import read_config, read_spec
from acgan.io.command import CONFIG, DATA, GROUPS, MODELS, SUITE, TRAINED, command, path


@command(
    "sample",
    "draw samples and interpolations from models",
    CONFIG,
    MODELS,
    TRAINED,
    path("--out", "folder; each model gets <suite>/<id> in it"),
    (
        "--snapshot",
        {
            "type": int,
            "metavar": "STEP",
            "help": "by the generator as it was after so many steps, where the suite keeps it",
        },
    ),
)
def sample(args: argparse.Namespace) -> None:
    from acgan.nets.weights import snapshot_file
    from acgan.samples.draw import sample

    file = "weights.safetensors" if args.snapshot is None else snapshot_file(args.snapshot)
    for model in args.models:
        config, spec = read_spec(args.config, model)
        sample(config, spec, args.weights / model / file, args.out / model)


@command(
    "sample-list",
    "say of each sample which model drew it, its class, its number and the seed",
    CONFIG,
    SUITE,
    GROUPS,
    DATA,
    path("--out", "samples.csv"),
)
def sample_list(args: argparse.Namespace) -> None:
    from acgan.samples.listing import write_list

    write_list(read_config(args.config), args.suite, args.groups, args.data, args.out)
