"""MS-SSIM (Wang, Simoncelli, Bovik 2003) as the GAN literature computes it, for any side from 16
up: of listed pairs, and of all pairs of a set.

Reference: the NumPy code that Google published with its image-compression models (TensorFlow
models, image_encoder/msssim.py): five scales; Gaussian window of min(11, side) taps with sigma 1.5
x taps / 11, 'valid' positions only; the mean of contrast x structure over positions *and* channels,
clipped at 0, per scale; the full SSIM term at the last scale only; 2x2 mean between scales. The
window that shrinks is what lets small sides through: the common PyTorch libraries refuse anything
up to 160 pixels.

Tolerances: 2e-5 against the reference, 1e-6 between batch or block sizes, 1e-5 between devices (in
float32; do not allow TF32).
"""

import math
from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

SCALE_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
WINDOW, SIGMA, K1, K2, RANGE = 11, 1.5, 0.01, 0.03, 255.0
C1, C2 = (K1 * RANGE) ** 2, (K2 * RANGE) ** 2
SMALLEST_SIDE = 16
CENTRE = 127.5  # subtracted first: variances are differences of squares, so small squares are exact
# Values of one batch of listed pairs: on a CPU, in its cache; on CUDA.
BATCH_PIXELS = 2**19, 2**26
BLOCK_PIXELS, LARGEST_BLOCK = 2**23, 128  # values and images of one block of `pairwise_ms_ssim`
CHUNK = {"cpu": 2**19, "cuda": 2**24}  # values of one chunk of patches


@cache
def gaussian(taps: int) -> Tensor:
    """The reference's window (taps,), float64, sum 1."""
    sigma = SIGMA * taps / WINDOW
    offsets = torch.arange(taps, dtype=torch.float64) - (taps - 1) / 2
    gauss = torch.exp(-(offsets**2) / (2 * sigma**2))
    return gauss / gauss.sum()


@cache
def window_matrix(side: int) -> Tensor:
    """(positions, side), float64: multiplying by it is the 1-d 'valid' Gaussian window of this
    side.
    """
    taps = min(WINDOW, side)
    matrix = torch.zeros(side - taps + 1, side, dtype=torch.float64)
    for position in range(len(matrix)):
        matrix[position, position : position + taps] = gaussian(taps)
    return matrix


def blur(x: Tensor) -> Tensor:
    """Separable Gaussian window over (N, 3, H, W), valid positions, as two matrix products."""
    rows, columns = (window_matrix(side).to(x) for side in x.shape[-2:])
    return rows @ (x @ columns.T)


def halve(x: Tensor) -> Tensor:
    """2x2 mean.

    An odd side repeats its last row or column, as the reference's reflecting edge does.
    """
    if x.shape[-1] % 2 or x.shape[-2] % 2:
        x = F.pad(x, (0, x.shape[-1] % 2, 0, x.shape[-2] % 2), mode="replicate")
    return F.avg_pool2d(x, 2)


def luminance(mean_a: Tensor, mean_b: Tensor) -> Tensor:
    """SSIM's luminance term from two means of centred images."""
    a, b = mean_a + CENTRE, mean_b + CENTRE
    return (2 * a * b + C1) / (a * a + b * b + C1)


def check(images: Tensor) -> None:
    """Raise ValueError unless images are (N, 3, H, W) of a side that has five scales."""
    if images.ndim != 4:
        raise ValueError(f"a batch (N, 3, H, W) is needed, not {tuple(images.shape)}")
    if min(images.shape[-2:]) < SMALLEST_SIDE:
        raise ValueError(f"sides from {SMALLEST_SIDE} up have five scales, not {images.shape[-2:]}")


# Listed pairs


def ms_ssim(a: Tensor, b: Tensor, batch: int | None = None) -> Tensor:
    """MS-SSIM of N pairs: (N, 3, H, W) twice, uint8 or float in 0..255 -> (N,) in [0, 1], float32.

    `batch` pairs are computed at once; by default as many as stay in a CPU's cache.
    Raises ValueError for unequal shapes or a side under 16 (the fifth scale would be empty).
    """
    if a.shape != b.shape or a.ndim != 4:
        raise ValueError(f"two equal (N, 3, H, W) batches are needed, not {a.shape} and {b.shape}")
    check(a)
    if not len(a):
        return torch.ones(0, device=a.device)
    batch = batch or max(1, BATCH_PIXELS[a.device.type == "cuda"] // a[0].numel())
    parts = zip(a.split(batch), b.split(batch), strict=True)
    return torch.cat([ms_ssim_of_batch(*part) for part in parts])


def ms_ssim_of_batch(a: Tensor, b: Tensor) -> Tensor:
    a, b = a.float() - CENTRE, b.float() - CENTRE
    result = torch.ones(len(a), device=a.device)
    for scale, weight in enumerate(SCALE_WEIGHTS):
        last = scale == len(SCALE_WEIGHTS) - 1
        result *= mean_term(a, b, last).clamp(min=0) ** weight
        if not last:
            a, b = halve(a), halve(b)
    return result


def mean_term(a: Tensor, b: Tensor, last: bool) -> Tensor:
    """(N,): contrast x structure (the whole SSIM at the last scale) of centred pairs at one scale,
    mean over positions and channels.
    """
    n = len(a)
    # both variances are only needed as a sum, so four windows do
    means = blur(torch.cat([a, b, torch.addcmul(a * a, b, b), a * b]))
    mean_a, mean_b, squares, cross = (
        means[:n],
        means[n : 2 * n],
        means[2 * n : 3 * n],
        means[3 * n :],
    )
    squares.addcmul_(mean_a, mean_a, value=-1).addcmul_(mean_b, mean_b, value=-1).add_(C2)
    term = cross.addcmul_(mean_a, mean_b, value=-1).mul_(2).add_(C2).div_(squares)
    return (term * luminance(mean_a, mean_b) if last else term).mean((1, 2, 3))


# All pairs: at one position, the covariances of all pairs are one matrix product of the images'
# patches, each patch less its mean and times the root of the window. What belongs to an image
# (mean, variance, patch) is computed once for it; what belongs to a pair is a product, a division
# and a sum.


class Windows(NamedTuple):
    """What one scale of n images contributes to pairs; the images come last."""

    patches: Tensor  # a view (3, rows, columns, taps, taps, n) of the centred images
    mean: Tensor  # (3, rows, columns, n)
    spread: Tensor  # likewise: variance + C2 / 2


def windows(x: Tensor) -> Windows:
    """Windows of centred images (N, 3, H, W) at one scale."""
    n, channels, height, width = x.shape
    # In float64: of a flat, bright or dark image the variance is a difference of large, equal
    # squares, whose rounding in float32 would not vanish beside C2. It costs little, once an image.
    exact = x.double()
    mean = blur(exact)
    spread = blur(exact * exact).addcmul_(mean, mean, value=-1).add_(C2 / 2).float()
    mean = mean.float()
    taps, rows, columns = (min(WINDOW, height), min(WINDOW, width)), *mean.shape[-2:]
    patches = (
        x.permute(1, 2, 3, 0)
        .contiguous()
        .as_strided(
            (channels, rows, columns, *taps, n), (height * width * n, width * n, n, width * n, n, 1)
        )
    )
    return Windows(patches, *(t.permute(1, 2, 3, 0).contiguous() for t in (mean, spread)))


def pyramid(images: Tensor, scales: int = len(SCALE_WEIGHTS)) -> list[Windows]:
    """The windows of images (N, 3, H, W) in 0..255 at five scales, or the `scales` coarsest."""
    x, levels = images.float() - CENTRE, []
    for scale in range(len(SCALE_WEIGHTS)):
        if scale >= len(SCALE_WEIGHTS) - scales:
            levels.append(windows(x))
        x = halve(x) if scale < len(SCALE_WEIGHTS) - 1 else x
    return levels


def cross_product(a: list[Windows], b: list[Windows]) -> Tensor:
    """(n, m): MS-SSIM of every image of pyramid `a` with every one of `b`; of pyramids without
    their finest scales, a product that MS-SSIM cannot exceed (no scale's term exceeds 1).
    """
    result = torch.ones(())
    scales = zip(a, b, SCALE_WEIGHTS[-len(a) :], strict=True)
    for level, (one, other, weight) in enumerate(scales, 1):
        terms = cross_terms(one, other, last=level == len(a))
        result = terms.clamp_(min=0) ** weight * result.to(terms.device)
    return result


def cross_terms(a: Windows, b: Windows, last: bool) -> Tensor:
    """(n, m): `mean_term` of every image of a with every image of b."""
    channels, rows, columns, n = a.mean.shape
    m, device = b.mean.shape[-1], a.mean.device
    length = a.patches.shape[3] * a.patches.shape[4] + 1
    most = max(1, CHUNK.get(device.type, CHUNK["cuda"]) // (length * max(n, m)))  # positions
    down, across = max(1, min(rows, most // columns)), min(columns, most)
    sides = ((a, n),) if a is b else ((a, n), (b, m))
    buffers = [torch.empty(down * across * length * z, device=device) for _, z in sides]
    product, spread = torch.empty(2, down * across * n * m, device=device)
    sums = torch.zeros(n, m, device=device)
    for channel in range(channels):
        for y in range(0, rows, down):
            for x in range(0, columns, across):
                here = (channel, slice(y, y + down), slice(x, x + across))
                made = [
                    scaled_patches(w, here, buffer)
                    for (w, _), buffer in zip(sides, buffers, strict=True)
                ]
                left, right = made[0], made[-1]
                shape = (len(left), n, m)
                term = product[: math.prod(shape)].view(shape)
                both = spread[: math.prod(shape)].view(shape)
                torch.bmm(left.transpose(1, 2), right, out=term)
                of_a, of_b = a.spread[here].reshape(-1, n, 1), b.spread[here].reshape(-1, 1, m)
                term.div_(torch.add(of_a, of_b, out=both))
                if last:
                    term *= luminance(
                        a.mean[here].reshape(-1, n, 1), b.mean[here].reshape(-1, 1, m)
                    )
                sums += term.sum(0)
    return sums / (channels * rows * columns)


def scaled_patches(w: Windows, here: tuple[int, slice, slice], buffer: Tensor) -> Tensor:
    """(positions, taps^2 + 1, n), into `buffer`: the product of two is 2 covariance + C2."""
    source, mean = w.patches[here], w.mean[here]
    rows, columns, *taps, n = source.shape
    length = math.prod(taps) + 1
    target = buffer[: rows * columns * length * n].view(rows, columns, length, n)
    patches = target[:, :, :-1].unflatten(2, taps)
    torch.sub(source, mean[:, :, None, None], out=patches)
    patches *= root_window(*taps).to(source.device)
    target[:, :, -1] = math.sqrt(C2)
    return target.view(rows * columns, length, n)


@cache
def root_window(rows: int, columns: int) -> Tensor:
    """(rows, columns, 1): root of twice the 2-d window."""
    return torch.outer(gaussian(rows), gaussian(columns)).mul(2).sqrt().float()[:, :, None]


def pairwise_ms_ssim(images: Tensor, block: int | None = None) -> Tensor:
    """MS-SSIM of all pairs: (N, 3, H, W), uint8 or float in 0..255 -> (N (N - 1) / 2,) float32, in
    the order of `torch.triu_indices(N, N, 1)`.

    Blocks of images meet each other, so that beside the result memory does not depend on N.
    Raises ValueError for a side under 16.
    """
    check(images)
    n = len(images)
    most = block or min(LARGEST_BLOCK, max(1, BLOCK_PIXELS // math.prod(images.shape[1:])))
    size = -(-n // max(1, -(-n // most)))  # equal blocks
    result = torch.empty(n * (n - 1) // 2, device=images.device)
    for top in range(0, n, max(1, size)):
        rows = pyramid(images[top : top + size])
        for left in range(top, n, size):
            columns = rows if left == top else pyramid(images[left : left + size])
            values = cross_product(rows, columns)
            i, j = (torch.arange(k, device=values.device) for k in values.shape)
            i, j = i[:, None] + top, j[None] + left
            place = i * (2 * n - i - 1) // 2 + j - i - 1
            result[place[i < j]] = values[i < j]
    return result
