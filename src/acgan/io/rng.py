"""Random state as a pure function of (seed, purpose, step).

A run that was killed and resumed must end in the same bits as one that was not, so no generator is
ever carried from one step to the next: each use asks for its own, named by what it is for.

    rng = torch_rng(seed=0, purpose="latent", step=1234)
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch


def derive_seed(seed: int, purpose: str, step: int = 0) -> int:
    """A 63-bit seed from (seed, purpose, step).

    Two different triples practically never share one.
    """
    digest = hashlib.sha256(f"{seed}/{purpose}/{step}".encode()).digest()
    return int.from_bytes(digest[:8], "little") >> 1


def torch_rng(
    seed: int, purpose: str, step: int = 0, device: torch.device | str = "cpu"
) -> torch.Generator:
    """A fresh torch generator on `device` for this purpose and step."""
    import torch  # here, since checking a config derives seeds too and torch takes seconds to load

    return torch.Generator(device=device).manual_seed(derive_seed(seed, purpose, step))


def numpy_rng(seed: int, purpose: str, step: int = 0) -> np.random.Generator:
    """The same for numpy: resampling, pairs of images, subsets."""
    return np.random.default_rng(derive_seed(seed, purpose, step))
