"""What is measured of the latent space (sections 3 and 4.5)."""

import pandas as pd

from acgan.tables.reading import read_scores
from acgan.tables.registry import Asked, table


@table(welcome_scores=("smoothness", "fixed_latents", "probe"), restarts=True)
def latent_space(asked: Asked) -> pd.DataFrame:
    """Steps along lines, pictures of different classes at the same latents, and the probe from
    latents to the judge's label, each under the name of its metric.
    """
    return read_scores(asked.inputs)
