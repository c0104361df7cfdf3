"""What differs from the defaults: all that is written of a config, hashed of a model, and given to
rules.

A key that is added with a default changes no old model: it is neither in the old spec nor in the
new one. The defaults that specs are compared with are a numbered set, defaults.json, which only
grows (`acgan config docs` adds new keys). A default that is changed later stays as it is in that
set, so that the models which have the new value say so, and the old ones are others.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

from acgan.declarations.roles import with_roles
from acgan.io.files import sha256_of_json

SET = 1  # the number of the set of defaults
Section = dict[str, Any]
SECTIONS = ("nets", "objective", "training")  # of one model
WHOLE = (*SECTIONS, "scores", "report", "runtime")  # of an experiment
ALWAYS_OF_JUDGES = ("train", "test", "side")
# The keys of a spec before specs left out what is the default: checkpoints of that time are called
# by the hash of exactly these.
FORMER = {
    "nets": (
        "width",
        "linear_row",
        "latent",
        "latent_distribution",
        "dropout",
        "leaky_slope",
        "activation_noise",
        "noise_layers",
        "layer_order",
        "init_sigma",
    ),
    "objective": ("generator_loss", "classify_fakes", "d_class_weight", "g_class_weight"),
    "training": (
        "steps",
        "batch_size",
        "g_learning_rate",
        "d_learning_rate",
        "beta1",
        "beta2",
        "d_steps",
        "reuse_fakes",
        "flip",
        "trajectory_every",
        "trajectory_pairs",
        "log_every",
        "precision",
        "threads",
    ),
}


@cache
def defaults() -> dict[str, Section]:
    """{section: {key: default}} of the numbered set; a suite's, judge's and data set's are `suite`,
    `judge` and `dataset`.
    """
    text = resources.files("acgan.config").joinpath("defaults.json").read_text(encoding="utf-8")
    return json.loads(text)[str(SET)]


def differing(values: Mapping[str, Any], section: str | Section) -> Section:
    """The keys of a section whose value is not the default, or that have none."""
    known = defaults()[section] if isinstance(section, str) else section
    found = {}
    for key, value in values.items():
        default = known.get(key, ...)
        if isinstance(default, dict) and default and isinstance(value, Mapping):
            inner = differing(value, default)
            if inner:
                found[key] = inner
        elif key not in known or value != default:
            found[key] = value
    return found


def filled(values: Mapping[str, Any], section: str | Section) -> Section:
    """A section with the defaults of what it leaves out, in the order of the defaults."""
    known = defaults()[section] if isinstance(section, str) else section
    found = {}
    for key, default in known.items():
        value = values.get(key, default)
        if isinstance(default, dict) and default and isinstance(value, Mapping):
            value = filled(value, default)
        found[key] = value
    return {**{k: v for k, v in values.items() if k not in found}, **found}


def shortened(spec: Mapping[str, Any]) -> Section:
    """A model's spec with only what differs in its nets, objective and training."""
    short = {section: differing(spec[section], section) for section in SECTIONS}
    return {"defaults": SET, **{k: v for k, v in spec.items() if k != "defaults"}, **short}


def completed(spec: Mapping[str, Any]) -> Section:
    """A model's spec, short or whole, with every key."""
    whole = {section: filled(spec.get(section, {}), section) for section in SECTIONS}
    return {**{k: v for k, v in spec.items() if k != "defaults"}, **whole}


def described(spec: Mapping[str, Any], classes: Iterable[tuple[str, str]]) -> str:
    """What a weights file says of itself: canonical JSON of the whole spec and of (id, name) of
    each class, in the order of the labels. No path, host or time is in it.
    """
    content = {"spec": completed(spec), "classes": [list(pair) for pair in classes]}
    return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)


def hash_of(spec: Mapping[str, Any], content: Iterable[tuple[str, str]]) -> str:
    """What a model is called: its short spec and the (class, sha256) of its images."""
    return sha256_of_json({**shortened(spec), "data": [list(pair) for pair in content]})


def former_hash_of(spec: Mapping[str, Any], content: Iterable[tuple[str, str]]) -> str | None:
    """The same before specs left out what is the default.

    None for a model that was not possible then.
    """
    whole = completed(spec)
    for section, known in FORMER.items():
        short = differing(whole[section], section)
        if not set(short) <= set(known):
            return None
        whole[section] = {key: whole[section][key] for key in known}
    return sha256_of_json({**whole, "data": [list(pair) for pair in content]})


def short_config(config: Mapping[str, Any]) -> Section:
    """A resolved config as it is written: only what differs from the defaults.

    What DVC names by itself of every judge stays, since DVC refuses a key that is not there.
    """
    short: Section = {"defaults": SET, "seed": config["seed"], **differing(config, "experiment")}
    for name in WHOLE:
        short[name] = differing(config[name], name)
    short["datasets"] = {n: differing(d, "dataset") for n, d in config["datasets"].items()}
    short["judges"] = {
        n: {**differing(j, "judge"), **{k: j[k] for k in ALWAYS_OF_JUDGES}}
        for n, j in config["judges"].items()
    }
    short["suites"] = {
        n: {**differing(s, "suite"), **{k: differing(s[k], k) for k in SECTIONS}}
        for n, s in config["suites"].items()
    }
    return short


def whole_config(config: Mapping[str, Any]) -> Section:
    """A resolved config, as written by `short_config` or before it was, with every key."""
    whole = {k: v for k, v in with_roles(config).items() if k != "defaults"}
    whole = filled(whole, "experiment")
    whole["roles"] = {role: named for role, named in whole.get("roles", {}).items() if named}
    for name in WHOLE:
        whole[name] = filled(config.get(name, {}), name)
    whole["datasets"] = {n: filled(d, "dataset") for n, d in config.get("datasets", {}).items()}
    whole["judges"] = {n: filled(j, "judge") for n, j in config.get("judges", {}).items()}
    whole["suites"] = {
        n: {**filled(s, "suite"), **{k: filled(s.get(k, {}), k) for k in SECTIONS}}
        for n, s in config.get("suites", {}).items()
    }
    return whole
