"""How a trainer is asked to stop: by a signal, or by a time budget that counts from its start."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

LOADED = time.monotonic()  # as near to the start of the process as can be known everywhere
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)


@contextlib.contextmanager
def stop_signals() -> Iterator[list[str]]:
    """A list that names the signal once SIGTERM, SIGINT or SIGUSR1 has come.

    The loop looks at it after each step.
    """
    reasons: list[str] = []
    before = {
        s: signal.signal(s, lambda number, _: reasons.append(signal.Signals(number).name))
        for s in STOP_SIGNALS
    }
    try:
        yield reasons
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def started_seconds_ago() -> float:
    """Seconds since this process was started: loading libraries counts against a time budget."""
    try:
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, AttributeError):  # not on Linux
        return time.monotonic() - LOADED
