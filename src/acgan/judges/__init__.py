"""Judges: classifiers that say what a sample shows, each under its own name, with its own
preprocessing.

Only the 2015 Inception graph may be called Inception; a number that another judge gave bears that
judge's name.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from torch import Tensor

from acgan.errors import UserError


class Judge(NamedTuple):
    """A loaded classifier."""

    name: str
    class_ids: list[str]  # what each output stands for
    probabilities: Callable[
        [Tensor], Tensor
    ]  # uint8 (N, 3, H, W), any side -> softmax (N, outputs), float32


def load_judge(name: str, weights: Path) -> Judge:
    """The judge `name` from its weight file. Raises UserError for an unknown name or a file that
    does not fit.
    """
    if name == "digits_cnn":
        from acgan.judges import digits_cnn

        return digits_cnn.load(weights)
    raise UserError(f"there is no judge named {name}; known: digits_cnn")
