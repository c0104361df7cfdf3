"""Subcommand: the report."""

import argparse

from acgan.io.command import CONFIG, command, path


@command(
    "report",
    "put everything on one page",
    CONFIG,
    path("--results", "results/<experiment>"),
    path("--out", "report folder"),
    path("--metrics", "metrics.json to write"),
)
def report(args: argparse.Namespace) -> None:
    from acgan.report.build import build

    build(args.config, args.results, args.out, args.metrics)
