"""Reading what tables are made of: score files, and trajectories of training."""

from pathlib import Path
from typing import Any

import pandas as pd

from acgan.config.resolve import Config, given, models
from acgan.io.errors import UserError
from acgan.io.frames import read_frame, stacked

NUMBERS = ("side", "subset", "value")  # columns of score files
RANDOM_PAIRS = "_random_pairs_"  # in the names of the MS-SSIM estimate that figures show


def read_scores(inputs: list[Path]) -> pd.DataFrame:
    """All score files in one frame; class ids stay text. A model that diverged has no rows."""
    try:
        found = stacked([read_frame(path) for path in inputs])
    except (OSError, ValueError) as error:
        raise UserError(f"cannot read scores: {error}") from error
    return found.astype(dict.fromkeys(NUMBERS, float)) if found.empty else found


def read_trajectory(path: Path) -> pd.DataFrame:
    """step, class, ms_ssim: a row for each step and class. Columns are told apart by their place,
    since a class may be called `step`, or `ms_ssim`.
    """
    head = pd.read_csv(path, header=None, nrows=1, dtype=str, keep_default_na=False).loc[0]
    wide = pd.read_csv(path, header=None, names=list(head.index), skiprows=1)
    long = wide.melt(0, var_name="class", value_name="ms_ssim").rename(columns={0: "step"})
    return long.assign(**{"class": long["class"].map(head)})


def of_model(path: Path, frame: pd.DataFrame) -> pd.DataFrame:
    """A frame from models/<suite>/<model>/ with the columns suite and model in front."""
    frame.insert(0, "suite", path.parts[-3])
    frame.insert(1, "model", path.parts[-2])
    return frame


def by_row(config: Config, suite: str, frame: pd.DataFrame) -> pd.DataFrame:
    """A frame with the columns suite, model and class, where the generators of `suite` are given no
    class: its rows of samples, which each model has, in the place of classes.
    """
    if given(config, suite) != "class":
        own = frame["suite"] == suite
        frame.loc[own, "class"] = row_key(frame["model"], frame["class"])[own]
    return frame


def row_key(model: Any, row: Any) -> Any:
    """What a row of a model's samples is called, apart from other models' rows."""
    return model + ": " + row


def with_settings(config: Config, suite: str, table: pd.DataFrame) -> pd.DataFrame:
    """A table of a suite with a column for each key that its grid varies."""
    by_id = {m.id: m for m in models(config, suite)}
    for name in config["suites"][suite]["grid"]:
        table[name] = table["model"].map(
            lambda m, name=name: by_id[m].settings[name] if m in by_id else None
        )
    return table
