"""Train several models at once on one device, each in a process of its own: `acgan train-together
--suite grid --models g000-s00 g000-s01 ...`.

The paper's 27 settings and 9 restarts are small, equal nets, each of which leaves a large GPU idle.
k processes compute exactly what each would alone, resume by themselves and may fail by themselves;
one batched program of k nets (docs/benchmarks.md compares them) gives none of that.
"""

import importlib
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable

from acgan.training import slurm
from acgan.training.loop import DIVERGED, STOPPED
from acgan.training.signals import STOP_SIGNALS, stop_signals

POLL_SECONDS = 0.2


def train_together(trainers: dict[str, Callable[[], int]], requeue: bool = False) -> int:
    """Run one trainer per model, each in a process, until all have ended.

    A signal to stop is handed on to each. `requeue` has SLURM queue the job again where their time
    budget stopped them. Returns the worst of their statuses: an error, then
    STOPPED (repeat the command), then DIVERGED, then 0.
    """
    # The processes are forked from this one, before it has touched a device: what takes seconds to
    # import is imported once, torch._dynamo too, which Adam's first step asks for.
    importlib.import_module("torch._dynamo")
    context = multiprocessing.get_context("fork")
    with stop_signals() as reasons:
        running = {n: context.Process(target=alone, args=(run,)) for n, run in trainers.items()}
        for process in running.values():
            process.start()
        handed_on = 0
        while any(process.is_alive() for process in running.values()):
            if len(reasons) > handed_on:
                for process in running.values():
                    if process.is_alive():
                        process.terminate()
                handed_on = len(reasons)
            next((p for p in running.values() if p.is_alive()), process).join(POLL_SECONDS)
    statuses = {name: process.exitcode or 0 for name, process in running.items()}
    failed = {n: s for n, s in statuses.items() if s not in (0, STOPPED, DIVERGED)}
    for name, status in failed.items():
        print(
            f"error: {name} ended with status {status}; the others' states are kept",
            file=sys.stderr,
        )
    if failed:
        return max(2, *failed.values())
    if STOPPED in statuses.values() and requeue and not reasons:
        slurm.queue_again()
    return next((s for s in (STOPPED, DIVERGED) if s in statuses.values()), 0)


def alone(run: Callable[[], int]) -> None:
    """The life of one of the processes."""
    os.setsid()  # Ctrl-C reaches the first process alone, which hands it on once
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    sys.exit(run())
