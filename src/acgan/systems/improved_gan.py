"""Improved GAN (Salimans et al. 2016): K logits whose softmax has a fake with logit 0; G takes no
class and learns by minibatch discrimination or by feature matching.

As their CIFAR-10 scripts have it: D minimises the cross-entropy of labelled reals and half of the
GAN loss on the logit of "real", log of the summed exponentials; with `matching: minibatch`, D sees
how close the images of a batch are, and G minimises the literal log P(fake) (their form,
`generator_loss: saturating`) or -log P(real). With `matching: features`, G minimises the absolute
difference of D's mean features on other reals and on fakes, as their code has it; their paper
writes a squared one. All images have labels here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from acgan.systems import losses
from acgan.systems.base import System

if TYPE_CHECKING:
    from acgan.systems.base import Objective, Seen, Terms

KERNELS, DIMS = 100, 5  # of the minibatch layer, theirs


def discriminator_terms(objective: Objective, seen: Seen) -> Terms:
    """Cross-entropy of reals, and half of the GAN loss."""
    real, fake = losses.real_logit(seen.real), losses.real_logit(seen.fake)
    plain = {**objective, "source_loss": "cross_entropy"}
    return {
        "classes": losses.cross_entropy(seen.real["classes"], seen.real_labels),
        "source": 0.5 * losses.source(plain, real, fake),
    }


def generator_terms(objective: Objective, seen: Seen) -> Terms:
    """Of the features, or of the source."""
    if objective["matching"] == "features":
        apart = seen.real["features"].mean(0) - seen.fake["features"].mean(0)
        return {"features": apart.abs().mean()}
    return {"source": losses.taken_for_real(objective, losses.real_logit(seen.fake))}


def discriminator(classes: int, objective: Objective) -> dict[str, Any]:
    """The minibatch layer, or the features."""
    minibatch = objective["matching"] == "minibatch"
    return {"minibatch": (KERNELS, DIMS)} if minibatch else {"features": True}


SYSTEM = System(
    title="Improved GAN",
    given="nothing",
    heads=lambda classes, objective: {"classes": classes},
    discriminator=discriminator,
    discriminator_terms=discriminator_terms,
    generator_terms=generator_terms,
    reals_for_generator=lambda objective: objective["matching"] == "features",
    statistics=losses.softmax_statistics,
    columns=(*losses.SOURCE, losses.CLASS[0]),
    line=f"{losses.SOURCE_LINE}  class {{class_accuracy_real:.2f}}",
    keys=("matching", "generator_loss"),
)
