"""What was logged during training."""

import pandas as pd

from acgan.io.frames import read_frame, stacked
from acgan.tables.reading import of_model
from acgan.tables.registry import Asked, table


@table(models=("training.csv",), restarts=True)
def training(asked: Asked) -> pd.DataFrame:
    """What every model logged, from models/<suite>/<model>/training.csv, at most 100 steps each
    (the report's curves): a row for each step and term, since each system logs its own.
    """
    frames = []
    for path in asked.inputs:
        frame = read_frame(path)
        # A model that diverged at once has no row.
        few = frame.iloc[:: max(1, -(-len(frame) // 100))]
        frames.append(of_model(path, few.melt("step", var_name="term", value_name="value")))
    return stacked(frames)
