"""Projection (Miyato, Koyama 2018): D's logit is told the class by an inner product.

The embedding of the class times D's features is added to the logit. Here the head alone, on the
nets of the paper; their other parts are keys of their own: `source_loss: hinge`,
`nets.discriminator_norm: spectral` (with `nets.dropout: 0`), `nets.pooling: sum`,
`nets.generator_norm: conditional`, `training.d_steps: 5`.
"""

from acgan.nets.labels import LabelInput
from acgan.systems import losses
from acgan.systems.base import System

SYSTEM = System(
    title="projection",
    discriminator=lambda classes, objective: {"label": LabelInput("projection", classes)},
    keys=losses.SOURCE_KEYS,
    **losses.SOURCE_ALONE,
)
