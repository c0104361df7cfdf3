"""What the critics' plots read: by class and restart, where the paper's tables have the first
restart alone.
"""

import math
from typing import Any

import pandas as pd

from acgan.config.resolve import models
from acgan.io.files import read_json
from acgan.io.frames import stacked
from acgan.tables.reading import RANDOM_PAIRS, by_row, of_model, read_scores, read_trajectory
from acgan.tables.registry import Asked, table

KEYS = ["suite", "model", "class"]


@table(scores=("neighbours",), heldout=("neighbours",), restarts=True)
def nearness(asked: Asked) -> pd.DataFrame:
    """Of every restart: distances to the nearest training image, of samples and of held-out images
    (suite `heldout`), over the median of the held-out images of the class; of MS-SSIM the distance
    is 1 minus it. Where a sample shows no class, over the median of all.
    """
    rows = read_scores(asked.inputs)
    own = rows[rows["suite"] != "heldout"]["metric"]
    scope = "same_class" if own.str.endswith("_same_class").any() else "all_classes"
    found = []
    for measure in ("l1", "ms_ssim"):
        mine = rows[rows["metric"] == f"nearest_{measure}_{scope}"].copy()
        mine["distance"] = mine["value"] if measure == "l1" else 1 - mine["value"]
        key = mine["class"] if scope == "same_class" else pd.Series("", index=mine.index)
        typical = mine[mine["suite"] == "heldout"].groupby(key)["distance"].median()
        mine["ratio"] = mine["distance"] / key.map(typical)
        mine["measure"] = measure
        found.append(mine[["suite", "model", "class", "subset", "measure", "distance", "ratio"]])
    return pd.concat(found, ignore_index=True).rename(columns={"subset": "sample"})


@table(scores=("accuracy",), restarts=True, resolutions=True)
def class_accuracy(asked: Asked) -> pd.DataFrame:
    """Accuracy of every class and restart by side."""
    scores = read_scores(asked.inputs)
    table = scores.groupby([*KEYS, "side"], sort=False)["value"].mean().rename("accuracy")
    return table.reset_index()


@table(scores=("ms_ssim",), real=True, restarts=True)
def class_diversity(asked: Asked) -> pd.DataFrame:
    """Mean and standard deviation of MS-SSIM over random pairs of every class and restart, and of
    training images, at the suite's own side.
    """
    scores = read_scores(asked.inputs).fillna({"model": ""})
    own = scores["side"] == asked.config["suites"][asked.suite]["side"]
    parts = {}
    for column, ends in (("ms_ssim", "mean"), ("ms_ssim_std", "std")):
        mine = scores[own & scores["metric"].str.endswith(f"{RANDOM_PAIRS}{ends}")]
        parts[column] = mine.set_index(KEYS)["value"]
    return pd.DataFrame(parts).reindex(parts["ms_ssim"].index).reset_index()


@table(scores=("ms_ssim",), welcome_scores=("accuracy", "shared_classes"), restarts=True)
def capacity(asked: Asked) -> pd.DataFrame:
    """Of models of several numbers of classes: accuracy, MS-SSIM and class score of those classes
    that all share, a row for each model and measure.
    """
    scores, suite = read_scores(asked.inputs), asked.config["suites"][asked.suite]
    by_id = {m.id: m for m in models(asked.config, str(asked.suite))}
    smallest = min(by_id.values(), key=lambda m: m.classes)
    own = scores[(scores["side"] == suite["side"]) & scores["model"].isin(by_id)]
    shared = set(own.loc[own["model"].str.startswith(smallest.id.partition("-")[0]), "class"])
    own = own[own["class"].isna() | own["class"].isin(shared)]
    begins = {"accuracy": "accuracy_", "ms_ssim": "ms_ssim_", "class_score": "shared_class_score_"}
    rows: list[dict[str, Any]] = []
    for measure, begin in begins.items():
        mine = own[own["metric"].str.startswith(begin)]
        if measure == "ms_ssim":
            mine = mine[mine["metric"].str.endswith(f"{RANDOM_PAIRS}mean")]
        for model, values in mine.groupby("model", sort=False):
            about = {"suite": asked.suite, "model": model, "measure": measure}
            about |= {"metric": values["metric"].iloc[0], "classes": by_id[str(model)].classes}
            rows.append(about | {"value": values["value"].mean()})
    return pd.DataFrame(rows, columns=["suite", "model", "classes", "measure", "metric", "value"])


@table(scores=("class_distances",), restarts=True)
def class_distance(asked: Asked) -> pd.DataFrame:
    """The distance of each class's samples to its training images, of every restart."""
    scores = read_scores(asked.inputs)
    table = scores[[*KEYS, "metric", "value"]].rename(columns={"value": "distance"})
    table.insert(3, "name", table["class"].map(asked.names))
    return table


@table(scores=("parzen",), restarts=True)
def likelihood(asked: Asked) -> pd.DataFrame:
    """The Parzen-window likelihood of held-out images and its width, of every restart."""
    scores = read_scores(asked.inputs)
    scores["measure"] = scores["metric"].str.rsplit("_", n=1).str[1]
    return scores[["suite", "model", "metric", "measure", "value"]]


@table(models=("trajectory.csv",), real=True, real_scores=("ms_ssim",), restarts=True)
def collapse_by_step(asked: Asked) -> pd.DataFrame:
    """MS-SSIM of each class during training, of every restart, beside the threshold of section 4.2;
    of a model that diverged all that it came to, and `diverged` says so.
    """
    files = [p for p in asked.inputs if p.name == "trajectory.csv"]
    real = read_scores([p for p in asked.inputs if p.name != "trajectory.csv"])
    own = real["side"] == asked.config["suites"][asked.suite]["side"]
    means = real[own & real["metric"].str.endswith(f"{RANDOM_PAIRS}mean")]["value"]
    frames = []
    for path in files:
        frame = by_row(asked.config, str(asked.suite), of_model(path, read_trajectory(path)))
        lost = "diverged" in read_json(path.with_name("provenance.json"))
        frames.append(frame.assign(threshold=means.max(), diverged=lost))
    return stacked(frames)


# Two readings of the paper: 1,000 classes at 128 pixels, 100 random pairs of each, or all of 100
# images with each other, both ways, as a summary counts them.
PAPER = (("100 random pairs", 100), ("100 x 99 pairs", 9_900))


@table(
    settings=lambda config, suite: [
        config["suites"][suite]["side"] if suite else None,
        sum(m.classes for m in models(config, suite)) if suite else None,
        config["scores"]["ms_ssim_pairs"],
        config["scores"]["ms_ssim_all_pairs"],
    ],
    code=("metrics/ms_ssim.py",),
)
def ms_ssim_cost(asked: Asked) -> pd.DataFrame:
    """What MS-SSIM of a suite takes, and the paper's: pairs, side, operations of one and of all."""
    config, suite = asked.config, asked.config["suites"][asked.suite]
    pairs, of = (config["scores"][k] for k in ("ms_ssim_pairs", "ms_ssim_all_pairs"))
    classes = sum(m.classes for m in models(config, str(asked.suite)))
    counted = [
        (asked.suite, suite["side"], classes, f"{pairs} random pairs", pairs),
        (asked.suite, suite["side"], classes, f"all pairs of {of}", math.comb(of, 2)),
        *(("the paper", 128, 1_000, estimate, count) for estimate, count in PAPER),
    ]
    table = pd.DataFrame(
        counted, columns=["suite", "side", "classes", "estimate", "pairs_per_class"]
    )
    table["pairs"] = table["classes"] * table["pairs_per_class"]
    table["operations_per_pair"] = table["side"].map(pair_operations)
    return table.assign(operations=table["pairs"] * table["operations_per_pair"])


def pair_operations(side: int) -> int:
    """Multiplications and additions of one listed pair of colour images (metrics/ms_ssim.py): four
    maps blurred by two matrix products at each of five scales, and ten operations a position.
    """
    from acgan.metrics.ms_ssim import SCALE_WEIGHTS, WINDOW  # here, since it takes torch

    total = 0
    for _ in SCALE_WEIGHTS:
        positions = side - min(WINDOW, side) + 1
        blur = 2 * positions * side * (side + positions)
        total += 3 * (4 * blur + 4 * side**2 + 10 * positions**2)
        side = -(-side // 2)
    return total
