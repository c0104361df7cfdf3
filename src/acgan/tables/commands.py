"""Subcommands: tables and sheets of thumbnails."""

import argparse

from acgan.config.reading import read_config
from acgan.io.command import CONFIG, DATA, INPUTS, command, path
from acgan.io.errors import UserError

SUITE = ("--suite", {"help": "its name in the config's `suites`, for what is of one suite"})


@command(
    "table",
    "merge scores into one table",
    ("name", {}),
    CONFIG,
    SUITE,
    INPUTS,
    DATA,
    path("--out", "CSV"),
)
def table(args: argparse.Namespace) -> None:
    from acgan.data import packed
    from acgan.io.files import replacing
    from acgan.tables import TABLES
    from acgan.tables.registry import Asked

    if args.name not in TABLES:
        raise UserError(f"there is no table {args.name}; there are: {', '.join(sorted(TABLES))}")
    if TABLES[args.name].of_suite and not args.suite:
        raise UserError(f"the table {args.name} is of one suite: name it by --suite")
    names = {entry.id: entry.name for entry in packed.read_index(args.data)}
    asked = Asked(read_config(args.config), args.suite, args.inputs, names)
    result = TABLES[args.name].make(asked)
    with replacing(args.out) as temporary:
        result.to_csv(temporary, index=False)


@command(
    "sheet",
    "put thumbnails on a sheet",
    ("name", {}),
    CONFIG,
    SUITE,
    INPUTS,
    DATA,
    path("--out", "CSV that describes the tiles"),
    path("--sheets", "WebP files", nargs="+"),
)
def sheet(args: argparse.Namespace) -> None:
    from acgan.tables import SHEETS
    from acgan.tables.sheets import Sources, write_sheet

    if args.name not in SHEETS:
        raise UserError(f"there is no sheet {args.name}; there are: {', '.join(sorted(SHEETS))}")
    if not args.suite:
        raise UserError(f"the sheet {args.name} is of one suite: name it by --suite")
    sources = Sources(read_config(args.config), args.suite, args.inputs, args.data)
    write_sheet(args.name, sources, args.out, args.sheets)
