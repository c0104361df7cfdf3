"""What a model draws on its way, and how that scores."""

import pandas as pd

from acgan.tables.reading import RANDOM_PAIRS, read_scores
from acgan.tables.registry import Asked, table

MEASURES = ("accuracy", "ms_ssim", "class_score", "nearest_l1", "nearest_ms_ssim")


def measure_of(metric: str) -> str | None:
    """Which of MEASURES a metric is; None for one that is none."""
    if metric.endswith("_select"):  # the choosing score
        return None
    if metric.startswith("ms_ssim"):
        return "ms_ssim" if metric.endswith(f"{RANDOM_PAIRS}mean") else None
    if metric.startswith("nearest"):
        return metric.removesuffix("_same_class") if metric.endswith("_same_class") else None
    return "accuracy" if metric.startswith("accuracy_") else "class_score"


@table(scores=("by_step",), real=True, real_scores=("ms_ssim",))
def by_step(asked: Asked) -> pd.DataFrame:
    """Of each step that a suite keeps: accuracy at its own side, MS-SSIM, median distances to the
    nearest training image, by class; and the reported class score. Of training images (suite
    `real`) MS-SSIM.
    """
    scores = read_scores(asked.inputs)
    scores = scores[scores["side"] == asked.config["suites"][asked.suite]["side"]]
    scores["measure"] = scores["metric"].map(measure_of)
    keys = ["suite", "model", "class", "step", "measure"]
    values = scores.dropna(subset="measure").groupby(keys, sort=False, dropna=False)["value"]
    table = values.agg(["mean", "median"]).reset_index()
    is_distance = table["measure"].str.startswith("nearest")
    table["value"] = table["median"].where(is_distance, table["mean"])
    table.insert(3, "name", table["class"].map(asked.names))
    return table.drop(columns=["mean", "median"])
