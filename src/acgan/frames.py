"""Tables as pandas frames: one reader, so that names stay names.

A class may be called `001`, `NA` or `2024`: people name folders as they like.
"""

from pathlib import Path

import pandas as pd

TEXT = ("class", "name", "neighbour_class", "suite", "model", "metric", "dataset", "source", "split", "sides", "file",
        "checksum", "published", "image", "reason", "passed_over_reasons", "kind", "judge", "sheet")  # fmt: skip


def read_frame(path: Path) -> pd.DataFrame:
    """A CSV file with the columns of TEXT as text; only an empty cell is no value. Raises OSError
    and ValueError.
    """
    return pd.read_csv(path, dtype=dict.fromkeys(TEXT, str), keep_default_na=False, na_values=[""])
