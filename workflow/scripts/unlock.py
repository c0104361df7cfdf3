"""Remove the lock that a killed Snakemake left in this folder, unless a Snakemake of this folder
still lives, or the lock is of another machine that shares this disk.

    python workflow/scripts/unlock.py [arguments for `snakemake --unlock`]

A Snakemake that was killed with -9 cannot release its lock, and every later one would refuse to
start.
"""

import socket
import subprocess
import sys
from pathlib import Path

import psutil


def living(folder: Path) -> list[int]:
    """Process ids of the Snakemakes that may hold the lock of `folder`. Those inside a job do not:
    one that a cancelled job has left behind is no reason to wait.
    """
    found = []
    for process in psutil.process_iter(["pid", "cmdline"]):
        command = process.info["cmdline"] or []
        if "--nolock" in command:
            continue
        if any(Path(part).name == "snakemake" for part in command[:3]):
            try:
                if Path(process.cwd()) == folder:
                    found.append(process.pid)
            except psutil.Error:
                continue
    return found


def main() -> int:
    folder = Path.cwd()
    if not any((folder / ".snakemake" / "locks").glob("*")):
        return 0
    owner = folder / ".snakemake" / "host"  # written by onstart in workflow/rules/common.smk
    if owner.is_file() and owner.read_text() != socket.gethostname():
        print(
            f"error: a Snakemake on {owner.read_text()} has locked this folder; wait for it, or if "
            f"it lives no longer: snakemake --unlock",
            file=sys.stderr,
        )
        return 1
    pids = living(folder)
    if pids:
        print(
            f"error: a Snakemake is at work in this folder (process {pids[0]}); wait for it or "
            f"stop it",
            file=sys.stderr,
        )
        return 1
    print("a Snakemake that was killed left this folder locked; unlocking")
    snakemake = Path(sys.executable).parent / "snakemake"
    return subprocess.run([snakemake, "--unlock", *sys.argv[1:]], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
