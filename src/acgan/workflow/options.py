"""Texts of commands: options that may be left out, and what stands before every command.

In a command, `:q` quotes what it gets. Those of models.smk and data.smk get names, which the config
restricts, and paths made of them; they have no `:q`, since Snakemake takes another text for another
command: it would train and pack again. What a user names, such as a file of weights, is quoted
here.
"""

import shlex
import sys
from pathlib import Path


def option(flag: str, path: object) -> str:
    """A flag with a path; nothing where there is none."""
    return f"{flag} {shlex.quote(str(path))}" if path else ""


def environment(in_job: bool) -> str:
    """What stands before every command; braces are doubled, since it is a pattern of Snakemake's.

    `acgan` is the one installed beside this Snakemake, whether or not its environment is activated.
    Programs that want to keep something in a home folder which cannot be written to keep it here.
    """
    beside = shlex.quote(f"{Path(sys.executable).parent}:")
    prefix = f'set -euo pipefail; export PATH={beside}"$PATH" PYTHONUNBUFFERED=1; '
    prefix += '[ -w "${HOME:-}" ] || export HOME="$PWD/.snakemake/home"; '
    prefix += "export ACGAN_IN_JOB=1; " if in_job else ""
    return prefix.replace("{", "{{").replace("}", "}}")
