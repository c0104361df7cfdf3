"""What was logged during training."""

import pandas as pd

from acgan.io.frames import read_frame, stacked
from acgan.tables.reading import of_model
from acgan.tables.registry import Asked, table


@table(models=("training.csv",), plot=("step", ["generator_loss", "discriminator_loss"]))
def training(asked: Asked) -> pd.DataFrame:
    """Losses of every model, from models/<suite>/<model>/training.csv, at most 100 rows each
    (the report's curves).
    """
    frames = []
    for path in asked.inputs:
        frame = read_frame(path)
        # A model that diverged at once has no row.
        frames.append(of_model(path, frame.iloc[:: max(1, -(-len(frame) // 100))]))
    return stacked(frames)
