"""Scores of settings: the search of section 4.4, or any suite."""

import pandas as pd

from acgan.tables.reading import read_scores, with_settings
from acgan.tables.registry import Asked, table


@table(scores=("class_score",), restarts=True)
def search(asked: Asked) -> pd.DataFrame:
    """The choosing and the reported score of every setting and group (section 4.4)."""
    table = (
        read_scores(asked.inputs)
        .drop(columns="class")
        .rename(columns={"subset": "group", "value": "score"})
    )
    table["purpose"] = table["metric"].str.rsplit("_", n=1).str[1]
    return with_settings(asked.config, str(asked.suite), table)


@table(scores=("feature_distances",), restarts=True)
def feature_distances(asked: Asked) -> pd.DataFrame:
    """FID, KID, precision and recall of every setting, or what another judge gives in their
    place.
    """
    return with_settings(
        asked.config, str(asked.suite), read_scores(asked.inputs).drop(columns=["class", "subset"])
    )
