"""The picture of a run from its files alone, wherever it runs: `acgan status --watch`."""

import contextlib
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import torch
from rich.console import Console
from rich.live import Live

from acgan.config.resolve import Config
from acgan.declarations.items import items_of
from acgan.io.errors import UserError
from acgan.speed.record import Record, read
from acgan.workflow import cost, status
from acgan.workflow.picture import Training, Whole, left, line, percent, picture
from acgan.workflow.screen import STDOUT, is_terminal
from acgan.workflow.status import DONE, FAILED, RUNNING, STOPPED, Made, State
from acgan.workflow.work import JOB_SECONDS

JOBS_OF_A_MODEL = 3  # train, sample, score


class Look(NamedTuple):
    """What the files say."""

    whole: Whole
    models: list[Training]
    others: list[str]
    report: Path | None  # where everything is there

    @property
    def lines(self) -> list[str]:
        """The same for where nothing can be drawn."""
        told = f"{self.whole.name}: {percent(self.whole.fraction)}, {self.whole.told}"
        return [told, *map(line, self.models), *self.others]


def training(s: State, batch: int) -> Training:
    per_step = s.seconds_per_step
    if not per_step:
        return Training(s.name, s.step, s.steps, None, None)
    return Training(s.name, s.step, s.steps, batch / per_step, (s.steps - s.step) * per_step)


def fraction(
    config: Config, found: dict[str, list[State]], there: Made, steps: dict[str, float]
) -> float:
    """What is done of the whole experiment, weighed as in `acgan.workflow.work`; `steps` are
    seconds a step.
    """
    every = [(suite, s) for suite, models in found.items() for s in models]
    trained = sum(steps[suite] * s.step for suite, s in every)
    to_train = sum(steps[suite] * s.steps for suite, s in every)
    begun = sum(s.state in (DONE, RUNNING) for _, s in every)
    done = begun + (JOBS_OF_A_MODEL - 1) * there.scored + there.drawn + there.report
    jobs = JOBS_OF_A_MODEL * len(every) + len(items_of(config)) + 1
    return (trained + JOB_SECONDS * done) / (to_train + JOB_SECONDS * jobs)


def others(config: Config, every: list[State], there: Made) -> list[str]:
    """What is made of the models, and which of them failed or were stopped."""
    failed = [(s.name, s.why or ("see its log",)) for s in every if s.state == FAILED]
    return [
        status.made_line(config, there, len(every)),
        *(f"FAILED {name}: {why[-1]}" for name, why in failed),
        *(status.stopped_line(s) for s in every if s.state == STOPPED),
    ]


def look(config: Config, results: Path, record: Record | None, steps: dict[str, float]) -> Look:
    """At the files once; `steps` are seconds a step, by suite."""
    found = status.states(config, results)
    every = [s for models in found.values() for s in models]
    there = status.made(config, results, every)
    is_over = there.report and all(s.state in (DONE, FAILED) for s in every)
    time_left = status.training_left(found, status.expected_steps(config, record))
    whole = Whole(
        config["experiment"],
        1.0 if is_over else fraction(config, found, there, steps),
        f"{sum(s.state == DONE for s in every)} of {len(every)} models trained",
        f"training: {left(time_left[0])}" if time_left else "",
    )
    running = [
        training(s, config["suites"][suite]["training"]["batch_size"])
        for suite, models in found.items()
        for s in models
        if s.state == RUNNING
    ]
    page = there.page.absolute() if is_over else None
    return Look(whole, running, others(config, every, there), page)


def looks(config: Config, results: Path, every: float) -> Iterator[Look]:
    """One every so many seconds, until all of it is there."""
    record = read()
    steps = cost.step_seconds(config, results, torch.cuda.is_available())
    while True:
        # A file may be gone between two questions: the next look sees the one in its place.
        with contextlib.suppress(UserError):
            seen = look(config, results, record, steps)
            yield seen
            if seen.report:
                return
        time.sleep(every)


def draw(seen: Iterable[Look]) -> None:
    console = Console()
    with Live(console=console, auto_refresh=False) as live:
        for each in seen:
            drawn = picture(each.whole, each.models, each.others, console.height)
            live.update(drawn, refresh=True)
    print(f"The report: {each.report}")


def write(seen: Iterable[Look]) -> None:
    """In lines, of which those that are new are written."""
    before: list[str] = []
    for each in seen:
        for text in each.lines:
            if text not in before:
                print(text, flush=True)
        before = each.lines
    print(f"The report: {each.report}")


def watch(config: Config, results: Path, every: float) -> None:
    """Show it every so many seconds, until all of it is there or Ctrl-C."""
    with contextlib.suppress(KeyboardInterrupt):
        (draw if is_terminal(STDOUT) else write)(looks(config, results, every))
