"""Subcommands: from published archives to packed arrays."""

import argparse
from typing import Any

from acgan.io.command import CONFIG, DATASET, command, path, required
from acgan.io.errors import UserError


def dataset_of(args: argparse.Namespace) -> dict[str, Any]:
    config = args.read_config()
    if args.dataset not in config["datasets"]:
        known = ", ".join(config["datasets"])
        raise UserError(f"the config has no data set {args.dataset}; it has {known}")
    return config["datasets"][args.dataset]


@command(
    "fetch",
    "download a data set's archives, or check those that are there; repeating goes on",
    CONFIG,
    DATASET,
    path("--out", "archives.csv to write, as data/<dataset>/archives.csv"),
)
def fetch(args: argparse.Namespace) -> None:
    from acgan.data import raw

    raw.fetch(dataset_of(args), args.out)


@command(
    "pack",
    "pack a data set at some sides: <side>/<class>.npy and <side>/index.csv",
    CONFIG,
    DATASET,
    required("--sides", "in pixels", type=int, nargs="+", metavar="SIDE"),
    path("--out", "folder of the data set, as data/<dataset>"),
    (
        "--part",
        {
            "type": int,
            "default": 0,
            "metavar": "I",
            "help": "only this part of the classes, from 0",
        },
    ),
    ("--of", {"type": int, "default": 1, "metavar": "N", "help": "parts in all"}),
)
def pack(args: argparse.Namespace) -> None:
    from acgan.data.pack import pack

    pack(dataset_of(args), args.sides, args.out, args.part, args.of)


@command(
    "index",
    "put the parts of a packed data set together",
    CONFIG,
    DATASET,
    path("--parts", "<side>/parts/*.csv, in order", nargs="+"),
    path("--out", "index.csv"),
)
def index(args: argparse.Namespace) -> None:
    from acgan.data.pack import index

    index(dataset_of(args), args.out.parent, args.parts)
