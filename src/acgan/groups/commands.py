"""Subcommand: which classes share a model."""

import argparse

from acgan.config.reading import read_config
from acgan.io.command import CONFIG, DATA, SUITE, command, path


@command(
    "groups",
    "decide which classes share a model: groups.csv",
    CONFIG,
    SUITE,
    DATA,
    path("--out", "groups.csv"),
    path(
        "--features", "what `acgan real-features` wrote, for a grouping by features", default=None
    ),
)
def groups(args: argparse.Namespace) -> None:
    from acgan.groups.grouping import write_groups

    write_groups(read_config(args.config), args.suite, args.data, args.out, args.features)
