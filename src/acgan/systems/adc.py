"""ADC-GAN (Hou et al. 2022): the classifier has two outputs for each class, of reals and of fakes.

D names reals 2y and fakes 2c + 1. G's cross-entropy to 2c minus that to 2c + 1 is a difference of
two logits, since the log of the summed exponentials is in both: it has no lower bound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from acgan.systems import losses
from acgan.systems.base import System

if TYPE_CHECKING:
    from torch import Tensor

    from acgan.systems.base import Objective, Seen, Terms


def discriminator_terms(objective: Objective, seen: Seen) -> Terms:
    """Of the source, and over 2K outputs."""
    classes = losses.cross_entropy(seen.real["pairs"], 2 * seen.real_labels)
    classes = classes + losses.cross_entropy(seen.fake["pairs"], 2 * seen.fake_labels + 1)
    return {
        "source": losses.source(objective, seen.real["source"], seen.fake["source"]),
        "classes": classes,
    }


def generator_terms(objective: Objective, seen: Seen) -> Terms:
    """Of the source, and the fake's logit of the class minus the real's."""
    place = 2 * seen.fake_labels[:, None]
    apart = seen.fake["pairs"].gather(1, place + 1) - seen.fake["pairs"].gather(1, place)
    return {"source": losses.fooled(objective, seen.fake["source"]), "classes": apart.mean()}


def statistics(seen: Seen) -> dict[str, Tensor]:
    """How often D is right about the source, and the class, whatever it says of its source."""
    right = (
        seen.real["pairs"].argmax(1) // 2 == seen.real_labels,
        seen.fake["pairs"].argmax(1) // 2 == seen.fake_labels,
    )
    return {**losses.source_statistics(seen), **dict(zip(losses.CLASS, right, strict=True))}


SYSTEM = System(
    title="ADC-GAN",
    heads=lambda classes, objective: {"source": None, "pairs": 2 * classes},
    discriminator_terms=discriminator_terms,
    generator_terms=generator_terms,
    discriminator_weights={"classes": "d_class_weight"},
    generator_weights={"classes": "g_class_weight"},
    statistics=statistics,
    columns=(*losses.SOURCE, *losses.CLASS),
    line=losses.CLASS_LINE,
    keys=(*losses.SOURCE_KEYS, "d_class_weight", "g_class_weight"),
)
