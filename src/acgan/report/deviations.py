"""Where an experiment departs from the paper: every key whose value is not the paper's.

A default of the config model is the paper's value. A setting that a suite's `grid` varies is no
deviation; what a suite is compared with follows from its roles in the figures.
"""

import json
import math
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from acgan.config.checks import SECTIONS
from acgan.config.resolve import Config, data_of
from acgan.config.schema import Scores, Suite
from acgan.declarations.roles import ROLES, roles_of
from acgan.io.words import setting

PAPER_JUDGE = "inception_v3_tf2015"
ABOUT = {
    "dataset": "images that the models are trained on",
    "side": "side of the images, in pixels",
    "classes_per_model": "classes that one model is trained on",
    "settings": "combinations of settings in the search",
    "restarts": "models per setting that differ only in their random state",
    "judge": "classifier that names the samples",
}

SHORTER = {"grouping": "which classes share a model"}  # than the key's description


def deviations(config: Config) -> list[dict[str, Any]]:
    """Every deviation in force: {suite, key, value, paper, about}; `suite` is None for what
    holds for all of them.
    """
    found = []
    for name, suite in config["suites"].items():
        found += [{"suite": name, **d} for d in suite_deviations(config, name, suite)]
    found += [{"suite": None, **d} for d in differing(config["scores"], Scores, "scores.")]
    return found


def suite_deviations(config: Config, name: str, suite: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Of one suite: its roles in the figures, its judge, its sampling, then its nets, objective
    and training.
    """
    actual = {
        "dataset": data_of(config["datasets"][suite["dataset"]]),
        "side": suite["side"],
        "classes_per_model": suite["classes_per_model"],
        "settings": math.prod(len(values) for values in suite["grid"].values()),
        "restarts": suite["restarts"],
        "judge": config["judges"][suite["judge"]]["kind"] if suite["judge"] else "none",
    }
    seen = []
    for role in map(ROLES.__getitem__, roles_of(config, name)):
        for key, paper in {**role.paper, "judge": PAPER_JUDGE}.items():
            if actual[key] != paper and (key, paper) not in seen:
                seen.append((key, paper))
                shown = role.unsure.get(key, paper)
                yield {"key": key, "value": actual[key], "paper": shown, "about": ABOUT[key]}
    for deviation in differing(suite, Suite, ""):
        if deviation["key"] not in ABOUT:  # those were compared with the suite's role
            yield deviation
    for section, model in SECTIONS.items():
        for deviation in differing(suite[section], model, f"{section}."):
            if deviation["key"] not in suite["grid"]:
                yield deviation


def differing(
    values: dict[str, Any], model: type[BaseModel], prefix: str
) -> Iterator[dict[str, Any]]:
    """The keys of a section whose value is not the default, where another value counts as a
    deviation. Sections inside it are not looked into, but for the two score groups.
    """
    for name, field in model.model_fields.items():
        extra = field.json_schema_extra
        counted = isinstance(extra, dict) and extra["deviation"] and not field.is_required()
        if not counted or name in (*SECTIONS, "grid"):
            continue
        if isinstance(field.default, BaseModel):
            inner = differing_from(values[name], field.default.model_dump(), f"{prefix}{name}.")
            yield from ({**d, "about": field.description} for d in inner)
        elif values[name] != field.default:
            paper = field.default
            if "open_point" in extra:  # type: ignore[operator]
                paper = f"not stated; our default is {setting(field.default)}"
            about = SHORTER.get(name, field.description)
            yield {"key": f"{prefix}{name}", "value": values[name], "paper": paper, "about": about}


def differing_from(
    values: dict[str, Any], paper: dict[str, Any], prefix: str
) -> Iterator[dict[str, Any]]:
    """The keys whose two values differ."""
    for key, value in paper.items():
        if values[key] != value:
            yield {"key": f"{prefix}{key}", "value": values[key], "paper": value}


def merged(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Equal deviations of several suites as one, with the list `suites` (empty: the whole
    experiment).
    """
    by_content: dict[str, dict[str, Any]] = {}
    for deviation in found:
        same = json.dumps([deviation[k] for k in ("key", "value", "paper")])
        entry = by_content.setdefault(same, {**deviation, "suites": []})
        entry["suites"] += [deviation["suite"]] if deviation["suite"] else []
    return sorted(by_content.values(), key=lambda d: ("." in d["key"], d["key"]))
