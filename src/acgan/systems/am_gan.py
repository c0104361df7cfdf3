"""AM-GAN (Zhou et al. 2018): the discriminator of the semi-supervised GAN, and a G that is given a
class and minimises the cross-entropy over K + 1 outputs to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from acgan.systems import losses
from acgan.systems.base import System

if TYPE_CHECKING:
    from torch import Tensor

    from acgan.systems.base import Objective, Seen, Terms


def generator_terms(objective: Objective, seen: Seen) -> Terms:
    """Cross-entropy over K + 1 outputs to the class that G was given."""
    return {"classes": losses.cross_entropy(losses.with_fake(seen.fake), seen.fake_labels)}


def statistics(seen: Seen) -> dict[str, Tensor]:
    """How often D is right about source and class; of fakes, among the classes alone."""
    right = seen.fake["classes"].argmax(1) == seen.fake_labels
    return {**losses.softmax_statistics(seen), losses.CLASS[1]: right}


SYSTEM = System(
    title="AM-GAN",
    heads=lambda classes, objective: {"classes": classes, "fake_class": None},
    discriminator_terms=losses.softmax_of_both,
    generator_terms=generator_terms,
    statistics=statistics,
    columns=(*losses.SOURCE, *losses.CLASS),
    line=losses.CLASS_LINE,
)
