"""What Snakemake says in a run, in words for a terminal: jobs at work, and failures."""

import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

INTERRUPTED = "Terminating processes"  # how Snakemake begins when it was told to stop
# Of use to people though no warning.
TOLD = (INTERRUPTED, "Will exit after", "Trying to restart", "Shutting down")
OF_JOBS = ("RuleException", "SpawnedJobError")  # what a failed job's own line says better
LONG_SECONDS = 20.0  # after which people ask what a job is at
END_BYTES = 4000  # of a log, in which its last line is looked for


def last_line(log: Path) -> str:
    """What a log ends with: its last error, if it has one; empty where there is nothing."""
    try:
        with open(log, "rb") as file:
            file.seek(max(0, log.stat().st_size - END_BYTES))
            lines = file.read().decode(errors="replace").replace("\r", "\n").strip().splitlines()
    except OSError:
        return ""
    errors = [line for line in lines if line.startswith("error:")]
    return ["", *lines, *errors][-1]


class Running:
    """A job that was started or submitted."""

    def __init__(self, record: Any):
        self.said: str = record.rule_msg or record.rule_name
        self.logs = [Path(log) for log in record.log]
        self.is_here: bool = record.local  # and not on a cluster
        self.began = time.monotonic()

    @property
    def line(self) -> str:
        """What it does; of one that takes long, such as a download, also what it said last."""
        if time.monotonic() - self.began < LONG_SECONDS:
            return self.said
        return ": ".join(filter(None, [self.said, *map(last_line, self.logs[:1])]))


def is_of_use(record: logging.LogRecord, text: str) -> str | None:
    """The colour of a message that people want to see at once; None for the others."""
    if getattr(record, "exception", None) in OF_JOBS:
        return None
    if record.levelno >= logging.ERROR:
        return "red"
    return "yellow" if record.levelno >= logging.WARNING or text.startswith(TOLD) else None


def failed_job(error: Mapping[str, Any], job: Running | None, printed: Path) -> str:
    """The line of a failed job: its rule, what it did, why, and its logs, or the file `printed`
    where those say nothing.
    """
    rule, logs = error["rule_name"], list(error["log"])
    told = [line for line in (last_line(Path(log)) for log in logs) if line]
    message = str(error["rule_msg"] or "").strip().splitlines()
    errors = [line for line in message if "error:" in line]
    why = [*told[:1], *errors[:1], *message[:1], "it left no log"][0].strip()
    what = f" ({job.said})" if job and job.said != rule else ""
    seen = ", ".join(logs if told or message else [*logs, str(printed)])
    return f"FAILED rule {rule}{what}: {why} (log: {seen})"


def wrote(logs: list[str]) -> float:
    """When one of some logs was written last."""
    return max((p.stat().st_mtime for p in map(Path, logs) if p.is_file()), default=0.0)


def failed_group(record: Any, running: Mapping[int, Running], printed: Path) -> str:
    """The line of a group of jobs, of which the one that wrote last is the one that failed."""
    error = dict(max(record.job_error_info, key=lambda info: wrote(info["log"])))
    error["log"] = [*error["log"], *record.aux_logs]
    return failed_job(error, running.get(error["jobid"]), printed)
