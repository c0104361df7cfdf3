"""Tables as pandas frames: one reader, so that names stay names.

A class may be called `001`, `NA` or `2024`: people name folders as they like.
"""

import csv
from pathlib import Path

import pandas as pd

TEXT = (
    "class",
    "name",
    "neighbour_class",
    "suite",
    "model",
    "metric",
    "dataset",
    "source",
    "split",
    "sides",
    "file",
    "checksum",
    "published",
    "image",
    "reason",
    "passed_over_reasons",
    "kind",
    "named",
    "judge",
    "sheet",
)

# Not of every row; as floats with gaps, seeds would lose their last digits.
WHOLE = ("sample", "seed", "training_image")
TYPES = dict.fromkeys(TEXT, "str") | dict.fromkeys(WHOLE, "Int64")


def read_frame(path: Path) -> pd.DataFrame:
    """A CSV file with the columns of TEXT as text and those of WHOLE as whole numbers.

    In text only an empty cell is no value, in other columns `nan` is none either. Raises
    OSError and ValueError.
    """
    with open(path, newline="", encoding="utf-8") as handle:
        columns = next(csv.reader(handle), [])
    absent = {column: [""] if column in TEXT else ["", "nan"] for column in columns}
    return pd.read_csv(path, dtype=TYPES, keep_default_na=False, na_values=absent)


def stacked(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Frames of the same columns in one. Those without rows do not count, since pandas would take
    their columns, and then all, for text.
    """
    return pd.concat([f for f in frames if len(f)] or frames[:1], ignore_index=True)
