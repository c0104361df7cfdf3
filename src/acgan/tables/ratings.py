"""What people saw in samples, beside what the judge saw (rating/)."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from acgan.io.words import counted
from acgan.metrics import agreement
from acgan.metrics.agreement import Answers
from acgan.tables.registry import Asked, table

# Of the numbers of some answers, and weights of them.
Statistic = Callable[[np.ndarray, np.ndarray], np.ndarray]
COLUMNS = (
    *("measure", "kind", "of", "class", "named"),
    *("value", "low", "high", "resampled", "answers"),
)


@table(of_suite=False, inputs=("ratings",), code=("metrics/agreement.py",))
def human_check(asked: Asked) -> pd.DataFrame:
    """By kind of picture: how often people name the class that it was to show, how often they agree
    with the judge, and Cohen's kappa; the share taken for real; and how often people say `named`
    of what the judge takes for `class`. No rows where no answers were collected.
    """
    if not asked.inputs:
        return pd.DataFrame(columns=list(COLUMNS))
    # Every class is text, and an empty cell is a question that was not asked.
    raw = pd.read_csv(asked.inputs[0], dtype=str, keep_default_na=False)
    rows: list[dict[str, Any]] = []
    for kind in ("generated", "real"):
        mine = raw[raw["kind"] == kind]
        if len(mine):
            rows += of_kind(kind, mine)
    rows += confusion(raw[raw["judge"] != ""])
    return pd.DataFrame(rows, columns=list(COLUMNS))


def numbered(frame: pd.DataFrame) -> Answers:
    """People and pictures of answers, numbered from 0."""
    both = (frame[c].to_numpy() for c in ("person", "picture"))
    return Answers(*(np.unique(v, return_inverse=True)[1] for v in both))


def said_of(frame: pd.DataFrame) -> str:
    """Of how many people and pictures answers are, in words."""
    people = counted(frame["person"].nunique(), "person", "people")
    return f"{people} and {counted(frame['picture'].nunique(), 'picture')}"


def confusion(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """How often people say `named` of what the judge takes for `class`: the share, with its
    interval, of all pictures together.
    """
    if frame.empty:
        return []
    labels = sorted({*frame["judge"], *frame["named"]})
    places = {label: i for i, label in enumerate(labels)}
    judge, named = (frame[c].map(places).to_numpy() for c in ("judge", "named"))
    value, low, high = agreement.confusion(numbered(frame), judge, named)
    rows = []
    for (i, j), seen in frame.groupby([judge, named]):
        about = {"measure": "confusion", "kind": "all", "class": labels[i], "named": labels[j]}
        about |= {"value": value[i, j], "low": low[i, j], "high": high[i, j]}
        rows.append(about | {"resampled": said_of(frame), "answers": len(seen)})
    return rows


def of_kind(kind: str, frame: pd.DataFrame) -> list[dict[str, Any]]:
    """What is measured of real images, or of samples."""
    labels = {
        c: i for i, c in enumerate(sorted({*frame["class"], *frame["judge"], *frame["named"]}))
    }
    shown, judge, named = (frame[c].map(labels).to_numpy() for c in ("class", "judge", "named"))
    taken = (frame["taken_for"] == "real").to_numpy()
    has_class, has_judge = (frame[c].to_numpy() != "" for c in ("class", "judge"))
    statistics: dict[str, tuple[np.ndarray, Statistic]] = {
        "people_right": (has_class, lambda m, w: agreement.share((named == shown)[m], w)),
        "judge_right": (
            has_class & has_judge,
            lambda m, w: agreement.share((judge == shown)[m], w),
        ),
        "agreement": (has_judge, lambda m, w: agreement.share((named == judge)[m], w)),
        "kappa": (has_judge, lambda m, w: agreement.kappa(named[m], judge[m], w)),
        "taken_for_real": (
            frame["taken_for"].to_numpy() != "",
            lambda m, w: agreement.share(taken[m], w),
        ),
    }
    rows = []
    for measure, (there, statistic) in statistics.items():
        mine = np.flatnonzero(there)
        if not len(mine):
            continue
        asked = frame.iloc[mine]
        value, (low, high) = agreement.measured(numbered(asked), partial(statistic, mine))
        about: dict[str, Any] = {"measure": measure, "kind": kind, "resampled": said_of(asked)}
        about["of"] = frame["of"].iloc[0]
        about["answers"] = len(mine)
        rows.append(about | {"value": value, "low": low, "high": high})
    return rows
