"""What notebooks share that compare systems: their names, and a column of points for each."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from acgan import systems
from acgan.figures.drawing import BLACK, BLUE, t_interval


def titles(config: Mapping[str, Any], suites: Iterable[str]) -> dict[str, str]:
    """{suite: what its system is called}, with the suite's name where two are called alike."""
    named = list(suites)
    found = {s: systems.load(config["suites"][s]["objective"]["system"]).title for s in named}
    twice = {t for t in found.values() if list(found.values()).count(t) > 1}
    return {s: f"{t} ({s})" if t in twice else t for s, t in found.items()}


def columns_of_points(
    axes: Axes, values: Mapping[str, Iterable[float]], colours: str | Sequence[str] = BLUE
) -> None:
    """A row of points for each name, its mean and 95 % interval (Student's t) in black; all rows of
    one colour, or each of its own.
    """
    places = np.arange(len(values))[::-1]
    every = [colours] * len(values) if isinstance(colours, str) else colours
    for place, given, colour in zip(places, values.values(), every, strict=True):
        v = pd.Series(list(given), dtype=float).dropna()
        axes.scatter(v, np.full(len(v), place), 8, colour, alpha=0.6, zorder=3)
        low, high = t_interval(v)
        if np.isfinite(low):
            axes.plot([low, high], [place, place], color=BLACK, lw=1, zorder=4)
        if len(v):
            axes.plot(v.mean(), place, "|", color=BLACK, ms=8, zorder=5)
    axes.set_yticks(places, list(values), fontsize=7)
    axes.set_ylim(-0.6, len(values) - 0.4)


def restarts_of(config: Mapping[str, Any], suites: Iterable[str]) -> str:
    """How many restarts the suites have, in words."""
    counts = sorted({config["suites"][s]["restarts"] for s in suites})
    return " to ".join(map(str, dict.fromkeys((counts[0], counts[-1]))))
