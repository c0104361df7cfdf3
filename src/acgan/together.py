"""Train several models at once on one device, each in a process of its own: `acgan train-together
--suite grid --models g000-s00 g000-s01 ...`.

The paper's 27 settings and 9 restarts are small, equal nets, each of which leaves a large GPU idle.
k processes compute exactly what each would alone, resume by themselves and may fail by themselves;
one batched program of k nets (docs/benchmarks.md compares them) gives none of that.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

from acgan.status import stop_signals
from acgan.train import DIVERGED, STOPPED

POLL_SECONDS = 0.2


def train_together(commands: dict[str, list[str]]) -> int:
    """Run one `acgan train` per model, given its arguments, until all have ended.

    A signal to stop is handed on to each. Returns the gravest of their statuses: an error, then
    STOPPED (repeat the command), then DIVERGED, then 0.
    """
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with stop_signals() as told:
        running = {
            name: subprocess.Popen(
                [sys.executable, "-m", "acgan.cli", "train", *arguments],
                env=environment,
                start_new_session=True,  # Ctrl-C reaches this process alone, which hands it on once
            )
            for name, arguments in commands.items()
        }
        handed_on = 0
        while any(process.poll() is None for process in running.values()):
            if len(told) > handed_on:
                for process in running.values():
                    if process.poll() is None:
                        process.send_signal(signal.SIGTERM)
                handed_on = len(told)
            try:
                next(p for p in running.values() if p.poll() is None).wait(POLL_SECONDS)
            except (subprocess.TimeoutExpired, StopIteration):
                continue
    statuses = {name: process.returncode for name, process in running.items()}
    failed = {n: s for n, s in statuses.items() if s not in (0, STOPPED, DIVERGED)}
    for name, status in failed.items():
        print(
            f"error: {name} ended with status {status}; the others' states are kept",
            file=sys.stderr,
        )
    if failed:
        return max(2, *failed.values())
    return next((s for s in (STOPPED, DIVERGED) if s in statuses.values()), 0)


def arguments_of(common: list[str], suite: str, model: str, out: Path) -> list[str]:
    """What `acgan train` is told for one model of the suite."""
    return [*common, "--model", f"{suite}/{model}", "--out", str(out / model)]
