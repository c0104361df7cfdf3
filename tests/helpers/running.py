"""The project's files, and Snakemake run on them at toy settings in a folder of a test's."""

import contextlib
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache"
# Nothing is written outside the project: programs that keep caches and run files in the home folder
# get folders here.
for variable in (
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "IPYTHONDIR",
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_RUNTIME_DIR",
    "JUPYTER_DATA_DIR",
    "MPLCONFIGDIR",
):
    folder = CACHE / "home" / variable.lower()
    folder.mkdir(parents=True, exist_ok=True)
    os.environ[variable] = str(folder)

TOY = [ROOT / "config/demo.yaml", ROOT / "tests/toy.yaml"]
BIN = Path(sys.executable).parent
# Runs see the code, and work themselves, in folders whose names a shell would take for something
# else. Where jobs are submitted, Snakemake cannot have quotes in them.
UNPLEASANT = 'it\'s $5 & "more"; (a *)'
PRICE = "price $5; (a *)"
CODE = CACHE / "unpleasant" / PRICE


def snakemake_command(
    folder: Path, *arguments: str, configs: list[Path] | None = None
) -> list[str]:
    """A Snakemake on the project's workflow that works in another folder."""
    CODE.parent.mkdir(exist_ok=True)
    with contextlib.suppress(FileExistsError):
        CODE.symlink_to(ROOT, target_is_directory=True)
    return [
        str(BIN / "snakemake"),
        "--snakefile",
        str(CODE / "Snakefile"),
        "--directory",
        str(folder),
        *arguments,
        "--workflow-profile",
        str(CODE / "profiles/default"),
        "--configfile",
        *map(str, configs or TOY),
    ]


def snakemake(folder: Path, *arguments: str, configs: list[Path] | None = None, **options):
    """Run it to its end; its output is text in `.stdout`."""
    return subprocess.run(
        snakemake_command(folder, *arguments, configs=configs),
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        **options,
    )


def processes_of(folder: Path) -> list[psutil.Process]:
    """Those that work in a folder, or below it, whoever their parents are."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if folder in (place := Path(process.cwd()), *place.parents):
                found.append(process)
    return found


def end_all_in(folder: Path) -> None:
    """End what is at work in a folder."""
    while left := processes_of(folder):
        for process in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        time.sleep(0.3)


def job_counts(told: str) -> dict[str, int]:
    """{rule: jobs} of the table that a dry run prints."""
    table = re.search(r"^job +count\n-.*\n((?:\S+ +\d+\n)+)", told, re.M)
    found = dict(line.split() for line in table.group(1).splitlines()) if table else {}
    return {rule: int(n) for rule, n in found.items()}


def jobs(output: str) -> dict[str, int]:
    """{rule: jobs} of a dry run."""
    ours = {"total", "default", "all", "report"}
    return {rule: n for rule, n in job_counts(output).items() if rule not in ours}
