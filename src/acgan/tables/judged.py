"""What the judge sees of each class, whatever samples were to show."""

import pandas as pd

from acgan.tables.reading import read_scores
from acgan.tables.registry import Asked, table


@table(scores=("judged",), real=True, restarts=True)
def judged_by_class(asked: Asked) -> pd.DataFrame:
    """By the judge's own label: the share of each class, and MS-SSIM of its samples where there are
    enough of them.
    """
    scores = read_scores(asked.inputs).fillna({"model": ""})
    own = scores["side"] == asked.config["suites"][str(asked.suite)]["side"]
    scores = scores[own & scores["class"].notna()]
    keys = ["suite", "model", "class"]
    parts = {}
    for column, begins in (("share", "judged_share_"), ("ms_ssim", "judged_ms_ssim_")):
        mine = scores[scores["metric"].str.startswith(begins)]
        parts[column] = mine.set_index(keys)["value"]
    table = pd.DataFrame(parts).reindex(parts["share"].index).reset_index()
    table.insert(3, "name", table["class"].map(asked.names))
    return table
