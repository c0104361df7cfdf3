"""Subcommand: whether results are what they say."""

import argparse
import random
import re
from pathlib import Path
from typing import Any

from acgan.io.command import command, path, positive, printable
from acgan.io.errors import UserError

ROOT = Path(__file__).parents[3]
NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,99}")


def other_commit(results: Path) -> str | None:
    """That the report was made by other code, so that it may differ by that alone."""
    from acgan.io.files import read_json
    from acgan.training.provenance import commit

    file = results / "report/summary.json"
    theirs, here = read_json(file)["commit"] if file.is_file() else None, commit()
    if theirs in (None, here):
        return None
    return f"The report was made by commit {theirs}, this is {here}: files of report/ may differ"


def check_names(config: dict[str, Any], file: Path) -> None:
    """Raise UserError for a name that is none: a stranger's become paths here."""
    sets = [suite["dataset"] for suite in config["suites"].values()]
    for name in [
        config["experiment"],
        *config["suites"],
        *config["judges"],
        *config["datasets"],
        *sets,
    ]:
        if not NAME.fullmatch(str(name)):
            raise UserError(
                f"{file}: {name!r} is no name of an experiment, suite, judge or data set"
            )


@command(
    "verify",
    "make results again, link by link, and say what is the same; status 1 where something differs",
    path("results", "results/<experiment>"),
    (
        "--models",
        {"type": positive(int), "default": 3, "help": "so many, drawn at random; default: 3"},
    ),
    ("--seed", {"type": int, "default": None, "help": "of that draw; default: another each time"}),
    path("--data", "packed data, where it is at hand; default: data", default=Path("data")),
    path("--out", "the page; default: results/<experiment>/verify.html", default=None),
)
def verify(args: argparse.Namespace) -> int:
    from tqdm import tqdm

    from acgan.config.reading import read_config
    from acgan.config.resolve import models
    from acgan.verify import chain, page
    from acgan.verify.files import DIFFERS, NOT_HERE
    from acgan.verify.place import place_of

    if not (args.results / "config.json").is_file():
        raise UserError(f"{args.results} is no results folder: it has no config.json")
    if not (ROOT / "notebooks").is_dir():
        raise UserError("verify runs this project's notebooks, so it needs a checkout of it")
    config = read_config(args.results / "config.json")
    check_names(config, args.results / "config.json")
    known = sorted(
        f"{suite}/{m.id}"
        for suite in config["suites"]
        for m in models(config, suite)
        if (args.results / "models" / suite / m.id / "provenance.json").is_file()
    )
    drawn = random.Random(args.seed).sample(known, min(args.models, len(known)))
    out = args.out or args.results / "verify.html"
    out, found = out.absolute(), []
    with place_of(config, args.results, args.data) as place, tqdm(unit="file", disable=None) as bar:
        for finding in chain.links(place, sorted(drawn), ROOT):
            found.append(finding)
            bar.update()
            if finding.verdict == DIFFERS and not bar.disable:
                bar.write(printable(f"{finding.file}: {finding.verdict} ({finding.said})"))
        files = {p for p in place.given.rglob("*") if p.is_file() and p != out}
        checked = {place.given / f.file for f in found if f.verdict != NOT_HERE}
    unchecked = len(files - checked)
    if said := other_commit(args.results):
        print(said)
    page.write(str(args.results), found, sorted(drawn), unchecked, out)
    print("\n".join(map(printable, page.said(found, unchecked).splitlines())))
    print(f"The page: {out}")
    return int(any(f.verdict == DIFFERS for f in found))
