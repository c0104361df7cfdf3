"""Last lines of a failed run: each failed rule, its log, and the reason that the log ends with.

python workflow/scripts/failures.py .snakemake/log/*.snakemake.log
"""

import re
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

# A message may have lines of its own, not indented; the commands of `shell:` come last.
ERROR = re.compile(r"^( *)Error in rule (\w+):\n(.*?)(?=^ *shell:|^ *\[|\Z)", re.M | re.S)
MESSAGE = re.compile(
    r"message: (.*?)(?:For further error details|^ *sbatch call:|^ *jobid:)", re.M | re.S
)
GROUP = re.compile(r"message: Error in group (\w+)\n(?: +log: (.+?)(?: \(check log|\n))?")
# Snakemake drops what an executor says of a group; workflow/rules/start.smk writes it before the
# error.
TOLD = re.compile(r"^group (\w+): (.*?)(?=^\[)", re.M | re.S)
LOGS = re.compile(r" log: (.+?)(?: \(check log|\n)")


class Failure(NamedTuple):
    """A failed job: its rule, its own log, and on a cluster that of the SLURM job around it."""

    rule: str
    log: str
    job_log: str
    message: str  # of the executor, as that of a refused submission


def failures(text: str) -> list[Failure]:
    """The failed jobs in the text of Snakemake's own log, those of a group too, but for those that
    another try fixed.
    """
    groups = [(m.start(), m.group(2) or "", told_before(text, m)) for m in GROUP.finditer(text)]
    found = {}
    for error in ERROR.finditer(text):
        logs = LOGS.search(error.group(3))
        log, _, job_log = (logs.group(1) if logs else "").partition(", ")
        number = re.search(r" jobid: (\d+)\n", error.group(3))
        if number and re.search(rf"^Finished jobid: {number.group(1)} ", text[error.end() :], re.M):
            continue
        message = MESSAGE.search(error.group(3))
        said = message.group(1) if message else ""
        if error.group(1):  # indented: of the last group before it
            before = [group for group in groups if group[0] < error.start()]
            _, job_log, said = before[-1] if before else (0, "", said)
        found[error.group(2), log] = Failure(error.group(2), log, job_log, message_of(said))
    return list(found.values())


def told_before(text: str, group: re.Match[str]) -> str:
    """What the executor said of a group that failed: on the lines just before."""
    for line in TOLD.finditer(text, 0, group.start()):
        if line.group(1) == group.group(1) and text.count("\n", line.end(), group.start()) <= 1:
            return line.group(2)
    return ""


def message_of(said: str) -> str:
    """The line of an executor's message that says most; empty where there is none."""
    lines = said.strip().splitlines()
    errors = [each for each in lines if "error:" in each]
    line = [*errors[-1:], *lines, ""][0].strip(" '.:")
    return "" if line == "None" else line


def lines_of(log: str) -> list[str]:
    try:
        return Path(log).read_text(errors="replace").strip().splitlines()
    except OSError:
        return []


def reason(failure: Failure) -> str:
    """The line that says what went wrong: of the executor where the job never began (its log is of
    an earlier try), else of the job's log, else of SLURM (memory, time), else the log's last.
    """
    if failure.message and not failure.job_log:
        return failure.message
    own, around = lines_of(failure.log), lines_of(failure.job_log)
    errors = [line for line in own if line.startswith("error:")]
    by_slurm = [
        line for line in around if line.startswith(("slurmstepd", "srun")) and "error:" in line
    ]
    never = "it never began: was it refused?" if not around else "it left no log"
    return (errors or by_slurm[:1] or own or [failure.message or never])[-1]


if __name__ == "__main__":
    for path in sys.argv[1:]:
        found = failures(Path(path).read_text(errors="replace"))
        # Of a group all jobs are named as failed, also those that never began.
        began = {f.job_log for f in found if f.job_log and lines_of(f.log)}
        never = Counter(f.message for f in found if f.message and not f.job_log)
        for f in found:
            others = ""
            if f.message and not f.job_log:  # what is said of hundreds of jobs is said once
                alike = never.pop(f.message, 0)
                if not alike:
                    continue
                others = f" and {alike - 1} more" * (alike > 1)
            if others or lines_of(f.log) or f.job_log not in began:
                logs = f"{f.log}, {f.job_log}" if f.job_log else f.log
                print(f"FAILED rule {f.rule}{others}: {reason(f)} (log: {logs})", file=sys.stderr)
