"""Subcommand: draw from trained generators."""

import argparse

from acgan.config.reading import read_spec
from acgan.io.command import CONFIG, MODELS, TRAINED, command, path


@command(
    "sample",
    "draw samples and interpolations from models",
    CONFIG,
    MODELS,
    TRAINED,
    path("--out", "folder; each model gets <suite>/<id> in it"),
)
def sample(args: argparse.Namespace) -> None:
    from acgan.samples.draw import sample

    for model in args.models:
        config, spec = read_spec(args.config, model)
        sample(config, spec, args.weights / model / "weights.safetensors", args.out / model)
