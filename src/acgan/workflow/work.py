"""What a run has to do and how much of it is done.

Its measure is seconds of one job. Every job counts JOB_SECONDS, and one that trains also what its
steps take: so many seconds as a step of the suite does (`acgan.workflow.cost`), for the steps that
are left where a model goes on from a checkpoint. So the bar of the paper is nearly all training,
that of the demo half of it, and where nothing is trained it counts jobs.
"""

import contextlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from acgan.config import resolve
from acgan.workflow import jobs
from acgan.workflow.experiment import Experiment

JOB_SECONDS = 5.0  # as most jobs of the demo take, and a trainer until it begins
STEP_SECONDS = 0.1  # until `acgan.workflow.cost` has counted
LEAST_SECONDS, LEAST_FRACTION = 5.0, 0.01  # of a run that says something of the rest


@dataclass
class Model:
    """A model that a job of this run trains."""

    suite: str
    name: str  # suite/id
    steps: int
    batch: int
    file: Path  # where it says how far it is
    known: float | None = None  # when that was written last
    first: int = 0  # the step that this run begins at
    step: int | None = None  # None as long as it has said nothing in this run
    seconds_per_step: float | None = None
    left: bool = False  # it stopped before its end

    def __post_init__(self) -> None:
        step = self.read().get("step", 0)
        # One that was trained to its end is trained anew.
        self.first = step if step < self.steps else 0

    def read(self) -> dict[str, Any]:
        """What the file says, if it is new; a file that is being replaced says nothing."""
        with contextlib.suppress(OSError, ValueError):
            written = self.file.stat().st_mtime
            if written != self.known:
                self.known = written
                return json.loads(self.file.read_text(encoding="utf-8"))
        return {}

    def look(self) -> None:
        """See how far it is."""
        if found := self.read():
            self.step, self.left = found["step"], found.get("left", False)
            self.seconds_per_step = found["seconds_per_step"]
            self.first = min(self.first, found["step"])

    @property
    def is_at_work(self) -> bool:
        return self.step is not None and self.step < self.steps and not self.left

    @property
    def images_per_second(self) -> float | None:
        return self.batch / self.seconds_per_step if self.seconds_per_step else None

    @property
    def seconds_left(self) -> float | None:
        per_step = self.seconds_per_step
        return per_step * (self.steps - (self.step or 0)) if per_step else None


@dataclass
class Job:
    """A job that this run does; `seconds` beside those of its models' steps."""

    rule: str
    seconds: float
    models: list[Model] = field(default_factory=list)
    is_done: bool = False


class Work:
    """All of it, by the jobs' numbers."""

    def __init__(self, planned: dict[int, Job]):
        self.jobs = planned
        self.step_seconds: dict[str, float] = {}  # by suite

    def of_steps(self, model: Model, steps: int) -> float:
        return steps * self.step_seconds.get(model.suite, STEP_SECONDS)

    @property
    def total(self) -> float:
        """Seconds."""
        training = sum(self.of_steps(m, m.steps - m.first) for m in self.models)
        return training + sum(job.seconds for job in self.jobs.values())

    @property
    def done(self) -> float:
        """Seconds of the total."""
        found = 0.0
        for job in self.jobs.values():
            for m in job.models:
                step = m.steps if job.is_done else m.first if m.step is None else m.step
                found += self.of_steps(m, step - m.first)
            has_begun = any(m.step is not None for m in job.models)
            found += job.seconds * (job.is_done or has_begun)
        return found

    @property
    def models(self) -> list[Model]:
        return [m for job in self.jobs.values() for m in job.models]

    def models_of(self, number: int) -> list[Model]:
        """Those that a job trains."""
        return self.jobs[number].models if number in self.jobs else []

    @property
    def fraction(self) -> float:
        return self.done / self.total if self.total else 0.0

    def seconds_left(self, elapsed: float) -> float | None:
        """By what was done in so many seconds, and not before the last model that is in training;
        None as long as that says nothing.
        """
        done = self.fraction
        if elapsed < LEAST_SECONDS or done < LEAST_FRACTION:
            return None
        training = [m.seconds_left or 0.0 for m in self.models if m.is_at_work]
        return max([elapsed * (1 - done) / done, *training])


def models_of(e: Experiment, job: jobs.ModelJob, wildcards: dict[str, str]) -> list[Model]:
    """Those that one job trains."""
    found = []
    for pattern in job.ids:
        name = pattern.format(**wildcards)
        training = resolve.spec(e.config, job.suite, name)["training"]
        folder = Path(e.model(job.suite).format(model=name)).absolute()
        file = folder / "state/progress.json"
        model = f"{job.suite}/{name}"
        found.append(Model(job.suite, model, training["steps"], training["batch_size"], file))
    return found


def work(e: Experiment, planned: Iterable[tuple[int, str, dict[str, str]]]) -> Work:
    """Of jobs as (number, rule, wildcards); a rule without a command is no work."""
    training = {job.rule("train"): job for job in jobs.model_jobs(e)}
    commands = {rule.name for rule in jobs.rules(e)}
    found = {}
    for number, rule, wildcards in planned:
        models = models_of(e, training[rule], wildcards) if rule in training else []
        found[number] = Job(rule, JOB_SECONDS * (rule in commands), models)
    return Work(found)
