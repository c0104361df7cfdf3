"""The command line: one subcommand per arrow of the pipeline, with explicit input and output paths.

Each is declared in the module `commands` of the package that it runs (io/command.py).
"""

import argparse
import os
import select
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from acgan.io.command import COMMANDS, answered

# In the order of the pipeline, which is that of the help.
PACKAGES = (
    "config",
    "workflow",
    "speed",
    "data",
    "groups",
    "judges",
    "training",
    "samples",
    "scores",
    "tables",
    "figures",
    "report",
    "rating",
    "take_away",
    "compare",
    "verify",
)
ABOUT = (
    "AC-GAN (arXiv 1610.09585), reproduced. One subcommand per step of the pipeline, in its order; "
    "Snakemake runs them all: `snakemake`, `snakemake figure_04`."
)
# What a name of two words begins with.
GROUPS = {
    "clean": "free disk space",
    "config": "check, resolve and document experiment files",
    "data": "what an experiment needs before it starts",
}
# The exit status when nobody reads the output: a shell's word for a program that SIGPIPE ended.
UNREAD = 141


def parser() -> argparse.ArgumentParser:
    """All subcommands; `acgan COMMAND --help` explains each argument."""
    for package in PACKAGES:
        import_module(f"acgan.{package}.commands")
    top = argparse.ArgumentParser("acgan", description=ABOUT)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    groups: dict[str, Any] = {}
    for command in COMMANDS.values():
        group, _, action = command.name.rpartition(" ")
        if group and group not in groups:
            whole = commands.add_parser(group, help=GROUPS[group])
            groups[group] = whole.add_subparsers(dest="action", required=True, metavar="ACTION")
        where = groups[group] if group else commands
        one = where.add_parser(action, help=command.about, description=command.about)
        for flag, options in command.arguments:
            one.add_argument(flag, **options)
        one.set_defaults(run=command.run)
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run a subcommand; a user's mistake is one line per problem and status 2."""
    return to_a_reader(lambda: carried_out(parser().parse_args(arguments)))


def carried_out(args: argparse.Namespace) -> int:
    """Run what the arguments name; its exit status."""
    from acgan.workflow.checkout import check_own_code

    def read_config() -> dict[str, Any]:
        from acgan.config.reading import read_config

        return read_config(args.config)

    args.read_config = read_config  # for commands of packages that a config is made from

    def run() -> int | None:
        check_own_code()
        return args.run(args)

    return answered(run)


def to_a_reader(act: Callable[[], int]) -> int:
    """The status of `act`; UNREAD, without a word, when the reader of our output leaves."""
    try:
        try:
            return act()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        output = sys.stdout.fileno()
        poll = select.poll()
        poll.register(output, select.POLLOUT)
        if not any(events & select.POLLERR for _, events in poll.poll(0)):
            raise  # another pipe
        # What is still to be written goes nowhere: Python would complain of it at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), output)
        return UNREAD


if __name__ == "__main__":
    sys.exit(main())
