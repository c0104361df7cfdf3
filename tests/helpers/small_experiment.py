"""A config of one model on one data set, and what `acgan data check` says of it."""

from pathlib import Path

import yaml

from acgan.config import loading
from acgan.workflow import preflight as check

SMALL = {
    "nets": {"width": 0.0625},
    "training": {
        "steps": 2,
        "batch_size": 4,
        "trajectory_every": 2,
        "trajectory_pairs": 2,
        "log_every": 2,
    },
    "scores": {
        "ms_ssim_pairs": 4,
        "ms_ssim_all_pairs": 4,
        "neighbours": 1,
        "subsets": 2,
        "select": {"samples": 20, "groups": 2},
        "report": {"samples": 20, "groups": 2},
    },
}


def experiment(dataset: dict, judge: dict | None = None, **suite) -> dict:
    """One grid of one model, on a data set."""
    classes = dataset.get("classes", 10)
    chosen = {
        "dataset": "d",
        "side": 16,
        "classes_per_model": classes,
        "judge": "j",
        "samples_per_class": 20,
    } | suite
    return SMALL | {
        "experiment": "small",
        "title": "Small",
        "datasets": {"d": dataset},
        "judges": {"j": judge or {"kind": "efficientnet_lite0"}},
        "suites": {"s": chosen},
        "roles": {"search": "s"},
    }


def written(content: dict, name: str = "small.yaml") -> Path:
    Path(name).write_text(yaml.safe_dump(content, sort_keys=False))
    return Path(name)


def states(content: dict) -> dict[str, check.Finding]:
    return {f.what: f for f in check.check(loading.load([written(content)]))}
