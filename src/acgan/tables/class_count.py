"""Classes per model and diversity (Figure 10)."""

import pandas as pd

from acgan.config.resolve import models
from acgan.tables.reading import RANDOM_PAIRS, read_scores
from acgan.tables.registry import Asked, table


@table(scores=("ms_ssim",), welcome_scores=("accuracy",), real=True, restarts=True)
def class_count(asked: Asked) -> pd.DataFrame:
    """MS-SSIM and accuracy of the classes that all models of the suite share, and of all real
    ones (Figure 10).
    """
    scores, suite = read_scores(asked.inputs), asked.config["suites"][asked.suite]
    by_id = {m.id: m for m in models(asked.config, str(asked.suite))}
    common = min(m.classes for m in by_id.values())
    shared = list(dict.fromkeys(scores["class"]))[:common]
    scores = scores[(scores["suite"] == "real") | scores["class"].isin(shared)]
    own_side = scores["side"] == suite["side"]
    # Of MS-SSIM alone: a judge's accuracy bears the judge's name, which may end in `_std` too.
    means = scores["metric"].str.contains(RANDOM_PAIRS) & scores["metric"].str.endswith("_mean")
    shown = ~scores["metric"].str.startswith("ms_ssim") | means
    scores = scores[own_side & shown].fillna({"model": ""})
    table = (
        scores.groupby(["suite", "model", "class", "metric"], sort=False)["value"]
        .mean()
        .reset_index()
    )
    counts = [by_id[m].classes if m else 0 for m in table["model"]]
    table.insert(2, "classes_per_model", counts)
    table.insert(
        3, "restart", [int(m.rpartition("-r")[2]) if "-r" in m else 0 for m in table["model"]]
    )
    return table
