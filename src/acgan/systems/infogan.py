"""InfoGAN (Chen et al. 2016): G is given a code, D learns to read it off fakes; no label is used.

One categorical code of as many values as there are classes, and `continuous_codes` from U(-1, 1),
read as the mean of a Gaussian of standard deviation 1. The lower bound of the information between
code and image, but for the entropy of the code, a constant, is a term of D's loss and of G's, as in
their code: D's trunk learns it too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from acgan.systems import losses
from acgan.systems.base import System

if TYPE_CHECKING:
    from torch import Tensor

    from acgan.systems.base import Objective, Seen, Terms


def heads(classes: int, objective: Objective) -> dict[str, int | None]:
    continuous = objective["continuous_codes"]
    more: dict[str, int | None] = {"continuous": continuous} if continuous else {}
    return {"source": None, "code": classes, **more}


def information(objective: Objective, seen: Seen) -> Tensor:
    """-log Q(code of x), of fakes."""
    said = losses.cross_entropy(seen.fake["code"], seen.fake_labels)
    if seen.codes is not None:
        said = said + losses.gaussian(seen.fake["continuous"], seen.codes)
    return said


def discriminator_terms(objective: Objective, seen: Seen) -> Terms:
    """Of the source, and of the codes of fakes."""
    source = losses.source(objective, seen.real["source"], seen.fake["source"])
    return {"source": source, "information": information(objective, seen)}


def generator_terms(objective: Objective, seen: Seen) -> Terms:
    """The same."""
    source = losses.fooled(objective, seen.fake["source"])
    return {"source": source, "information": information(objective, seen)}


def statistics(seen: Seen) -> dict[str, Tensor]:
    """How often D is right about the source, and about the code of fakes."""
    read = seen.fake["code"].argmax(1) == seen.fake_labels
    return {**losses.source_statistics(seen), "code_accuracy": read}


SYSTEM = System(
    title="InfoGAN",
    given="code",
    continuous=lambda objective: objective["continuous_codes"],
    heads=heads,
    discriminator_terms=discriminator_terms,
    generator_terms=generator_terms,
    discriminator_weights={"information": "code_weight"},
    generator_weights={"information": "code_weight"},
    statistics=statistics,
    columns=(*losses.SOURCE, "code_accuracy"),
    line=f"{losses.SOURCE_LINE}  code {{code_accuracy:.2f}}",
    keys=(*losses.SOURCE_KEYS, "continuous_codes", "code_weight"),
)
