"""GAN (Goodfellow et al. 2014): no class anywhere. G takes noise alone, D says real or fake."""

from acgan.systems import losses
from acgan.systems.base import System

SYSTEM = System(title="GAN", given="nothing", keys=losses.SOURCE_KEYS, **losses.SOURCE_ALONE)
