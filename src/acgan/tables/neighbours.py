"""Nearest training images (Figure 8)."""

import pandas as pd

from acgan.tables.reading import by_row, read_scores
from acgan.tables.registry import Asked, table


@table(scores=("neighbours",))
def neighbours(asked: Asked) -> pd.DataFrame:
    """Distances to the nearest training images (Figure 8)."""
    table = read_scores(asked.inputs).rename(columns={"subset": "sample", "value": "distance"})
    table = by_row(asked.config, str(asked.suite), table)
    table.insert(3, "name", table["class"].map(lambda c: asked.names.get(c, c)))
    return table
