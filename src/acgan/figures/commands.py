"""Subcommand: run one notebook."""

import argparse

from acgan.io.command import command, path


@command(
    "figure",
    "run one notebook: figure, data, quantities, HTML",
    path("--config", "results/<experiment>/config.json, as it lies beside the tables"),
    path("--notebook", "notebooks/<part>/<item>.py"),
    path("--tables", "folder of tables"),
    path("--out", "folder"),
    path("--failed", "where one that fails is kept; else <out>.failed.ipynb", default=None),
)
def figure(args: argparse.Namespace) -> None:
    from acgan.figures.notebook import draw

    failed = args.failed or args.out.with_name(f"{args.out.name}.failed.ipynb")
    draw(args.notebook, args.config, args.tables, args.out, failed)
