"""Timing that survives a noisy machine: the versions take turns, and the best of each counts."""

import time
from collections.abc import Callable

import torch


def best_in_turns(versions: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Seconds of the fastest call of each version; two calls of each before the clock runs."""
    for run in versions.values():
        run(), run()
    seconds = dict.fromkeys(versions, float("inf"))
    for _ in range(rounds):
        for name, run in versions.items():
            synchronise()
            began = time.perf_counter()
            run()
            synchronise()
            seconds[name] = min(seconds[name], time.perf_counter() - began)
    return seconds


def synchronise() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def markdown(rows: list[dict[str, str]]) -> str:
    """A markdown table; all rows have the same columns."""
    columns = list(rows[0])
    lines = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    return "\n".join(lines + ["| " + " | ".join(row[c] for c in columns) + " |" for row in rows])
