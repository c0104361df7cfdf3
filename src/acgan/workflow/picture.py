"""What a person sees of a run: one bar for the whole, a line for each model in training, and what
else is at work.

`acgan.workflow.live` draws it while Snakemake runs, `acgan status --watch` from the files alone.
"""

from collections.abc import Sequence
from typing import NamedTuple

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from acgan.io.words import duration

LEAST_LINES = 3  # below the bar, however low the terminal is
ABOVE = 4  # lines of the terminal that are left to what was said before
STYLES = {"FAILED": "red", "stopped": "yellow"}  # by the first word of a line


class Whole(NamedTuple):
    """The bar."""

    name: str  # of the experiment
    fraction: float
    told: str  # what is done: "31 of 88 jobs"
    left: str  # time: "12 min 5 s left"; empty where it is not known


class Training(NamedTuple):
    """The line of a model in training."""

    name: str  # suite/id
    step: int | None  # None before it says how far it is
    steps: int
    images_per_second: float | None
    seconds_left: float | None


def left(seconds: float | None) -> str:
    """12 min 5 s left; empty where it is not known."""
    return "" if seconds is None else f"{duration(round(seconds))} left"


def cells(model: Training) -> tuple[str, str, str, str]:
    """Name, step, speed and time left, as text."""
    if model.step is None:
        return model.name, "begins", "", ""
    rate = model.images_per_second
    speed = "" if rate is None else f"{rate:,.0f} images/s"
    step = f"step {model.step:,} of {model.steps:,}"
    return model.name, step, speed, left(model.seconds_left)


def line(model: Training) -> str:
    """The same in one line, where nothing can be drawn."""
    name, *others = cells(model)
    return f"{name}: {', '.join(filter(None, others))}"


def percent(fraction: float) -> str:
    """Rounded down, so that 100% is the end."""
    return f"{int(100 * min(1.0, max(0.0, fraction)) + 1e-9)}%"


def bar(whole: Whole) -> RenderableType:
    """The whole, as wide as the terminal."""
    row = Table.grid(padding=(0, 2), expand=True)
    row.add_column(no_wrap=True)
    row.add_column(ratio=1, min_width=8)
    for _ in range(3):
        row.add_column(no_wrap=True, justify="right")
    drawn = ProgressBar(total=1.0, completed=min(1.0, whole.fraction))
    row.add_row(Text(whole.name, "bold"), drawn, percent(whole.fraction), whole.told, whole.left)
    return row


def models_table(models: Sequence[Training]) -> RenderableType:
    """A line for each model in training."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    for _ in range(3):
        table.add_column(no_wrap=True, justify="right")
    for model in models:
        name, *others = cells(model)
        table.add_row(Text(f"  {name}", "cyan"), *others)
    return table


def other_line(text: str) -> Text:
    """A line of words: what else is at work, or what went wrong."""
    style = STYLES.get(text.partition(" ")[0], "dim")
    return Text(f"  {text}", style, no_wrap=True, overflow="ellipsis")


def picture(
    whole: Whole, models: Sequence[Training], others: Sequence[str], height: int
) -> RenderableType:
    """Bar and lines, no more of these than a terminal of so many lines has room for."""
    room = max(LEAST_LINES, height - ABOVE)
    shown, words = models[:room], list(others)
    if len(models) > room:
        shown = models[: room - 1]
        words.insert(0, f"and {len(models) - len(shown)} more in training")
    words = words[: room - len(shown)]
    parts = [bar(whole), *([models_table(shown)] if shown else []), *map(other_line, words)]
    return Group(*parts)
