"""ReACGAN (Kang et al. 2021): in place of the classifier, data-to-data cross-entropy.

An embedding of unit length is to lie close to the proxy of its class and away from the images of
other classes.

The loss is the formula of their paper. The code of PyTorch-StudioGAN subtracts each row's largest
similarity from the negatives alone, which is another loss.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from acgan.systems import losses
from acgan.systems.base import System

if TYPE_CHECKING:
    from torch import Tensor

    from acgan.systems.base import Heads, Objective, Seen, Terms


def data_to_data(objective: Objective, heads: Heads, labels: Tensor) -> Tensor:
    """Of embeddings (N, size), proxies (classes, size) and labels (N,); 0 where all images of the
    batch have one class.
    """
    margin, temperature = objective["margin"], objective["temperature"]
    embedding, proxies = (losses.unit(heads[name]) for name in ("embedding", "proxies"))
    to_proxy = (embedding * proxies[labels]).sum(1)
    positive = (margin - to_proxy).clamp(min=0) / temperature
    others = labels[:, None] != labels[None]
    apart = (embedding @ embedding.t() - (1 - margin)).clamp(min=0) / temperature
    negative = apart.masked_fill(~others, -float("inf"))
    return (positive + losses.log_sum_exp(-positive, negative)).mean()


def discriminator_terms(objective: Objective, seen: Seen) -> Terms:
    """Of the source, and of the class of reals."""
    return {
        "source": losses.source(objective, seen.real["source"], seen.fake["source"]),
        "classes": data_to_data(objective, seen.real, seen.real_labels),
    }


def generator_terms(objective: Objective, seen: Seen) -> Terms:
    """Of the source, and of the class."""
    return {
        "source": losses.fooled(objective, seen.fake["source"]),
        "classes": data_to_data(objective, seen.fake, seen.fake_labels),
    }


def nearest(heads: Heads) -> Tensor:
    """(N,) the class whose proxy is nearest to each image's embedding."""
    return (losses.unit(heads["embedding"]) @ losses.unit(heads["proxies"]).t()).argmax(1)


def statistics(seen: Seen) -> dict[str, Tensor]:
    """How often D is right about the source, and how often the nearest proxy is the class's."""
    right = nearest(seen.real) == seen.real_labels, nearest(seen.fake) == seen.fake_labels
    return {**losses.source_statistics(seen), **dict(zip(losses.CLASS, right, strict=True))}


SYSTEM = System(
    title="ReACGAN",
    heads=lambda classes, objective: {"source": None},
    discriminator=lambda classes, objective: {"proxies": (classes, objective["embedding"])},
    discriminator_terms=discriminator_terms,
    generator_terms=generator_terms,
    discriminator_weights={"classes": "d_class_weight"},
    generator_weights={"classes": "g_class_weight"},
    statistics=statistics,
    columns=(*losses.SOURCE, *losses.CLASS),
    line=losses.CLASS_LINE,
    keys=(
        *losses.SOURCE_KEYS,
        "embedding",
        "margin",
        "temperature",
        "d_class_weight",
        "g_class_weight",
    ),
)
