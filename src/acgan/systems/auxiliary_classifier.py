"""The auxiliary classifier alone: D names reals, G gets no class and no term of it.

One of the four corners of the question what gives AC-GAN its classes: GAN* of Zhou et al. (2018),
where fakes have no label to be named by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from acgan.systems import losses
from acgan.systems.base import System

if TYPE_CHECKING:
    from torch import Tensor

    from acgan.systems.base import Objective, Seen, Terms


def discriminator_terms(objective: Objective, seen: Seen) -> Terms:
    """Of the source, and of the class of reals."""
    return {
        "source": losses.source(objective, seen.real["source"], seen.fake["source"]),
        "classes": losses.cross_entropy(seen.real["classes"], seen.real_labels),
    }


def generator_terms(objective: Objective, seen: Seen) -> Terms:
    """Of the source."""
    return {"source": losses.fooled(objective, seen.fake["source"])}


def statistics(seen: Seen) -> dict[str, Tensor]:
    """How often D is right about the source, and about the class of reals."""
    right = seen.real["classes"].argmax(1) == seen.real_labels
    return {**losses.source_statistics(seen), losses.CLASS[0]: right}


SYSTEM = System(
    title="GAN with an auxiliary classifier",
    given="nothing",
    heads=lambda classes, objective: {"source": None, "classes": classes},
    discriminator_terms=discriminator_terms,
    generator_terms=generator_terms,
    discriminator_weights={"classes": "d_class_weight"},
    statistics=statistics,
    columns=(*losses.SOURCE, losses.CLASS[0]),
    line=f"{losses.SOURCE_LINE}  class {{class_accuracy_real:.2f}}",
    keys=(*losses.SOURCE_KEYS, "d_class_weight"),
)
