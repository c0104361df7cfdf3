"""Subcommands: check, resolve and document experiment files."""

import argparse
import json
from pathlib import Path

from acgan.io.command import CONFIG, command, path, required

FILES = path("files", "experiment files; later ones over earlier ones", nargs="+")
MODEL = required("--model", "suite/id, as in main_32/g000")


@command("config check", "check an experiment file and say what is wrong with it", FILES)
def check(args: argparse.Namespace) -> None:
    from acgan.config import loading, resolve
    from acgan.io.words import counted

    config = loading.load(args.files)
    models = sum(len(resolve.models(config, s)) for s in config["suites"])
    print(
        f"{', '.join(map(str, args.files))}: experiment {config['experiment']}, "
        f"{counted(len(config['suites']), 'suite')}, {counted(models, 'model')}: "
        "all keys are right"
    )


@command(
    "config resolve",
    "print the config with every default filled in, as JSON",
    FILES,
    path(
        "--out", "write it here instead, without what is the default: what jobs read", default=None
    ),
)
def resolve(args: argparse.Namespace) -> None:
    from acgan.config import loading
    from acgan.config.spec import short_config
    from acgan.io.files import write_json

    config = loading.load(args.files)
    if args.out:
        write_json(args.out, short_config(config))
    else:
        print(json.dumps(config, indent=1))


@command("config spec", "print all that training one model depends on, as JSON", CONFIG, MODEL)
def spec(args: argparse.Namespace) -> None:
    from acgan.config.reading import read_spec

    print(json.dumps(read_spec(args.config, args.model)[1], indent=1))


@command(
    "config docs",
    "write config/README.md, the JSON schema and docs/open_points.md",
    path("--root", "the project's folder", default=Path()),
)
def docs(args: argparse.Namespace) -> None:
    from acgan.config import docs

    docs.write(args.root)
