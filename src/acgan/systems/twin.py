"""TAC-GAN (Gong et al. 2019): AC-GAN with a twin of its classifier.

The classifier names reals alone, the twin fakes alone; G pleases the first and not the second, so
that it cannot win by drawing less.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from acgan.systems import losses
from acgan.systems.base import System

if TYPE_CHECKING:
    from acgan.systems.base import Objective, Seen, Terms


def discriminator_terms(objective: Objective, seen: Seen) -> Terms:
    """Of the source, the class of reals, and the twin's class of fakes."""
    return {
        "source": losses.source(objective, seen.real["source"], seen.fake["source"]),
        "classes": losses.cross_entropy(seen.real["classes"], seen.real_labels),
        "twin": losses.cross_entropy(seen.fake["twin"], seen.fake_labels),
    }


def generator_terms(objective: Objective, seen: Seen) -> Terms:
    """Of the source and the class, and against the twin."""
    return {
        "source": losses.fooled(objective, seen.fake["source"]),
        "classes": losses.cross_entropy(seen.fake["classes"], seen.fake_labels),
        "twin": -losses.cross_entropy(seen.fake["twin"], seen.fake_labels),
    }


SYSTEM = System(
    title="TAC-GAN",
    heads=lambda classes, objective: {"source": None, "classes": classes, "twin": classes},
    discriminator_terms=discriminator_terms,
    generator_terms=generator_terms,
    discriminator_weights={"classes": "d_class_weight", "twin": "d_twin_weight"},
    generator_weights={"classes": "g_class_weight", "twin": "g_twin_weight"},
    statistics=losses.class_statistics,
    columns=(*losses.SOURCE, *losses.CLASS),
    line=losses.CLASS_LINE,
    keys=(
        *losses.SOURCE_KEYS,
        "d_class_weight",
        "g_class_weight",
        "d_twin_weight",
        "g_twin_weight",
    ),
)
