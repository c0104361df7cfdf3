"""The paper's objective (section 3): D maximises L_S + L_C, G maximises L_C - L_S.

    L_S = E[log P(S=real | X_real)] + E[log P(S=fake | X_fake)]
    L_C = E[log P(C=c | X_real)]    + E[log P(C=c | X_fake)]

Written as losses to minimise. Both halves of L_C are in D's loss: D also learns to label *fakes*
with their intended class. Every term is a cross-entropy on logits; nothing here or in the nets
applies a softmax first.
"""

from torch import Tensor
from torch.nn import functional as F


def discriminator_loss(
    real: tuple[Tensor, Tensor],
    fake: tuple[Tensor, Tensor],
    real_labels: Tensor,
    fake_labels: Tensor,
    *,
    class_weight: float = 1.0,
    classify_fakes: bool = True,
) -> Tensor:
    """-(L_S + class_weight x L_C) from (source logits (N,), class logits (N, classes)) of a real
    and a fake batch.
    """
    (source_real, class_real), (source_fake, class_fake) = real, fake
    source = F.softplus(-source_real).mean() + F.softplus(source_fake).mean()
    classes = F.cross_entropy(class_real, real_labels)
    if classify_fakes:
        classes = classes + F.cross_entropy(class_fake, fake_labels)
    return source + class_weight * classes


def generator_loss(
    fake: tuple[Tensor, Tensor],
    fake_labels: Tensor,
    *,
    form: str = "non_saturating",
    class_weight: float = 1.0,
) -> Tensor:
    """G's loss on a fake batch: `non_saturating` minimises -log P(real), `saturating` the
    literal log P(fake).
    """
    source_fake, class_fake = fake
    # -log P(real) = softplus(-logit); log P(fake) = -softplus(logit)
    source = F.softplus(-source_fake) if form == "non_saturating" else -F.softplus(source_fake)
    return source.mean() + class_weight * F.cross_entropy(class_fake, fake_labels)
