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
from acgan.config.spec import differing
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

INCEPTION_SCORE_BY = "inception_v3_tf2015"  # the judge of every published Inception Score


@cache
def paper_numbers() -> dict[str, dict[str, dict[str, Any]]]:
    """{item: {id: number}} from paper_numbers.yaml."""
    raw = read_yaml("paper_numbers.yaml")
    return {item: {n["id"]: n for n in numbers} for item, numbers in raw.items()}


@cache
def read_yaml(name: str) -> Any:
    """A file beside this one."""
    file = resources.files("acgan.figures").joinpath(name)
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def comparable(config: Config, suite: str, needs: dict[str, Any]) -> bool:
    """Whether a suite was run on the data, the side and the judge that a number of the paper
    needs.
    """
    chosen = config["suites"][suite]
    if chosen["models"] is not None or chosen["objective"]["system"] != "acgan":
        return False
    has = {
        "data": data_of(config["datasets"][chosen["dataset"]]),
        "side": chosen["side"],
        "judge": config["judges"][chosen["judge"]]["kind"] if chosen["judge"] else None,
    }
    return all(has[name] == wanted for name, wanted in needs.items())


def published(config: Config, suite: str) -> dict[str, Any]:
    """The Inception Score that was published of a suite's system with the same nets on the same
    data (published_scores.yaml), or nothing; and whether the suite's judge is theirs.
    """
    chosen = config["suites"][suite]
    here = {
        "objective": differing(chosen["objective"], "objective"),
        "nets": differing(chosen["nets"], "nets"),
        "data": data_of(config["datasets"][chosen["dataset"]]),
        "side": chosen["side"],
    }
    is_theirs = chosen["judge"] and config["judges"][chosen["judge"]]["kind"] == INCEPTION_SCORE_BY
    for row in read_yaml("published_scores.yaml"):
        if all(row[key] == value for key, value in here.items()):
            of_paper = paper_numbers()["table_cifar10"].get(row.get("paper"), row)
            return {
                "published": of_paper["value"],
                "published_source": row["source"],
                "published_is_comparable": bool(is_theirs),
            }
    return {}


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
    unit: str = "",
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
