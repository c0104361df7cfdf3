"""What is measured of each model, one number a measure: for comparing systems and settings."""

from typing import Any

import numpy as np
import pandas as pd

from acgan.config.resolve import given, models
from acgan.io.files import read_json
from acgan.tables.reading import RANDOM_PAIRS, read_scores, with_settings
from acgan.tables.registry import Asked, table

COLUMNS = ("suite", "model", "system", "classes", "restart", "measure", "metric", "value", "why")
# {measure: (how its metric begins, how it ends)}; means over classes or groups.
MEASURES = {
    "accuracy": ("accuracy_", ""),
    "code_accuracy": ("code_accuracy_", ""),
    "code_information": ("code_information_", ""),
    "ms_ssim": ("ms_ssim_", f"{RANDOM_PAIRS}mean"),
    "judged_ms_ssim": ("judged_ms_ssim_", ""),
    "missing": ("judged_missing_", ""),
    "kl_to_uniform": ("judged_kl_to_uniform_", ""),
    "confidence": ("judged_confidence_", ""),
    "class_score": ("", "_report"),
    "best_class_score": ("", "_best"),
    "distance": ("f", "_train"),
    "class_distance": ("intra_", "_train"),
}
CLASSED = ("accuracy", "ms_ssim", "class_distance")  # of what a sample was to show
OF_CODES = ("code_accuracy", "code_information")


@table(
    scores=("ms_ssim",),
    welcome_scores=(
        "accuracy",
        "judged",
        "codes",
        "class_score",
        "snapshots",
        "feature_distances",
        "class_distances",
    ),
    real=True,
    real_scores=("ms_ssim", "judged"),
    models=("provenance.json",),
    restarts=True,
)
def model_measures(asked: Asked) -> pd.DataFrame:
    """A row for each model and measure; `why` says why there is no number. Training images are
    `real`.

    A model is `collapsed` when over half of its classes, by the judge's own label for every system
    alike, are missing or more alike than those of any class of training images (section 4.2).
    """
    config, suite = asked.config, str(asked.suite)
    files = {p for p in asked.inputs if p.name != "provenance.json"}
    scores = read_scores([p for p in asked.inputs if p in files])
    scores = scores[scores["side"] == config["suites"][suite]["side"]].fillna({"model": ""})
    diverged = {
        p.parts[-2]: "diverged" in read_json(p)
        for p in asked.inputs
        if p.name == "provenance.json" and p.parts[-3] == suite
    }
    real = scores[scores["suite"] == "real"]
    threshold = by_class(real)["value"].max()
    rows = [(*about("real", ""), *row) for row in measured(real, "class", False)]
    for model in models(config, suite):
        own = scores[(scores["suite"] == suite) & (scores["model"] == model.id)]
        system = config["suites"][suite]["objective"]["system"]
        restart = int(model.id.rpartition("-r")[2]) if "-r" in model.id else 0
        named = suite, model.id, system, model.classes, restart
        lost = diverged.get(model.id, False)
        rows += [(*named, *row) for row in measured(own, given(config, suite), lost)]
        rows.append((*named, "diverged", "", float(lost), ""))
        if len(by_class(real)):
            collapse = float(lost or is_collapsed(own, model.classes, threshold))
            rows.append((*named, "collapsed", "judged", collapse, ""))
    found = pd.DataFrame(rows, columns=list(COLUMNS))
    return with_settings(config, suite, found)


def about(suite: str, system: str) -> tuple[Any, ...]:
    return suite, "", system, 0, 0


def measured(scores: pd.DataFrame, of: str, diverged: bool) -> list[tuple[str, str, float, str]]:
    """(measure, metric, value, why not) of one model's scores at its own side."""
    found = []
    for measure, (begins, ends) in MEASURES.items():
        fits = scores["metric"].str.startswith(begins) & scores["metric"].str.endswith(ends)
        mine = scores[fits]
        if len(mine):
            metric = str(mine["metric"].iloc[0])
            mine = mine[mine["metric"] == metric]
            found.append((measure, metric, float(mine["value"].mean()), ""))
        elif diverged:
            found.append((measure, "", np.nan, "diverged in training"))
        elif measure in CLASSED and of != "class":
            found.append((measure, "", np.nan, "the generator is given no class"))
        elif measure in OF_CODES and of != "code":
            found.append((measure, "", np.nan, "the generator is given no code"))
        else:
            found.append((measure, "", np.nan, "the judge gives none"))
    return found


def by_class(scores: pd.DataFrame) -> pd.DataFrame:
    """MS-SSIM of the classes that the judge sees."""
    return scores[scores["metric"].str.startswith("judged_ms_ssim_")]


def is_collapsed(scores: pd.DataFrame, classes: int, threshold: float) -> bool:
    """Whether over half of the classes are missing or above the threshold."""
    seen = by_class(scores)
    return classes - int((seen["value"] <= threshold).sum()) > classes / 2
