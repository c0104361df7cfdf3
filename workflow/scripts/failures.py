"""Last lines of a failed run: each failed rule, its log, and the reason that the log ends with.

python workflow/scripts/failures.py .snakemake/log/*.snakemake.log
"""

import re
import sys
from pathlib import Path


def failures(text: str) -> list[tuple[str, str]]:
    """(rule, path of its log) of each failed job in the text of Snakemake's own log."""
    found = {}
    for rule, block in re.findall(r"Error in rule (\w+):\n((?:    .*\n)+)", text):
        log = re.search(r"    log: (\S+)", block)
        found[rule, log.group(1) if log else ""] = None
    return list(found)


def reason(log: Path) -> str:
    """The line of a job's log that says what went wrong."""
    try:
        lines = log.read_text(errors="replace").strip().splitlines()
    except OSError:
        return "it left no log"
    return next(
        (line for line in reversed(lines) if line.startswith("error:")), lines[-1] if lines else ""
    )


if __name__ == "__main__":
    for path in sys.argv[1:]:
        for rule, log in failures(Path(path).read_text(errors="replace")):
            print(f"FAILED rule {rule}: {reason(Path(log))} (log: {log})", file=sys.stderr)
