"""What a trainer tells while it works, and how it is told to stop."""

import contextlib
import os
import re
import resource
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch

from acgan.io.errors import UserError

Log = Callable[[int, dict[str, float]], None]
LOADED = time.monotonic()  # as near to the start of the process as can be told everywhere
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)


@contextlib.contextmanager
def stop_signals() -> Iterator[list[str]]:
    """A list that names the signal once SIGTERM, SIGINT or SIGUSR1 has come; the loop looks at
    it after each step.
    """
    told: list[str] = []
    before = {
        s: signal.signal(s, lambda number, _: told.append(signal.Signals(number).name))
        for s in STOP_SIGNALS
    }
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def print_status(
    name: str, row: list[float], steps: int, batch: int, done: int, seconds: float
) -> None:
    """One line: step, losses, D's accuracies, speed, time left, memory. `done` steps took
    `seconds` in this process.
    """
    left = (steps - row[0]) * seconds / done
    print(
        f"{name}: step {row[0]:.0f}/{steps}  D {row[1]:.3f}  G {row[2]:.3f}  real {row[3]:.2f}  "
        f"fake {row[4]:.2f}  class {row[5]:.2f} {row[6]:.2f}  {done * batch / seconds:.0f} img/s  "
        f"{1000 * seconds / (done * batch):.2f} s/kimg  {peak_memory_mb():.0f} MB  "
        f"left {left // 3600:.0f}:{left // 60 % 60:02.0f}:{left % 60:02.0f}",
        flush=True,
    )


def peak_memory_mb() -> float:
    """Peak memory of the device when it is a GPU, else of this process."""
    if torch.cuda.is_available() and torch.cuda.max_memory_allocated():
        return torch.cuda.max_memory_allocated() / 1e6
    try:  # ru_maxrss would do elsewhere, but a child inherits it from its parent
        peak = re.search(r"^VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.M)
        return int(peak.group(1)) * 1024 / 1e6  # type: ignore[union-attr]
    except (OSError, AttributeError):  # not on Linux
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def started_seconds_ago() -> float:
    """Seconds since this process was started: loading libraries counts against a time budget."""
    try:
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, AttributeError):  # not on Linux
        return time.monotonic() - LOADED


@contextlib.contextmanager
def training_log(wanted: bool, out: Path, step: int) -> Iterator[Log]:
    """A function (step, values by name) that writes TensorBoard's log under
    `out`/state/tensorboard.

    What an interrupted run wrote after `step` is superseded. Does nothing unless `wanted`.
    """
    if not wanted:
        yield lambda step, values: None
        return
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise UserError(
            "runtime.tensorboard needs the package tensorboard: pip install tensorboard, or set it "
            "to false"
        ) from error
    with SummaryWriter(str(out / "state" / "tensorboard"), purge_step=step + 1) as writer:

        def log(step: int, values: dict[str, float]) -> None:
            for name, value in values.items():
                writer.add_scalar(name, value, step)

        yield log
