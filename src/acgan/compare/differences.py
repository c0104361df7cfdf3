"""Every quantity in both, the difference, and whether it is more than chance.

Units are models: with six or more of them a side, intervals are over models, else over the samples
of these models, and so said (metrics/inference.py). Classes are paired by id; restarts that share
their seeds are not paired, since they share only what they begin with.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from acgan.compare.results import Results
from acgan.config.spec import differing
from acgan.data.source import OF_NO_IMAGE
from acgan.declarations.roles import roles_of
from acgan.metrics.inference import (
    LEAST_MODELS,
    Tested,
    by_model,
    difference_of_models,
    mean_of_samples,
    mean_over_classes,
    models_of,
    student,
    student_p,
)

# Tables of classes, the column of each that is compared, its spread, and how it is called.
BY_CLASS = (
    ("accuracy_by_class", "accuracy", "accuracy of the samples"),
    ("ms_ssim_by_class", "ms_ssim", "MS-SSIM of the samples"),
)
NO_MEASURE = ("diverged", "collapsed")  # of which a model has 0 or 1


class Difference(NamedTuple):
    """One quantity of the first results and of another."""

    of: str  # an item, or a suite
    quantity: str
    protocol: str
    unit: str
    first: float | None
    second: float | None
    tested: Tested | None = None
    why: str = ""  # there is no interval, or no comparison

    @property
    def difference(self) -> float | None:
        if self.tested:
            return self.tested.value
        known = (
            self.first is not None and self.second is not None and not self.why.startswith("not")
        )
        return self.second - self.first if known else None  # type: ignore[operator]

    @property
    def verdict(self) -> str:
        """In words."""
        if not self.tested:
            return self.why or ("no value" if self.difference is None else "")
        low, high = self.tested.interval
        if math.isnan(low):
            return "too few to tell"
        word = "within chance" if low <= 0 <= high else "more than chance"
        return f"{word} (of these models)" if self.tested.of_these else word


def differences(first: Results, second: Results) -> list[Difference]:
    """Of suites, whose units allow intervals, then of the report's items."""
    return [*of_suites(first, second), *of_items(first, second)]


# ---- suites


def of_suites(first: Results, second: Results) -> Iterator[Difference]:
    """By class and over restarts, of each suite of the first and its like in the second."""
    for suite in first.config["suites"]:
        other = like(first, suite, second)
        if other is None:
            yield Difference(
                suite,
                "all",
                "",
                "",
                None,
                None,
                why=f"not comparable: {second.name} has no such suite",
            )
            continue
        for table, column, quantity in BY_CLASS:
            yield from by_class(first, suite, second, other, table, column, quantity)
        yield from over_restarts(first, suite, second, other)


def like(first: Results, suite: str, second: Results) -> str | None:
    """The suite of the second that is called the same, or alone plays the same role."""
    if suite in second.config["suites"]:
        return suite
    for role in roles_of(first.config, suite):
        named = [s for s in second.config["suites"] if role in roles_of(second.config, s)]
        if len(named) == 1:
            return named[0]
    return None


def unlike_data(first: Results, suite: str, second: Results, other: str) -> str:
    """Why images of two suites cannot be compared; "" where they can."""
    a, b = first.config["suites"][suite], second.config["suites"][other]
    if a["side"] != b["side"]:
        return f"not comparable: {a['side']} and {b['side']} pixels"
    sets = [r.config["datasets"][s["dataset"]] for r, s in ((first, a), (second, b))]
    places = (*OF_NO_IMAGE, "path", "unreadable", "layout")
    one, two = ({k: v for k, v in differing(d, "dataset").items() if k not in places} for d in sets)
    if one != two:
        return f"not comparable: other data ({a['dataset']} and {b['dataset']})"
    files = [packed(r, s["dataset"]) for r, s in ((first, a), (second, b))]
    real = [real_rows(r, s) for r, s in ((first, suite), (second, other))]
    if any(None not in pair and pair[0] != pair[1] for pair in (files, real)):
        return f"not comparable: other images ({a['dataset']} and {b['dataset']})"
    return ""


def packed(results: Results, dataset: str) -> list[list[str]] | None:
    """What a data set's files were, by their checksums and counts; None where it is not told."""
    table = results.table("datasets")
    columns = ["classes", "images", "checksum"]
    if table is None or not set(columns) <= set(table):
        return None
    return table.loc[table["dataset"] == dataset, columns].astype(str).to_numpy().tolist()


def real_rows(results: Results, suite: str) -> list[tuple[str, float]] | None:
    """MS-SSIM of the training images of each class, which other images have otherwise: folders
    bear no checksum.
    """
    table = results.table("ms_ssim_by_class", suite)
    if table is None:
        return None
    side = results.config["suites"][suite]["side"]
    real = table[(table["suite"] == "real") & (table["side"] == side)].sort_values("class")
    found = [
        (str(c), round(float(v), 2)) for c, v in zip(real["class"], real["ms_ssim"], strict=True)
    ]
    return found or None


def own_rows(results: Results, suite: str, table: str) -> pd.DataFrame | None:
    """A table's rows of a suite's own samples, at its own side."""
    found = results.table(table, suite)
    if found is None:
        return None
    side = results.config["suites"][suite]["side"]
    return found[(found["suite"] == suite) & (found["side"] == side)]


def by_class(
    first: Results, suite: str, second: Results, other: str, table: str, column: str, quantity: str
) -> Iterator[Difference]:
    """The mean over classes, paired by their ids."""
    a, b = own_rows(first, suite, table), own_rows(second, other, table)
    if a is None or b is None or a.empty or b.empty:
        return
    protocols = [str(rows["metric"].iloc[0]) for rows in (a, b)]
    unit = "fraction" if column == "accuracy" else "MS-SSIM"
    of = suite if suite == other else f"{suite} and {other}"
    means = float(a[column].mean()), float(b[column].mean())
    why = unlike_data(first, suite, second, other)
    if not why and protocols[0] != protocols[1]:
        why = f"not comparable: {protocols[0]} and {protocols[1]}"
    if not why and column == "accuracy" and judges(first, suite) != judges(second, other):
        why = "not comparable: judges of one name, made in two ways"
    both = a.merge(b, on="class", suffixes=("_a", "_b"))
    if not why and both.empty:
        why = "not comparable: no class in common"
    if why:
        yield Difference(of, quantity, protocols[0], unit, *means, why=why)
        return
    values = (both[f"{column}_b"] - both[f"{column}_a"]).to_numpy(float)
    errors = np.hypot(*(error(both, column, side) for side in ("_a", "_b")))
    shown = float(both[f"{column}_a"].mean()), float(both[f"{column}_b"].mean())
    tested = paired(values, errors, *(both[f"model{side}"] for side in ("_a", "_b")))
    yield Difference(
        of, f"{quantity}, {len(both)} classes paired", protocols[0], unit, *shown, tested
    )


def paired(
    values: np.ndarray, errors: np.ndarray, first: "pd.Series[str]", second: "pd.Series[str]"
) -> Tested:
    """The mean of differences of classes (N,), whose models are named. Where the classes of two
    models are the same, these are a pair; where they are grouped in other ways, classes of one
    model of either side are not independent, and each side has a spread of its own.
    """
    sides = [pd.factorize(names)[0] for names in (first, second)]
    counts = [int(models.max()) + 1 for models in sides]
    pairs = pd.factorize(first + "/" + second)[0]
    if min(counts) < LEAST_MODELS:
        return mean_of_samples(values, errors)
    if int(pairs.max()) + 1 == counts[0] == counts[1]:
        return mean_over_classes(values, errors, pairs)
    spread = [
        by_model(values, models).var(ddof=1) / n for models, n in zip(sides, counts, strict=True)
    ]
    value, n = float(values.mean()), min(counts)
    width = math.sqrt(float(sum(spread)))
    half = student(n - 1) * width
    interval = value - half, value + half
    return Tested(value, interval, student_p(value, width, n - 1), models_of(n, "a side"), False)


def error(rows: pd.DataFrame, column: str, side: str) -> np.ndarray:
    """The standard error of each class: from its subsets, or its pairs."""
    spread = rows[f"{column}_std{side}"].to_numpy(float)
    counted = f"subsets{side}"
    if counted in rows:
        return spread / np.sqrt(rows[counted].to_numpy(float))
    pairs = rows[f"metric{side}"].str.extract(r"_(\d+)_random_pairs")[0].astype(float)
    return spread / np.sqrt(pairs.to_numpy(float))


def judges(results: Results, suite: str) -> dict[str, Any]:
    """What a suite's judge was made from; where its weights lie does not count."""
    name = results.config["suites"][suite]["judge"]
    made = differing(results.config["judges"][name], "judge") if name else {}
    return {k: v for k, v in made.items() if k not in ("test", "threads", "weights")}


def over_restarts(first: Results, suite: str, second: Results, other: str) -> Iterator[Difference]:
    """Each measure of a model, over restarts."""
    tables = first.table("model_measures", suite), second.table("model_measures", other)
    if tables[0] is None or tables[1] is None:
        return
    a, b = (t[(t["suite"] != "real") & t["value"].notna()] for t in tables if t is not None)
    why = unlike_data(first, suite, second, other)
    of = suite if suite == other else f"{suite} and {other}"
    for measure in [m for m in dict.fromkeys(a["measure"]) if m not in NO_MEASURE]:
        mine, theirs = (t[t["measure"] == measure] for t in (a, b))
        if theirs.empty:
            continue
        one, two = mine["value"].to_numpy(float), theirs["value"].to_numpy(float)
        protocols = [str(rows["metric"].iloc[0]) for rows in (mine, theirs)]
        reason = why
        if not reason and protocols[0] != protocols[1]:
            reason = f"not comparable: {protocols[0]} and {protocols[1]}"
        if not reason and min(len(one), len(two)) < 2:
            reason = "one model a side: no interval over models"
        quantity = f"{measure.replace('_', ' ')}, {len(one)} and {len(two)} models"
        tested = None if reason else difference_of_models(one, two)
        if tested and min(len(one), len(two)) < LEAST_MODELS:
            tested = tested._replace(of_these=True)
        means = float(one.mean()), float(two.mean())
        yield Difference(of, quantity, protocols[0], "", *means, tested, reason)


# ---- items


def of_items(first: Results, second: Results) -> Iterator[Difference]:
    """The quantities of the report's items: both values and no interval, since an item's number may
    be of anything; those of suites have one.
    """
    other = second.quantities
    for (item, name), q in first.quantities.items():
        found = other.get((item, name))
        if found is None:
            why = f"not comparable: {second.name} has no such number"
            yield Difference(item, name, q["protocol"], q["unit"], q["measured"], None, why=why)
        elif found["protocol"] != q["protocol"]:
            why = f"not comparable: by {q['protocol']} and by {found['protocol']}"
            values = q["measured"], found["measured"]
            yield Difference(item, name, q["protocol"], q["unit"], *values, why=why)
        else:
            values = q["measured"], found["measured"]
            why = "" if values[0] is None else "no interval"
            why = "the same" if why and values[0] == values[1] else why
            yield Difference(item, name, q["protocol"], q["unit"], *values, why=why)


def changed(
    first: dict[str, float], second: dict[str, float]
) -> Sequence[tuple[str, float, float]]:
    """(name, before, after) of the flat numbers that both have and that differ, the largest
    relative change first.
    """
    both = [(n, first[n], second[n]) for n in first if n in second and first[n] != second[n]]
    return sorted(both, key=lambda x: -abs(x[2] - x[1]) / max(abs(x[1]), abs(x[2])))
