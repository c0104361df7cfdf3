"""Subcommand: experiments side by side."""

import argparse
import json
import os
import tempfile
from pathlib import Path

from acgan.io.command import command, path
from acgan.io.errors import UserError


@command(
    "compare",
    "put the results of two or more experiments side by side, and say what is more than chance",
    path("results", "results/a results/b ...; all are compared with the first", nargs="*"),
    (
        "--revisions",
        {
            "nargs": "+",
            "metavar": "REV",
            "help": "of git, or DVC experiments by name, in place of folders: main short",
        },
    ),
    ("--experiment", {"default": "demo", "help": "whose results --revisions takes; default: demo"}),
    (
        "--models",
        {
            "action": "store_true",
            "help": "have --revisions fetch the models too, for samples side by side and the cost",
        },
    ),
    path("--out", "folder of the page and the CSV; default: compare", default=Path("compare")),
    (
        "--committed",
        {
            "action": "store_true",
            "help": "say in three lines how results/<experiment>/metrics.json differs from that of "
            "the last commit, and write nothing",
        },
    ),
)
def compare(args: argparse.Namespace) -> None:
    from acgan.compare.page import compare, three_lines
    from acgan.compare.results import PARTS, git, named_apart, of_revisions

    if args.committed:
        for folder in args.results:
            file = folder / "metrics.json"
            try:
                before = git("show", f"HEAD:./{Path(os.path.relpath(file)).as_posix()}")
            except UserError:
                return  # without git there is nothing to compare with
            if before is not None and file.is_file():
                print(three_lines(json.loads(before), json.loads(file.read_text()), folder))
        return
    if bool(args.results) == bool(args.revisions):
        raise UserError("name results folders, or --revisions")
    if len(args.results or args.revisions) < 2:
        raise UserError("name two at least")
    with tempfile.TemporaryDirectory() as scratch:
        if args.revisions:
            parts = [*PARTS, "models"] if args.models else PARTS
            compared = of_revisions(args.revisions, args.experiment, Path(scratch), parts)
        else:
            compared = named_apart(args.results)
        print(compare(compared, args.out))
    print(f"The page: {(args.out / 'index.html').resolve()}")
