"""How alike images of a class are, in the end and during training (section 4.2)."""

import pandas as pd

from acgan.io.files import read_json
from acgan.io.frames import stacked
from acgan.tables.reading import RANDOM_PAIRS, by_row, of_model, read_scores, read_trajectory
from acgan.tables.registry import Asked, table


@table(scores=("ms_ssim",), real=True)
def ms_ssim_by_class(asked: Asked) -> pd.DataFrame:
    """Mean and standard deviation over random pairs of each class, real and generated (Figures 3,
    4 and 6); the estimate over all pairs is in columns of its own name.
    """
    scores = read_scores(asked.inputs)
    scores["statistic"] = scores["metric"].str.rsplit("_", n=1).str[1]
    scores["model"] = scores["model"].fillna("")
    keys = ["suite", "model", "class", "metric", "side"]
    other = ~scores["metric"].str.contains(RANDOM_PAIRS)
    more = scores[other].pivot(
        index=["suite", "model", "class", "side"], columns="metric", values="value"
    )
    scores = scores[~other].assign(metric=scores["metric"].str.rsplit("_", n=1).str[0])
    table = scores.pivot(index=keys, columns="statistic", values="value").reset_index()
    table.insert(3, "name", table["class"].map(asked.names))
    table.columns.name = None
    table = table.rename(columns={"mean": "ms_ssim", "std": "ms_ssim_std"})
    return table.merge(more.reset_index(), on=["suite", "model", "class", "side"], how="left")


@table(models=("trajectory.csv",), plot=("step", "ms_ssim"))
def trajectory(asked: Asked) -> pd.DataFrame:
    """MS-SSIM of each class during training (Figure 5), from
    models/<suite>/<model>/trajectory.csv; without models that diverged, as in all tables of scores.
    """
    frames = [pd.DataFrame(columns=["suite", "model", "step", "class", "name", "ms_ssim"])]
    for path in asked.inputs:
        if "diverged" in read_json(path.with_name("provenance.json")):
            continue
        frame = read_trajectory(path)
        frame = by_row(asked.config, str(asked.suite), of_model(path, frame))
        frame.insert(4, "name", frame["class"].map(lambda c: asked.names.get(c, c)))
        frames.append(frame)
    return stacked(frames)
