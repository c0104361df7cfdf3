"""The conditional generator alone: G gets the class, D neither sees nor names it.

One of the four corners of the question what gives AC-GAN its classes. Nothing ties the class to
what G draws, so that what it is given is a code. Zhou et al. (2018) train it as "GAN, predefined".
"""

from acgan.systems import losses
from acgan.systems.base import System

SYSTEM = System(
    title="GAN with a conditional generator",
    given="code",
    keys=losses.SOURCE_KEYS,
    **losses.SOURCE_ALONE,
)
