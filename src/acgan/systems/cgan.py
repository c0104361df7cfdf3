"""Conditional GAN (Mirza, Osindero 2014): G gets the class and D is told it.

On convolutions, D is told it by planes of ones and zeros beside the image, or by an embedding that
is concatenated in a hidden layer (as Miyato, Koyama 2018 have it for comparison). Fakes are judged
with the class that G got; there are no pairs of an image and a wrong class, which are Reed et al.
(2016).
"""

from typing import Any

from acgan.nets.labels import LabelInput
from acgan.systems import losses
from acgan.systems.base import Objective, System


def told(classes: int, objective: Objective) -> dict[str, Any]:
    """Where D is told the class."""
    return {"label": LabelInput(objective["label_input"], classes, objective["label_row"])}


SYSTEM = System(
    title="conditional GAN",
    discriminator=told,
    keys=(*losses.SOURCE_KEYS, "label_input", "label_row"),
    **losses.SOURCE_ALONE,
)
