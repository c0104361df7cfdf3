"""Semi-supervised GAN (Odena 2016): one softmax over K classes and the fake; G takes no class.

D minimises the cross-entropy of reals to their class and of fakes to the fake; G the literal log
P(fake) (`generator_loss: saturating`, as its author had it) or -log P(any class) (non_saturating,
the default here; LabelGAN of Zhou et al. 2018). All images have labels here, so that nothing is
"semi" about it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from acgan.systems import losses
from acgan.systems.base import System

if TYPE_CHECKING:
    from acgan.systems.base import Objective, Seen, Terms


def generator_terms(objective: Objective, seen: Seen) -> Terms:
    """-log P(any of the classes), or log P(fake)."""
    return {"source": losses.taken_for_real(objective, losses.real_logit(seen.fake))}


SYSTEM = System(
    title="semi-supervised GAN",
    given="nothing",
    heads=lambda classes, objective: {"classes": classes, "fake_class": None},
    discriminator_terms=losses.softmax_of_both,
    generator_terms=generator_terms,
    statistics=losses.softmax_statistics,
    columns=(*losses.SOURCE, losses.CLASS[0]),
    line=f"{losses.SOURCE_LINE}  class {{class_accuracy_real:.2f}}",
    keys=("generator_loss",),
)
