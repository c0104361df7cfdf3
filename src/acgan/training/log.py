"""What a trainer tells while it works: lines in the log, and TensorBoard's log for those who want
it.
"""

import contextlib
import re
import resource
from collections.abc import Callable, Iterator
from pathlib import Path

import torch

from acgan.io.errors import UserError

Log = Callable[[int, dict[str, float]], None]


def print_status(
    name: str,
    values: dict[str, float],
    line: str,
    steps: int,
    batch: int,
    done: int,
    seconds: float,
) -> None:
    """One line: step, losses, the system's own columns, speed, time left, memory.

    `values` are a row of training.csv, `line` says how the system shows its part of it; `done`
    steps took `seconds` in this process.
    """
    left = (steps - values["step"]) * seconds / done
    print(
        f"{name}: step {values['step']:.0f}/{steps}  D {values['discriminator_loss']:.3f}  "
        f"G {values['generator_loss']:.3f}  {line.format(**values)}  "
        f"{done * batch / seconds:.0f} img/s  {1000 * seconds / (done * batch):.2f} s/kimg  "
        f"{peak_memory_mb():.0f} MB  left {left // 3600:.0f}:{left // 60 % 60:02.0f}:"
        f"{left % 60:02.0f}",
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
