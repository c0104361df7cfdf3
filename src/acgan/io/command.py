"""Subcommands of `acgan`: each is declared beside what it runs, and cli.py collects them.

    @command("status", "say how far an experiment is", CONFIG, RESULTS)
    def status(args: argparse.Namespace) -> None:
        ...

A function imports what is slow to load inside, so that `acgan --help` needs nothing and a GPU host
needs no more than training does.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from acgan.io.errors import UserError

Argument = tuple[str, dict[str, Any]]  # a flag or name, and its options for argparse
Run = Callable[[argparse.Namespace], int | None]


class Command(NamedTuple):
    """One subcommand; a name of two words, "config check", is an action of a group."""

    name: str
    about: str
    arguments: tuple[Argument, ...]
    run: Run


COMMANDS: dict[str, Command] = {}


def command(name: str, about: str, *arguments: Argument) -> Callable[[Run], Run]:
    """Declare the function below as the subcommand `name`."""

    def declared(run: Run) -> Run:
        COMMANDS[name] = Command(name, about, arguments, run)
        return run

    return declared


def answered(run: Callable[[], int | None]) -> int:
    """The exit status of `run`; a user's mistake is one line per problem and status 2."""
    try:
        return run() or 0
    except UserError as error:
        for line in str(error).splitlines():
            print(f"error: {printable(line)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted; repeat the command to go on", file=sys.stderr)
        return 130


def printable(line: str) -> str:
    """A line without what would steer a terminal: a stranger's file may have told parts of it."""
    return "".join(c if c.isprintable() else "?" for c in line)


def path(flag: str, text: str, **more: Any) -> Argument:
    """A path; one that is a flag is required unless it has a default."""
    required = {"required": True} if flag.startswith("--") and "default" not in more else {}
    return flag, {"type": Path, "help": text, **required, **more}


def required(flag: str, text: str, **more: Any) -> Argument:
    """A flag that must be given."""
    return flag, {"required": True, "help": text, **more}


def positive(kind: Callable[[str], Any]) -> Callable[[str], Any]:
    """An argument's type: a number above 0."""

    def number(text: str) -> Any:
        value = kind(text)
        if value <= 0:
            raise argparse.ArgumentTypeError(f"{text} is not above 0")
        return value

    return number


# Arguments that several subcommands share.
CONFIG = path(
    "--config", "an experiment (config/demo.yaml) or a resolved results/<experiment>/config.json"
)
RESULTS = path("--results", "default: results/<experiment>", default=None)
DATA = path("--data", "folder of packed training images, as data/digits/32")
GROUPS = path("--groups", "groups.csv of the suite")
SUITE = required("--suite", "its name in the config's `suites`")
DATASET = required("--dataset", "its name in the config's `datasets`")
JUDGE = required("--judge", "its name in the config's `judges`")
JUDGE_WEIGHTS = path(
    "--judge-weights",
    "weights of the judge; default: where the config says, or its package",
    default=None,
)
MODELS = required("--models", "as main_32/g000", nargs="+", metavar="SUITE/ID")
TRAINED = path("--weights", "folder of trained models, as results/demo/models")
INPUTS = path("--inputs", "files to merge", nargs="*")
