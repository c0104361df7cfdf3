"""MS-SSIM (Wang, Simoncelli, Bovik 2003) as the GAN literature computes it, for any side from 16
up.

Reference: the NumPy code that Google published with its image-compression models (TensorFlow
models, image_encoder/msssim.py): five scales; Gaussian window of min(11, side) taps with sigma 1.5
x taps / 11, 'valid' positions only; the mean of contrast x structure over positions *and* channels,
clipped at 0, per scale; the full SSIM term at the last scale only; 2x2 mean between scales. The
window that shrinks is what lets small sides through: the common PyTorch libraries refuse anything
up to 160 pixels.
"""

from functools import cache

import torch
from torch import Tensor
from torch.nn import functional as F

SCALE_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
WINDOW, SIGMA, K1, K2, RANGE = 11, 1.5, 0.01, 0.03, 255.0
C1, C2 = (K1 * RANGE) ** 2, (K2 * RANGE) ** 2
SMALLEST_SIDE = 16


@cache
def window_matrix(side: int) -> Tensor:
    """(positions, side): multiplying by it is the 1-d 'valid' Gaussian window of this side."""
    taps = min(WINDOW, side)
    sigma = SIGMA * taps / WINDOW
    offsets = torch.arange(taps, dtype=torch.float64) - (taps - 1) / 2
    gauss = torch.exp(-(offsets**2) / (2 * sigma**2))
    gauss /= gauss.sum()
    matrix = torch.zeros(side - taps + 1, side, dtype=torch.float64)
    for position in range(len(matrix)):
        matrix[position, position : position + taps] = gauss
    return matrix.float()


def blur(x: Tensor) -> Tensor:
    """Separable Gaussian window over (N, 3, H, W), valid positions, as two matrix products."""
    rows = window_matrix(x.shape[-2]).to(x.device)
    columns = window_matrix(x.shape[-1]).to(x.device)
    return rows @ (x @ columns.T)


def halve(x: Tensor) -> Tensor:
    """2x2 mean; an odd side repeats its last row or column, as the reference's reflecting edge
    does.
    """
    return F.avg_pool2d(F.pad(x, (0, x.shape[-1] % 2, 0, x.shape[-2] % 2), mode="replicate"), 2)


def ms_ssim(a: Tensor, b: Tensor) -> Tensor:
    """MS-SSIM of N pairs: (N, 3, H, W) twice, uint8 or float in 0..255 -> (N,) in [0, 1], float32.

    Raises ValueError for unequal shapes or a side under 16 (the fifth scale would be empty).
    """
    if a.shape != b.shape or a.ndim != 4:
        raise ValueError(f"two equal (N, 3, H, W) batches are needed, not {a.shape} and {b.shape}")
    if min(a.shape[-2:]) < SMALLEST_SIDE:
        raise ValueError(f"sides from {SMALLEST_SIDE} up have five scales, not {a.shape[-2:]}")
    a, b = a.float(), b.float()
    result = torch.ones(len(a), device=a.device)
    for scale, weight in enumerate(SCALE_WEIGHTS):
        mean_a, mean_b, square_a, square_b, cross = blur(
            torch.cat([a, b, a * a, b * b, a * b])
        ).chunk(5)
        aa, bb, ab = mean_a * mean_a, mean_b * mean_b, mean_a * mean_b
        term = (2 * (cross - ab) + C2) / ((square_a - aa) + (square_b - bb) + C2)
        if scale == len(SCALE_WEIGHTS) - 1:
            term = term * (2 * ab + C1) / (aa + bb + C1)
        result = result * term.mean((1, 2, 3)).clamp(min=0) ** weight
        if scale < len(SCALE_WEIGHTS) - 1:
            a, b = halve(a), halve(b)
    return result
