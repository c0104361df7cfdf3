"""AC-GAN with a frozen judge in the place of D's classifier: D says real or fake, and G is also to
please a net that was trained before on real images.

The judge that scores such a model is another one, of another kind and trained on other images: what
pleases the judge that it learnt from says nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from acgan.systems import losses
from acgan.systems.base import System

if TYPE_CHECKING:
    from acgan.systems.base import Objective, Seen, Terms


def generator_terms(objective: Objective, seen: Seen) -> Terms:
    """Of the source, and of the class as the judge sees it."""
    return {
        "source": losses.fooled(objective, seen.fake["source"]),
        "classes": losses.cross_entropy(seen.fake["judge"], seen.fake_labels),
    }


SYSTEM = System(
    title="AC-GAN with a frozen judge",
    heads=lambda classes, objective: {"source": None},
    judge=lambda objective: objective["judge"],
    discriminator_terms=losses.source_of_both,
    generator_terms=generator_terms,
    generator_weights={"classes": "g_class_weight"},
    statistics=losses.source_statistics,
    columns=losses.SOURCE,
    line=losses.SOURCE_LINE,
    keys=(*losses.SOURCE_KEYS, "judge", "g_class_weight"),
)
