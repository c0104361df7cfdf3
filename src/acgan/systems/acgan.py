"""AC-GAN (Odena, Olah, Shlens, section 3): D maximises L_S + L_C, G maximises L_C - L_S.

    L_S = E[log P(S=real | X_real)] + E[log P(S=fake | X_fake)]
    L_C = E[log P(C=c | X_real)]    + E[log P(C=c | X_fake)]

Written as losses to minimise. Both halves of L_C are in D's loss: D also learns to label *fakes*
with their intended class. Without `classify_fakes` it is what others call AC-GAN and AM-GAN's
authors (Zhou et al. 2018) AC-GAN*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from acgan.systems import losses
from acgan.systems.base import System

if TYPE_CHECKING:
    from acgan.systems.base import Objective, Seen, Terms


def discriminator_terms(objective: Objective, seen: Seen) -> Terms:
    """-L_S and -L_C of a real and a fake batch."""
    source = losses.source(objective, seen.real["source"], seen.fake["source"])
    classes = losses.cross_entropy(seen.real["classes"], seen.real_labels)
    if objective["classify_fakes"]:
        classes = classes + losses.cross_entropy(seen.fake["classes"], seen.fake_labels)
    return {"source": source, "classes": classes}


def generator_terms(objective: Objective, seen: Seen) -> Terms:
    """G's part of L_S and -L_C."""
    return {
        "source": losses.fooled(objective, seen.fake["source"]),
        "classes": losses.cross_entropy(seen.fake["classes"], seen.fake_labels),
    }


SYSTEM = System(
    title="AC-GAN",
    heads=lambda classes, objective: {"source": None, "classes": classes},
    discriminator_terms=discriminator_terms,
    generator_terms=generator_terms,
    discriminator_weights={"classes": "d_class_weight"},
    generator_weights={"classes": "g_class_weight"},
    statistics=losses.class_statistics,
    columns=(*losses.SOURCE, *losses.CLASS),
    line=losses.CLASS_LINE,
    keys=(*losses.SOURCE_KEYS, "classify_fakes", "d_class_weight", "g_class_weight"),
)
