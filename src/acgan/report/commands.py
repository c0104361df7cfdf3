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
    (
        "--all-samples",
        {
            "action": "store_true",
            "help": "put all samples of every class into all_samples/ beside the report, too",
        },
    ),
)
def report(args: argparse.Namespace) -> None:
    from acgan.report.build import build

    build(args.config, args.results, args.out, args.metrics, args.all_samples)
