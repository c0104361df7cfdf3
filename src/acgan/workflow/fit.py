"""Settings for pictures of one's own that fit a time on this machine, by a few measured steps.

Of SIZES, the largest is taken at which a model still takes enough steps to show something. What is
stated here (seconds of figures, of scores) was measured once, on two cores.
"""

from typing import NamedTuple

from acgan.config.spec import completed
from acgan.data.survey import Survey
from acgan.judges.kinds import KINDS
from acgan.systems.build import Spec
from acgan.workflow import here


class Size(NamedTuple):
    """A size of model."""

    side: int
    width: float
    least_steps: int  # that it takes to show something; stated


SIZES = (
    Size(128, 0.5, 20_000),
    Size(128, 0.25, 12_000),
    Size(64, 0.5, 8_000),
    Size(64, 0.25, 4_000),
    Size(32, 0.5, 4_000),
    Size(32, 0.25, 2_000),
    Size(16, 0.25, 1_000),
)
BATCH = 50
MOST_STEPS = 50_000  # the paper's
SAMPLES = 50  # of each class
FIXED_SECONDS = 100.0  # figures, tables, report and what starts them; stated
CLASS_SECONDS = 1.5  # of each class: MS-SSIM, neighbours, drawing; stated
GFLOPS = 25.0  # 1e9 operations a second of one core in a judge; stated
HOLDOUT = 0.2
LEAST_SHARE = 0.3  # of the time that training gets, whatever the rest takes


class Fit(NamedTuple):
    """What fits."""

    side: int
    width: float
    batch: int
    steps: int
    precision: str
    threads: int
    judge: str | None  # its kind
    epochs: int
    step_seconds: float
    parts: dict[str, float]  # seconds of each part of the run
    longer: tuple[float, int, float, int] | None  # hours, side, width, steps of a longer run

    @property
    def seconds(self) -> float:
        return sum(self.parts.values())


def model(classes: int, size: Size, threads: int, precision: str) -> Spec:
    """A spec of this size, for measuring."""
    return completed(
        {
            "side": size.side,
            "classes": classes,
            "seed": 0,
            "nets": {"width": size.width, "dropout": 0.0},
            "training": {"batch_size": BATCH, "threads": threads, "precision": precision},
        }
    )


def judge_seconds(kind: str | None, images: int, side: int, epochs: int, classes: int) -> float:
    """Of training a judge, measuring it and asking it of all samples and as many real images."""
    if kind is None:
        return 0.0
    gflop = KINDS[kind].gflop * ((side / 64) ** 2 if kind == "trained_cnn" else 1)
    shown = 2 * 3 * SAMPLES * classes  # samples and as many real images, at three resolutions
    if kind == "trained_cnn":
        shown += (3 * epochs + 1) * images  # a step costs three passes
    elif kind == "finetuned":
        shown += 2 * min(images, 5_000) + images  # mirrored too, and measured
    return shown * gflop / GFLOPS


def choose(
    survey: Survey, minutes: float, side: int | None, judge: str | None, machine: here.Machine
) -> Fit:
    """The settings for so many minutes; `side` fixes the side."""
    classes, threads = len(survey.classes), 1 if machine.gpu else machine.cores
    epochs = max(10, min(60, 60_000 // max(1, survey.images)))
    sizes = [size for size in SIZES if fits(size, survey.side, side)]
    bigger: tuple[float, int, float, int] | None = None  # the size that just did not fit
    for size in sizes:
        seconds, precision = fastest(classes, size, threads, machine)
        left = training_seconds(survey, minutes, size.side, judge, epochs)
        if left / seconds >= size.least_steps or size == sizes[-1]:
            break
        bigger = size.least_steps * seconds / 3600, size.side, size.width, size.least_steps
    steps = rounded(min(MOST_STEPS, left / seconds))
    parts = {
        "packing": 1.5 * survey.seconds,
        "judge": judge_seconds(judge, survey.images, size.side, epochs, classes),
        "training": steps * seconds,
        "samples, scores, figures": FIXED_SECONDS + CLASS_SECONDS * classes,
    }
    whole = MOST_STEPS * seconds / 3600, size.side, size.width, MOST_STEPS
    return Fit(
        size.side,
        size.width,
        BATCH,
        steps,
        precision,
        threads,
        judge,
        epochs,
        seconds,
        parts,
        bigger or (whole if steps < MOST_STEPS else None),
    )


def fits(size: Size, of_images: int, asked: int | None) -> bool:
    """Whether a size is of the side that is asked for, or else of one that the images have."""
    return size.side == asked if asked else size.side <= max(SIZES[-1].side, of_images)


def fastest(classes: int, size: Size, threads: int, machine: here.Machine) -> tuple[float, str]:
    """(seconds a step, precision): float32, or bfloat16 where the processor has it, if faster."""
    from acgan.training import speedups

    tried = ["float32"]
    if speedups.capability(machine.device) in ("cpu with bfloat16", "cuda"):
        tried.append("bfloat16")
    found = [
        (here.step_seconds(model(classes, size, threads, p), machine.device), p) for p in tried
    ]
    return min(found)


def training_seconds(
    survey: Survey, minutes: float, side: int, judge: str | None, epochs: int
) -> float:
    """What is left for training."""
    classes = len(survey.classes)
    rest = 1.5 * survey.seconds + FIXED_SECONDS + CLASS_SECONDS * classes
    rest += judge_seconds(judge, survey.images, side, epochs, classes)
    return max(LEAST_SHARE * 60 * minutes, 60 * minutes - rest)


def rounded(steps: float) -> int:
    """A number of steps that a person would write, not more."""
    unit = 10 if steps < 1_000 else 100 if steps < 10_000 else 1_000
    return max(unit, int(steps) // unit * unit)
