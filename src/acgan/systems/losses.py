"""Losses and statistics that several systems share. All work on logits: nothing here or in the nets
applies a softmax or a sigmoid first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # torch takes seconds to load: each function does so for itself
    from torch import Tensor

    from acgan.systems.base import Heads, Objective, Seen, Terms

SOURCE_KEYS = ("generator_loss", "source_loss")  # that the source's terms read
SOURCE = ("source_accuracy_real", "source_accuracy_fake")
CLASS = ("class_accuracy_real", "class_accuracy_fake")
SOURCE_LINE = "real {source_accuracy_real:.2f}  fake {source_accuracy_fake:.2f}"
CLASS_LINE = f"{SOURCE_LINE}  class {{class_accuracy_real:.2f}} {{class_accuracy_fake:.2f}}"


def source(objective: Objective, real: Tensor, fake: Tensor) -> Tensor:
    """D's loss on source logits (N,): -log P(real) of reals and -log P(fake) of fakes, or hinge."""
    from torch.nn import functional as F

    if objective["source_loss"] == "hinge":
        return F.relu(1 - real).mean() + F.relu(1 + fake).mean()
    return F.softplus(-real).mean() + F.softplus(fake).mean()


def fooled(objective: Objective, fake: Tensor) -> Tensor:
    """G's loss on source logits (N,): `non_saturating` minimises -log P(real), `saturating` the
    literal log P(fake); with the hinge of D, -logit.
    """
    return -fake.mean() if objective["source_loss"] == "hinge" else taken_for_real(objective, fake)


def taken_for_real(objective: Objective, fake: Tensor) -> Tensor:
    """The same where D's loss is a cross-entropy, whatever `source_loss` other systems have."""
    from torch.nn import functional as F

    # -log P(real) = softplus(-logit); log P(fake) = -softplus(logit)
    saturating = objective["generator_loss"] == "saturating"
    return (-F.softplus(fake) if saturating else F.softplus(-fake)).mean()


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Of logits (N, K) and labels (N,), over the batch."""
    from torch.nn import functional as F

    return F.cross_entropy(logits, labels)


def real_logit(heads: Heads) -> Tensor:
    """(N,) logit of "real" where the classes' softmax has one more output, for fakes: log of the
    summed exponentials of the K classes minus the fake's logit, which is 0 where it has no output.
    """
    real = heads["classes"].logsumexp(1)
    return real - heads["fake_class"] if "fake_class" in heads else real


def with_fake(heads: Heads) -> Tensor:
    """(N, K + 1) logits of the K classes and of "fake", the last."""
    import torch

    return torch.cat([heads["classes"], heads["fake_class"][:, None]], 1)


def of_fakes(heads: Heads) -> Tensor:
    """-log P(fake) of the K + 1."""
    import torch

    logits = with_fake(heads)
    last = logits.shape[1] - 1
    return cross_entropy(logits, torch.full((len(logits),), last, device=logits.device))


def source_statistics(seen: Seen) -> dict[str, Tensor]:
    """How often D is right about the source."""
    return dict(zip(SOURCE, (seen.real["source"] > 0, seen.fake["source"] < 0), strict=True))


def class_statistics(seen: Seen) -> dict[str, Tensor]:
    """The same, and how often about the class."""
    right = (
        seen.real["classes"].argmax(1) == seen.real_labels,
        seen.fake["classes"].argmax(1) == seen.fake_labels,
    )
    return {**source_statistics(seen), **dict(zip(CLASS, right, strict=True))}


def softmax_statistics(seen: Seen) -> dict[str, Tensor]:
    """The same of one softmax over K classes and the fake; of fakes there is no right class."""
    right = (
        real_logit(seen.real) > 0,
        real_logit(seen.fake) < 0,
        seen.real["classes"].argmax(1) == seen.real_labels,
    )
    return dict(zip((*SOURCE, CLASS[0]), right, strict=True))


def gaussian(means: Tensor, codes: Tensor) -> Tensor:
    """-log density of codes (N, n) under Gaussians of these means and standard deviation 1, summed
    over the codes, a mean over the batch.
    """
    import math

    return (0.5 * (codes - means) ** 2 + 0.5 * math.log(2 * math.pi)).sum(1).mean()


def unit(vectors: Tensor) -> Tensor:
    """(N, size) of length 1."""
    from torch.nn import functional as F

    return F.normalize(vectors, dim=1)


def log_sum_exp(first: Tensor, others: Tensor) -> Tensor:
    """(N,) of (N,) and (N, M) exponents; M may hold -inf, for nothing."""
    import torch

    return torch.cat([first[:, None], others], 1).logsumexp(1)


def softmax_of_both(objective: Objective, seen: Seen) -> Terms:
    """D's terms of one softmax over K classes and the fake: of reals to their class, of fakes to
    the fake.
    """
    return {
        "classes": cross_entropy(with_fake(seen.real), seen.real_labels),
        "fake": of_fakes(seen.fake),
    }


def source_of_both(objective: Objective, seen: Seen) -> Terms:
    """D's terms where the source is all that it learns."""
    return {"source": source(objective, seen.real["source"], seen.fake["source"])}


def source_of_fakes(objective: Objective, seen: Seen) -> Terms:
    """G's terms where the source is all that it learns from."""
    return {"source": fooled(objective, seen.fake["source"])}


# Of a system whose D says real or fake and no more.
SOURCE_ALONE: dict[str, Any] = {
    "heads": lambda classes, objective: {"source": None},
    "discriminator_terms": source_of_both,
    "generator_terms": source_of_fakes,
    "statistics": source_statistics,
    "columns": SOURCE,
    "line": SOURCE_LINE,
}
