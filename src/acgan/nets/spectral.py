"""Spectral norm of a weight (Miyato et al. 2018): divided by an estimate of its largest singular
value, by one step of power iteration for each forward pass in training.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import parametrize


class SpectralNorm(nn.Module):
    """W (outputs, ...) -> W / sigma(W); kernels are flattened to (outputs, rest).

    The vector `u` (outputs,) is part of the state, so that a resumed run goes on with it. Gradients
    go through W alone.
    """

    u: Tensor

    def __init__(self, outputs: int):
        super().__init__()
        self.register_buffer("u", torch.ones(outputs) / outputs**0.5)

    def forward(self, weight: Tensor) -> Tensor:
        matrix, u = weight.flatten(1), self.u
        with torch.no_grad():
            v = F.normalize(matrix.t().mv(u), dim=0, eps=1e-12)
            if self.training:
                u = F.normalize(matrix.mv(v), dim=0, eps=1e-12)
                self.u.copy_(u)
        return weight / u.dot(matrix.mv(v))


def normalise(net: nn.Module, rng: torch.Generator) -> None:
    """Put spectral norm on the weight of every convolution, Linear layer and embedding."""
    for layer in list(net.modules()):
        if isinstance(layer, (nn.Conv2d, nn.Linear, nn.Embedding)):
            norm = SpectralNorm(layer.weight.shape[0])
            start = torch.randn(norm.u.shape, generator=rng)
            norm.u.copy_(F.normalize(start, dim=0))
            # unsafe: not asked for a weight while it is put in place, which would move u
            parametrize.register_parametrization(layer, "weight", norm, unsafe=True)
