"""What a trainer leaves in its model's state/ folder for others: how far it is, and how often it
was started without getting further.
"""

import time
from pathlib import Path

from acgan.io.errors import UserError
from acgan.io.files import read_json, write_json

EVERY_SECONDS = 10  # between two records


def record(
    state: Path, step: int, steps: int, seconds_per_step: float | None, always: bool = False
) -> None:
    """Say how far training is, at most every EVERY_SECONDS unless `always`."""
    path = state / "progress.json"
    if (
        always
        or not path.exists()
        or time.time() - path.stat().st_mtime > EVERY_SECONDS
        or step == steps
    ):
        write_json(path, {"step": step, "steps": steps, "seconds_per_step": seconds_per_step})


def leave(state: Path) -> None:
    """Say that the trainer left before the end, so that its last record is not taken for one at
    work.
    """
    path = state / "progress.json"
    if path.exists():
        write_json(path, read_json(path) | {"left": True})


def count_start(state: Path, name: str, step: int, most: int | None) -> None:
    """Count the starts in a row at the same step.

    Raises UserError where there were `most` of them before this one: a job that is queued again and
    again would otherwise never end.
    """
    path = state / "starts.json"
    last = read_json(path) if path.exists() else {}
    starts = last["starts"] + 1 if last.get("step") == step else 1
    if most is not None and starts > most:
        raise UserError(
            f"{name} was started {most} times without getting past step {step}: given up. See its "
            f"log and that of its job (time limit, memory?); to try again remove {path}"
        )
    write_json(path, {"step": step, "starts": starts})
