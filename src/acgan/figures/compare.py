"""The paper's numbers beside ours: an interval that says what was resampled, and a verdict.

reproduced      the difference and the interval's half-width are both within the tolerance of
paper_numbers.yaml differs         the interval excludes everything within the tolerance of the
paper's value inconclusive    neither: the measurement is too uncertain to tell not comparable
other data, another side or another judge than the paper's unverified      comparable, but the
paper's value is digitised or remembered, so that nothing can be said
"""

import math
from functools import cache
from importlib import resources
from typing import Any

import yaml

from acgan.config.resolve import Config, data_of
from acgan.metrics.statistics import Interval, bootstrap, over_pairs, pearson, share

__all__ = [
    "Interval",
    "bootstrap",
    "comparable",
    "over_pairs",
    "paper_numbers",
    "pearson",
    "quantity",
    "share",
    "verdict",
]


@cache
def paper_numbers() -> dict[str, dict[str, dict[str, Any]]]:
    """{item: {id: number}} from paper_numbers.yaml."""
    raw = yaml.safe_load(
        resources.files("acgan.figures").joinpath("paper_numbers.yaml").read_text(encoding="utf-8")
    )
    return {item: {n["id"]: n for n in numbers} for item, numbers in raw.items()}


def comparable(config: Config, suite: str, needs: dict[str, Any]) -> bool:
    """Whether a suite was run on the data, the side and the judge that a number of the paper
    needs.
    """
    chosen = config["suites"][suite]
    if chosen["models"] is not None:
        return False
    has = {
        "data": data_of(config["datasets"][chosen["dataset"]]),
        "side": chosen["side"],
        "judge": config["judges"][chosen["judge"]]["kind"] if chosen["judge"] else None,
    }
    return all(has[name] == wanted for name, wanted in needs.items())


def verdict(
    number: dict[str, Any], measured: float, interval: Interval, same_conditions: bool
) -> str:
    """One of the five words of the module's heading."""
    if not same_conditions:
        return "not comparable"
    if number["source"] != "text":
        return "unverified"
    tolerance, (low, high) = number["tolerance"], interval
    if not all(map(math.isfinite, (measured, low, high))):
        return "inconclusive"
    if abs(measured - number["value"]) <= tolerance and (high - low) / 2 <= tolerance:
        return "reproduced"
    if low > number["value"] + tolerance or high < number["value"] - tolerance:
        return "differs"
    return "inconclusive"


def quantity(
    config: Config,
    suite: str,
    item: str,
    number_id: str,
    measured: float,
    interval: Interval,
    *,
    protocol: str,
    resampled: str,
) -> dict[str, Any]:
    """One row of a card: our value of the paper's number `item`/`number_id`, as JSON.

    `protocol` is the name of the measurement (judge, samples, pairs); `resampled` is what the
    interval resampled: images, pairs, classes, models or groups.
    """
    number = paper_numbers()[item][number_id]
    return {
        "id": number_id,
        "name": number["name"],
        "protocol": protocol,
        "paper": number["value"],
        "paper_plus_minus": number.get("plus_minus"),
        "paper_plus_minus_of": number.get("plus_minus_of"),
        "paper_source": number["source"],
        "paper_tags": number["tags"],
        "measured": none_if_nan(measured),
        "low": none_if_nan(interval[0]),
        "high": none_if_nan(interval[1]),
        "resampled": resampled,
        "unit": number["unit"],
        "tolerance": number["tolerance"],
        "tolerance_why": number["why"],
        "verdict": verdict(number, measured, interval, comparable(config, suite, number["needs"])),
    }


def measurement(
    number_id: str,
    name: str,
    measured: float,
    interval: Interval,
    *,
    protocol: str,
    resampled: str,
    unit: str,
) -> dict[str, Any]:
    """One row of a card for a number that the paper does not report: no verdict is due."""
    return {
        "id": number_id,
        "name": name,
        "protocol": protocol,
        "paper": None,
        "paper_plus_minus": None,
        "paper_plus_minus_of": None,
        "paper_source": None,
        "paper_tags": [],
        "measured": none_if_nan(measured),
        "low": none_if_nan(interval[0]),
        "high": none_if_nan(interval[1]),
        "resampled": resampled,
        "unit": unit,
        "tolerance": None,
        "tolerance_why": None,
        "verdict": None,
    }


def none_if_nan(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
