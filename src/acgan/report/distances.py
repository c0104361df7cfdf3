"""FID, KID, precision and recall of the grid's settings, or what another judge gives in their
place: from tables/feature_distances.csv.
"""

from pathlib import Path
from typing import Any

import pandas as pd

from acgan.config.resolve import Config
from acgan.io.words import number, setting
from acgan.report.collapse import read_table

HEADS = {
    "fid": "FID",
    "frechet": "Frechet distance",
    "kid": "KID",
    "kernel": "Kernel distance",
    "precision": "Precision",
    "recall": "Recall",
}


def distances(config: Config, results: Path) -> list[dict[str, Any]]:
    """Of every suite whose feature distances are there: heads, full names of the metrics, and a row
    per model, the nearest to the training images first. Of models that diverged there are none.
    """
    found = []
    for suite in config["suites"]:
        table = read_table(results, "feature_distances", suite)
        if table is not None and not table.empty:
            found.append(described(config, suite, table))
    return found


def described(config: Config, suite: str, table: pd.DataFrame) -> dict[str, Any]:
    shown = [m for m in dict.fromkeys(table["metric"]) if not m.endswith("_std")]
    values = table.pivot(index="model", columns="metric", values="value").sort_values(shown[0])
    varied = list(config["suites"][suite]["grid"])
    settings = table.drop_duplicates("model").set_index("model")[varied]
    return {
        "suite": suite,
        "heads": [HEADS[m.partition("_")[0]] for m in shown],
        "metrics": [m.removesuffix("_mean") for m in shown],
        "rows": [
            {
                "model": model,
                "settings": ", ".join(f"{k} {setting(v)}" for k, v in settings.loc[model].items()),
                "shown": [text(row, m) for m in shown],
            }
            for model, row in values.iterrows()
        ],
    }


def text(row: Any, metric: str) -> str:
    """A value, with the standard deviation over subsets where there is one."""
    spread = row.get(f"{metric.removesuffix('_mean')}_std") if metric.endswith("_mean") else None
    return number(row[metric]) + (f" ± {number(spread)}" if spread is not None else "")
