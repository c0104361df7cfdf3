"""Judges: classifiers that say what a sample shows, each under its own name, with its own
preprocessing. One file per kind (kinds/).

Only the 2015 Inception graph may be called Inception; a number that another judge gave bears that
judge's name.
"""

from pathlib import Path
from typing import Any

from acgan.io.errors import UserError
from acgan.judges.base import Judge
from acgan.judges.kinds import KINDS
from acgan.judges.weights import checked


def load_judge(
    name: str, settings: dict[str, Any], weights: Path | None = None, device: str = "cpu"
) -> Judge:
    """The judge `name` of the config section `settings`, on `device`.

    `weights` overrides where its weight file lies (see weights.py). Raises UserError for a kind
    that does not exist and for a weight file that is missing, damaged or of something else.
    """
    if settings["kind"] not in KINDS:
        known = ", ".join(KINDS)
        raise UserError(f"the judge {name} is of no known kind: {settings['kind']}; known: {known}")
    kind = KINDS[settings["kind"]]
    in_package = kind.package and not kind.is_trained_here
    file = None if in_package else checked(name, settings, weights)
    return kind.load(name, settings, file, device)


def settings_of(config: dict[str, Any], name: str) -> dict[str, Any]:
    """The section of a judge of the config. Raises UserError where it has none."""
    if name not in config["judges"]:
        raise UserError(f"the config has no judge {name}; it has {', '.join(config['judges'])}")
    return config["judges"][name]


def judge_of(config: dict[str, Any], name: str, weights: Path | None) -> Judge:
    """A judge of the config, on the config's device."""
    import torch  # here, since planning and checking a config read the kinds of judges too

    device = config["runtime"]["device"]
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    return load_judge(name, settings_of(config, name), weights, device)


def score_name(judge: Judge) -> str:
    """What the score of section 4.4 is called when this judge gives it."""
    standard = KINDS[judge.kind].standard
    return f"inception_score_{standard}" if standard else f"class_score_{judge.name}"


def distance_names(judge: Judge) -> tuple[str, str, str]:
    """What a Fréchet and a kernel distance between features of this judge are called, and what
    stands for the judge in the names of metrics.
    """
    standard = KINDS[judge.kind].standard
    if standard:
        return "fid", "kid", standard
    return "frechet_distance", "kernel_distance", judge.name
