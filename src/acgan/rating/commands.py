"""Subcommand: people as judges."""

import argparse
from pathlib import Path

from acgan.config.reading import read_config
from acgan.io.command import command, path, positive
from acgan.io.errors import UserError
from acgan.io.words import counted


@command(
    "rate",
    "make a page on which people name samples and real images, or collect what they saved",
    path("results", "results/<experiment>, as it lies after a run"),
    path(
        "--collect", "files that people saved on its page", nargs="+", metavar="CSV", default=None
    ),
    ("--suite", {"help": "whose samples; default: of the role rated, else large, else the first"}),
    (
        "--pictures",
        {"type": positive(int), "default": 60, "help": "how many; default: 60, half of them real"},
    ),
    ("--seed", {"type": int, "default": 0, "help": "another seed is another page"}),
)
def rate(args: argparse.Namespace) -> None:
    from acgan.config.spec import whole_config
    from acgan.declarations.roles import suites_in
    from acgan.rating.answers import collect
    from acgan.rating.page import write_page
    from acgan.rating.pictures import chosen

    file = args.results / "config.json"
    if not file.is_file():
        raise UserError(f"{args.results} is no results folder: it has no config.json")
    config = whole_config(read_config(file))
    name = config["experiment"]
    again = "" if name == "demo" else f" --configfile config/{name}.yaml"
    if args.collect:
        out, people, answers = collect(config, args.results, args.collect)
        of = f"{counted(people, 'person', 'people')}, {counted(answers, 'answer')}"
        print(f"wrote {out}: {of}; draw it with")
        print(f"    snakemake human_check{again}")
        return
    named = [s for role in ("rated", "large") for s in suites_in(config, role)]
    suite = args.suite or (named or list(config["suites"]))[0]
    if suite not in config["suites"]:
        raise UserError(f"there is no suite {suite}; there are: {', '.join(config['suites'])}")
    if args.pictures < 2:
        raise UserError("--pictures: two at least")
    pictures = chosen(config, args.results, suite, args.pictures, args.seed)
    page = write_page(config, args.results, suite, pictures)
    real = sum(p.kind == "real" for p in pictures)
    print(f"wrote {page}: {len(pictures)} pictures, {real} of them real")
    if not real:
        shown = config["report"]["real_photos"]
        print(
            f"no real images, since report.real_photos is {shown}, so it asks for the class alone"
        )
    print("give this one file to people (not the key.csv beside it); each saves a CSV; then")
    print(f"    acgan rate {Path(args.results)} --collect *.csv")
