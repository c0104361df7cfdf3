"""What a job may take, by act, into a scheduler's profile: `acgan plan --write-profile
profiles/slurm`.

Minutes and memory follow from what `acgan speed` measured, or what trained models took, with a
margin, so that nobody guesses them. All else in the file stays as it is, comments too.
"""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from acgan.config import resolve
from acgan.config.resolve import Config
from acgan.data.sources import class_count, expected_images
from acgan.io.errors import UserError
from acgan.io.files import replacing
from acgan.speed.record import Record
from acgan.workflow.plan import STATED, TFLOPS, Suite, costs, judged_images

MARGIN = 1.5  # over what was measured: another node, a busy disk
START_MINUTES = 10.0  # of any job: imports, data from a cold disk, MS-SSIM and neighbours; stated
REST_OF_SCORING = 2.0  # times what the judge takes; stated
LONGEST = 480  # a training job leaves before it ends, is queued again and goes on
SMALLEST_MB = 4000
ATTEMPTS = " * min(attempt, 2)"  # a job that failed gets twice as much, once


class Need(NamedTuple):
    """Of the jobs of an act, the largest."""

    minutes: int
    mem_mb: int


def needs(config: Config, results: Path, record: Record | None) -> dict[str, Need]:
    """By act. Raises UserError where nothing was measured."""
    if record is None:
        raise UserError(
            "nothing is measured, and a guess is no use here: `acgan speed` on a node that trains "
            "(snakemake speed --profile slurm), then this again"
        )
    suites = costs(config, results, TFLOPS, record)
    if unknown := [s.name for s in suites.values() if s.speed == STATED]:
        raise UserError(
            f"{record.file} does not have the models of {', '.join(unknown)}: `acgan speed` with "
            "this config, then this again"
        )
    hours = max(max(s.job_hours) for s in suites.values())
    train = min(LONGEST, rounded(60 * hours))
    score = rounded(max(score_minutes(config, s.name, record) for s in suites.values()))
    megabytes = max(job_megabytes(config, s, record) for s in suites.values())
    memory = max(SMALLEST_MB, 500 * math.ceil(MARGIN * megabytes / 500))
    # Drawing samples takes a small part of what training on as many images does.
    minutes = {"train": train, "sample": rounded(0.0), "score": score}
    return {act: Need(taken, memory) for act, taken in minutes.items()}


def score_minutes(config: Config, suite: str, record: Record) -> float:
    """Of the scores of one job's models."""
    kind = resolve.kind_of(config, suite)
    if kind is None:
        return 0.0
    judge = config["judges"][config["suites"][suite]["judge"]]
    rate = record.judged_per_second(judge["kind"], config["suites"][suite]["side"])
    if rate is None:
        return 0.0
    models = max(len(ids) for ids in resolve.jobs(config, suite).values())
    return REST_OF_SCORING * models * judged_images(config, suite) / rate / 60


def rounded(minutes: float) -> int:
    """With the margin, in tens."""
    return 10 * math.ceil((START_MINUTES + MARGIN * minutes) / 10)


def job_megabytes(config: Config, suite: Suite, record: Record) -> float:
    """Of a job's models side by side: what a process took, and its packed images."""
    chosen = config["suites"][suite.name]
    dataset = config["datasets"][chosen["dataset"]]
    models = resolve.models(config, suite.name)
    each = (expected_images(dataset) or 0) / (class_count(dataset) or 1)
    packed = 3 * chosen["side"] ** 2 * each * max(m.classes for m in models) / 1e6
    process = record.found.get("host_memory_mb") or suite.memory_mb or 0.0
    side_by_side = max(len(ids) for ids in resolve.jobs(config, suite.name).values())
    return side_by_side * (process + 2 * packed)  # read, then moved


def write(profile: Path, config: Config, results: Path, record: Record | None) -> Iterator[str]:
    """Put them into a profile's `set-resources`; what was written, as text. Raises UserError for a
    profile without such lines.
    """
    from ruamel.yaml import YAML

    file = profile / "config.yaml" if profile.is_dir() else profile
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    try:
        content: Any = yaml.load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"cannot read the profile {file}: {error.strerror}") from error
    acts = (content or {}).get("set-resources")
    if not isinstance(acts, dict):
        raise UserError(f"{file} has no set-resources, where minutes and memory by act stand")
    for act, need in needs(config, results, record).items():
        own = acts.setdefault(act, {})
        own["mem_mb"] = f"{need.mem_mb}{ATTEMPTS}"
        own["runtime"] = f"{need.minutes}{ATTEMPTS}"
        yield f"{act}: {need.minutes} minutes, {need.mem_mb:,} MB"
    with replacing(file) as temporary, open(temporary, "w", encoding="utf-8") as handle:
        yaml.dump(content, handle)
    yield f"written to {file}: a job that fails gets twice as much, once"
