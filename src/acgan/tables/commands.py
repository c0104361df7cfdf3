"""Subcommands: tables and sheets of thumbnails."""

import argparse

from acgan.config.reading import read_config
from acgan.io.command import CONFIG, DATA, INPUTS, command, path


@command(
    "table", "merge scores into one table", ("name", {}), CONFIG, INPUTS, DATA, path("--out", "CSV")
)
def table(args: argparse.Namespace) -> None:
    from acgan.data import packed
    from acgan.io.files import replacing
    from acgan.tables.tables import TABLES

    names = {entry.id: entry.name for entry in packed.read_index(args.data)}
    result = TABLES[args.name](read_config(args.config), args.inputs, names)
    with replacing(args.out) as temporary:
        result.to_csv(temporary, index=False)


@command(
    "sheet",
    "put thumbnails on a sheet",
    ("name", {}),
    CONFIG,
    INPUTS,
    DATA,
    path("--out", "CSV that describes the tiles"),
    path("--sheets", "WebP files", nargs="+"),
)
def sheet(args: argparse.Namespace) -> None:
    from acgan.tables.sheets import Sources, write_sheet

    sources = Sources(read_config(args.config), args.inputs, args.data)
    write_sheet(args.name, sources, args.out, args.sheets)
