"""AC-GAN (Odena, Olah, Shlens, section 3): D maximises L_S + L_C, G maximises L_C - L_S.

    L_S = E[log P(S=real | X_real)] + E[log P(S=fake | X_fake)]
    L_C = E[log P(C=c | X_real)]    + E[log P(C=c | X_fake)]

Written as losses to minimise. Both halves of L_C are in D's loss: D also learns to label *fakes*
with their intended class. Every term is a cross-entropy on logits; nothing here or in the nets
applies a softmax first.
"""

from torch import Tensor
from torch.nn import functional as F

from acgan.systems.base import Heads, Objective, Seen, System, Terms, one_hot


def discriminator_terms(objective: Objective, seen: Seen) -> Terms:
    """-L_S and -L_C of a real and a fake batch."""
    source = F.softplus(-seen.real["source"]).mean() + F.softplus(seen.fake["source"]).mean()
    classes = F.cross_entropy(seen.real["classes"], seen.real_labels)
    if objective["classify_fakes"]:
        classes = classes + F.cross_entropy(seen.fake["classes"], seen.fake_labels)
    return {"source": source, "classes": classes}


def generator_terms(objective: Objective, fake: Heads, labels: Tensor) -> Terms:
    """`non_saturating` minimises -log P(real), `saturating` the literal log P(fake)."""
    # -log P(real) = softplus(-logit); log P(fake) = -softplus(logit)
    saturating = objective["generator_loss"] == "saturating"
    source = -F.softplus(fake["source"]) if saturating else F.softplus(-fake["source"])
    return {"source": source.mean(), "classes": F.cross_entropy(fake["classes"], labels)}


def statistics(seen: Seen) -> dict[str, Tensor]:
    """How often D is right, about the source and about the class."""
    return {
        "source_accuracy_real": seen.real["source"] > 0,
        "source_accuracy_fake": seen.fake["source"] < 0,
        "class_accuracy_real": seen.real["classes"].argmax(1) == seen.real_labels,
        "class_accuracy_fake": seen.fake["classes"].argmax(1) == seen.fake_labels,
    }


SYSTEM = System(
    title="AC-GAN",
    condition_size=lambda classes: classes,
    condition=one_hot,
    heads=lambda classes: {"source": None, "classes": classes},
    discriminator_terms=discriminator_terms,
    generator_terms=generator_terms,
    discriminator_weights={"classes": "d_class_weight"},
    generator_weights={"classes": "g_class_weight"},
    statistics=statistics,
    columns=(
        "source_accuracy_real",
        "source_accuracy_fake",
        "class_accuracy_real",
        "class_accuracy_fake",
    ),
    line="real {source_accuracy_real:.2f}  fake {source_accuracy_fake:.2f}  "
    "class {class_accuracy_real:.2f} {class_accuracy_fake:.2f}",
)
