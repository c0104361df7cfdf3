"""What a weights file may say of its model, as types: the same sections as in a config."""

from typing import Annotated

from pydantic import Field, StringConstraints

from acgan.config.schema import Name, Nets, Objective, Section, Training
from acgan.take_away.weights_file import LONGEST_NAME, MOST_CLASSES

# Names are printed: none shall steer a terminal, or turn the direction of text.
Text = Annotated[
    str,
    StringConstraints(
        pattern=r"^[^\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]*$",
        max_length=LONGEST_NAME,
    ),
]
Model = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=100)]


class Spec(Section):
    """One model."""

    suite: Name
    model: Model
    dataset: Name
    side: int = Field(ge=8, le=1024)
    classes: int = Field(ge=1, le=MOST_CLASSES)
    seed: int = Field(ge=0, lt=1 << 63)
    nets: Nets
    objective: Objective
    training: Training


class Content(Section):
    """The metadata entry."""

    spec: Spec
    classes: list[Annotated[list[Text], Field(min_length=2, max_length=2)]]  # id and name
