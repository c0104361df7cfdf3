"""How far an experiment is, from its files alone: `acgan status --config config/paper.yaml`."""

import fcntl
import time
from pathlib import Path
from typing import Any, NamedTuple

from acgan.config import resolve
from acgan.declarations.items import items_of
from acgan.figures.notebook import FILES
from acgan.io.files import read_json
from acgan.io.words import counted, duration
from acgan.speed.record import Record

FRESH_SECONDS = 300  # a trainer's record this young is of one that works, on whatever machine
LAST_LINES = 5  # of a failed model's log
DONE, RUNNING, FAILED, STOPPED, WAITING = "done", "running", "failed", "stopped", "to come"


class State(NamedTuple):
    """One model."""

    name: str
    state: str
    step: int
    steps: int
    seconds_per_step: float | None
    why: tuple[str, ...] = ()  # it failed or stopped


def is_held(lock: Path) -> bool:
    """Whether a trainer holds this lock."""
    try:
        with open(lock, "rb") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def state_of(folder: Path, name: str, steps: int, log: Path) -> State:
    """One model, from its folder and its log."""
    state = folder / "state"
    at = read_json(state / "progress.json") if (state / "progress.json").exists() else {}
    step, speed = at.get("step", 0), at.get("seconds_per_step")
    if is_held(state / "lock"):
        return State(name, RUNNING, step, steps, speed)
    if (folder / "weights.safetensors").exists() and (folder / "provenance.json").exists():
        diverged = read_json(folder / "provenance.json").get("diverged")
        if diverged:
            why = (
                f"diverged at step {diverged['step']}; last good checkpoint: step "
                f"{diverged['checkpoint_step']}"
            )
            return State(name, FAILED, diverged["step"], steps, speed, (why,))
        return State(name, DONE, steps, steps, speed)
    fresh = at and time.time() - (state / "progress.json").stat().st_mtime < FRESH_SECONDS
    if fresh and not at.get("left"):
        return State(name, RUNNING, step, steps, speed)
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    if any(line.startswith("error:") or "Traceback" in line for line in lines):
        return State(name, FAILED, step, steps, speed, tuple(lines[-LAST_LINES:]))
    if state.exists():
        return State(name, STOPPED, step, steps, speed, tuple(lines[-1:]))
    return State(name, WAITING, 0, steps, None)


def states(config: dict[str, Any], results: Path) -> dict[str, list[State]]:
    """Every model, by suite."""
    return {
        suite: [
            state_of(
                results / "models" / suite / model,
                f"{suite}/{model}",
                resolve.spec(config, suite, model)["training"]["steps"],
                results / f"logs/train/{suite}/{log}.log",
            )
            for log, ids in resolve.jobs(config, suite).items()
            for model in ids
        ]
        for suite in config["suites"]
    }


def seconds_left(found: list[State], expected: float | None = None) -> float | None:
    """Of training alone, one model after another at the mean speed so far; before there is any, at
    so many seconds a step as are expected.

    None where nothing is known.
    """
    speeds = [s.seconds_per_step for s in found if s.seconds_per_step]
    mean = sum(speeds) / len(speeds) if speeds else expected
    if mean is None:
        return None
    left = [s for s in found if s.state not in (DONE, FAILED)]
    return sum((s.steps - s.step) * (s.seconds_per_step or mean) for s in left)


def expected_steps(config: dict[str, Any], record: Record | None) -> dict[str, float]:
    """Seconds a step of each suite, as `acgan speed` measured them."""
    found = {}
    for suite in config["suites"] if record else ():
        spec = resolve.spec(config, suite, resolve.models(config, suite)[0].id)
        rate = record and record.rate(spec)
        if rate:
            found[suite] = spec["training"]["batch_size"] / rate.images_per_second
    return found


def training_left(
    found: dict[str, list[State]], expected: dict[str, float]
) -> tuple[float, int] | None:
    """Seconds of training that are left, and with how many models at once; None where that is not
    known, or nothing is left.
    """
    known = [
        seconds_left(models, expected.get(suite))
        for suite, models in found.items()
        if any(s.state not in (DONE, FAILED) for s in models)
    ]
    if not known or None in known:
        return None
    at_once = max(1, sum(s.state == RUNNING for models in found.values() for s in models))
    return sum(filter(None, known)) / at_once, at_once


class Made(NamedTuple):
    """What is there beside models."""

    scored: int  # models
    drawn: int  # figures and tables
    page: Path  # the report
    report: bool


def made(config: dict[str, Any], results: Path, every: list[State]) -> Made:
    scored = sum((results / "scores" / s.name / "ms_ssim.csv").exists() for s in every)
    drawn = [
        item for item in items_of(config) if (results / f"figures/{item}/{FILES[-1]}").exists()
    ]
    there = (results / "report/summary.json").exists()
    return Made(scored, len(drawn), results / "report/index.html", there)


def made_line(config: dict[str, Any], there: Made, models: int) -> str:
    return (
        f"scored: {there.scored} of {counted(models, 'model')}; figures and tables: {there.drawn} "
        f"of {len(items_of(config))}; report: {there.page if there.report else 'to come'}"
    )


def stopped_line(s: State) -> str:
    return f"stopped  {s.name} at step {s.step} of {s.steps}: repeating the command goes on"


def lines(config: dict[str, Any], results: Path, record: Record | None = None) -> list[str]:
    """The overview as text; of suites that have not begun by what `acgan speed` measured."""
    found = states(config, results)
    expected = expected_steps(config, record)
    order = (DONE, RUNNING, STOPPED, FAILED, WAITING)
    head = ("suite", "models", *order, "images/s", "training left")
    rows: list[tuple[str, ...]] = [head]
    for suite, models in found.items():
        batch = config["suites"][suite]["training"]["batch_size"]
        speeds = [batch / s.seconds_per_step for s in models if s.seconds_per_step]
        left = seconds_left(models, expected.get(suite))
        if speeds:
            shown = f"{sum(speeds) / len(speeds):,.0f}"
        else:
            shown = f"~{batch / expected[suite]:,.0f}" if suite in expected else ""
        rows.append(
            (
                suite,
                str(len(models)),
                *(str(sum(s.state == o for s in models)) for o in order),
                shown,
                "" if left is None else duration(left),
            )
        )
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    text = [
        "  ".join(
            c.ljust(w) if i == 0 else c.rjust(w)
            for i, (c, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    if record and any("~" in row[-2] for row in rows):
        text.append(f"~ as `acgan speed` measured it on {record.device} ({record.file})")
    every = [s for models in found.values() for s in models]
    running = [s for s in every if s.state == RUNNING]
    for s in running:
        pace = (
            ""
            if s.seconds_per_step is None
            else f", {duration((s.steps - s.step) * s.seconds_per_step)} left"
        )
        text.append(f"running  {s.name}: step {s.step} of {s.steps}{pace}")
    for s in every:
        if s.state == STOPPED:
            text.append(stopped_line(s))
        if s.state == FAILED:
            text += [f"FAILED   {s.name}", *(f"    {line}" for line in s.why)]
    if whole := training_left(found, expected):
        text.append(f"training left: {duration(whole[0])} with {whole[1]} at once")
    text.append(made_line(config, made(config, results, every), len(every)))
    return text
