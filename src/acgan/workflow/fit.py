"""Settings for pictures of one's own that fit a time on this machine, by a few measured steps.

Of SIZES, from the smallest up, the last is taken at which a model still takes enough steps to show
something. What is stated here (seconds of figures and tables) was measured once, on two cores.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from acgan.config.spec import completed
from acgan.data.survey import Survey
from acgan.judges.kinds import finetuned
from acgan.speed import here
from acgan.systems import Spec


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
# Over the training images, after which D knows them by heart and G draws noise: with 1,200 digits
# samples were clean after 125 passes and speckled after 250 (dropout in D lost variety instead).
PASSES = 125
ENLARGED = 1.25  # how much the side may exceed that of the images
SAMPLES = 50  # of each class
FIXED_SECONDS = 60.0  # figures, tables, report and what starts them; stated
CLASS_SECONDS = 1.0  # of each class: MS-SSIM, neighbours, drawing; stated
HOLDOUT = 0.2
LEAST_SHARE = 0.3  # of the time that training gets, whatever the rest takes
MOST_OF_JUDGE = 0.4  # of the time that the better judge may take


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
    is_enough: bool  # steps: more would only learn the images by heart

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


def judge_seconds(kind: str | None, images: int, epochs: int, classes: int, each: float) -> float:
    """Of training a judge, measuring it and asking it of all samples and as many real images, where
    an image takes `each`.
    """
    if kind is None:
        return 0.0
    shown = 2.0 * 3 * SAMPLES * classes  # samples and as many real images, at three resolutions
    trained_on = (1 - HOLDOUT) * images
    if kind == "trained_cnn":
        # A step costs three passes. Measured on all, and once more on what is held out.
        shown += 3 * epochs * trained_on + (1 + HOLDOUT) * images
    elif kind == "finetuned":
        # Mirrored too.
        shown += 2 * min(trained_on, finetuned.IMAGES) + (1 + HOLDOUT) * images
    return shown * each


class Judging(NamedTuple):
    """A judge that could be taken."""

    kind: str | None
    epochs: int
    seconds: float  # of training, measuring and asking it


class Tried(NamedTuple):
    """A size, as measured."""

    size: Size
    seconds: float  # a step
    precision: str
    judge: Judging
    rest: float  # seconds that are not training
    left: float  # seconds for training


def judging(
    kinds: Sequence[str | None], survey: Survey, side: int, minutes: float, threads: int
) -> Judging:
    """The first of these kinds that takes no more than its share of the time, else the quickest."""
    images, classes = survey.images, len(survey.classes)
    epochs = max(10, min(60, 60_000 // max(1, images)))
    found = []
    for kind in kinds:
        each = here.image_seconds(kind, side, threads) or 0.0 if kind else 0.0
        seconds = judge_seconds(kind, images, epochs, classes, each)
        found.append(Judging(kind, epochs, seconds))
        if seconds <= MOST_OF_JUDGE * 60 * minutes:
            return found[-1]
    return min(found, key=lambda judging: judging.seconds)


def choose(
    survey: Survey,
    minutes: float,
    side: int | None,
    kinds: Sequence[str | None],
    machine: here.Machine,
    say: Callable[[str], None],
) -> Fit:
    """The settings for so many minutes; `side` fixes the side. `kinds` are the judges that could be
    taken, the best first.
    """
    classes, threads = len(survey.classes), 1 if machine.gpu else machine.cores
    chosen: Tried | None = None
    bigger: Tried | None = None  # the size that just does not fit
    judge: Judging | None = None
    for size in reversed([size for size in SIZES if fits(size, survey.side, side)]):
        say(f"measuring a few steps at {size.side} x {size.side} pixels, width {size.width:g}")
        seconds, precision = fastest(classes, size, threads, machine)
        if judge is None or chosen is None or size.side != chosen.size.side:
            judge = judging(kinds, survey, size.side, minutes, threads)
        rest = 1.5 * survey.seconds + judge.seconds + FIXED_SECONDS + CLASS_SECONDS * classes
        left = max(LEAST_SHARE * 60 * minutes, 60 * minutes - rest)
        tried = Tried(size, seconds, precision, judge, rest, left)
        if chosen and left / seconds < size.least_steps:
            bigger = tried
            break
        chosen = tried
    assert chosen is not None
    size, seconds, precision, judge, rest, left = chosen
    passes = max(size.least_steps, PASSES * (1 - HOLDOUT) * survey.images / BATCH)
    enough = rounded(min(MOST_STEPS, passes))
    steps = min(enough, rounded(left / seconds))
    longer, most = (bigger, bigger.size.least_steps) if bigger else (chosen, enough)
    needed = most * longer.seconds + longer.rest
    more = needed / 3600, longer.size.side, longer.size.width, most
    # Where D knows the pictures by heart already, more steps of larger nets are of no use either.
    of_use = steps < enough or bool(bigger and (enough == MOST_STEPS or most <= passes))
    parts = {
        "packing": 1.5 * survey.seconds,
        "judge": judge.seconds,
        "training": steps * seconds,
        "samples, scores, figures": FIXED_SECONDS + CLASS_SECONDS * classes,
    }
    return Fit(
        size.side,
        size.width,
        BATCH,
        steps,
        precision,
        threads,
        judge.kind,
        judge.epochs,
        seconds,
        parts,
        more if of_use else None,
        steps == enough,
    )


def fits(size: Size, of_images: int, asked: int | None) -> bool:
    """Whether a size is of the side that is asked for, or else of one that the images have."""
    return size.side == asked if asked else size.side <= max(SIZES[-1].side, ENLARGED * of_images)


def fastest(classes: int, size: Size, threads: int, machine: here.Machine) -> tuple[float, str]:
    """(seconds a step, precision): float32, or bfloat16 where the processor has it, if faster."""
    from acgan.training import speedups

    tried = ["float32"]
    if speedups.has_bfloat16(machine.device):
        tried.append("bfloat16")
    found = [
        (here.step_seconds(model(classes, size, threads, p), machine.device), p) for p in tried
    ]
    return min(found)


def rounded(steps: float) -> int:
    """A number of steps that a person would write, not more."""
    unit = 10 if steps < 1_000 else 100 if steps < 10_000 else 1_000
    return max(unit, int(steps) // unit * unit)
