"""Pairs per second of MS-SSIM over all pairs, against pytorch-msssim: `python -m
benchmarks.ms_ssim`.
"""

import numpy as np
import torch
from torch import Tensor

from acgan.metrics.ms_ssim import ms_ssim, pairwise_ms_ssim
from benchmarks.timing import Rows, alternate, images, markdown, peak_mib

TITLE = "MS-SSIM of all pairs"
ABOUT = (
    "Pairs per second on 2 CPU threads, both versions in turns, best of four (200 images: two, "
    "400: one). pytorch-msssim refuses sides up to 160, so it is timed on colour pairs of 176x176 "
    "and scaled by the number of pixels; at 32 and 16 the plain version is our own `ms_ssim` of "
    "listed pairs. Memory: growth of the peak of a fresh process, beside the images."
)
SIDE, THEIR_SIDE, THEIR_PAIRS = 128, 176, 20


def tensor(array: np.ndarray) -> Tensor:
    return torch.from_numpy(array).permute(0, 3, 1, 2).contiguous()


def rows() -> Rows:
    """One row per comparison: what, plain, ours, ratio."""
    import pytorch_msssim

    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    a, b = (tensor(images(THEIR_PAIRS, THEIR_SIDE, seed)).float() for seed in (1, 2))
    found: Rows = []
    theirs = lambda: pytorch_msssim.ms_ssim(a, b, data_range=255, size_average=False)  # noqa: E731
    pixels = (THEIR_SIDE / SIDE) ** 2
    for n in (100, 200, 400):
        some = tensor(images(n, SIDE))
        listed = torch.randint(n, (2, 20), generator=torch.Generator().manual_seed(0))
        plain, ours, pairs = alternate(
            theirs,
            lambda some=some: pairwise_ms_ssim(some),
            lambda some=some, listed=listed: ms_ssim(some[listed[0]], some[listed[1]]),
            repeats={100: 4, 200: 2, 400: 1}[n],
        )
        rates = THEIR_PAIRS / plain * pixels, n * (n - 1) / 2 / ours, 20 / pairs
        if n == 100:
            found.append(row("20 listed pairs, 128x128, pairs/s", rates[0], rates[2]))
        found.append(row(f"all pairs of {n} images, 128x128, pairs/s", rates[0], rates[1]))
    for side in (32, 16):
        some = tensor(images(200, side))
        i, j = torch.triu_indices(200, 200, 1)[:, :2000]
        plain, ours = alternate(
            lambda some=some, i=i, j=j: ms_ssim(some[i], some[j]),
            lambda some=some: pairwise_ms_ssim(some),
        )
        found.append(
            row(
                f"all pairs of 200 images, {side}x{side}, pairs/s (plain: listed pairs)",
                2000 / plain,
                200 * 199 / 2 / ours,
            )
        )
    for n in (100, 200, 400):
        setup = (
            f"from benchmarks.ms_ssim import *\nx = tensor(images({n}, {SIDE})); ms_ssim(x[:2], "
            "x[:2])"
        )
        found.append(
            {
                "what": f"peak memory, all pairs of {n} images, 128x128",
                "plain": "",
                "ours": f"{peak_mib('pairwise_ms_ssim(x)', setup):.0f} MiB",
                "ratio": "",
            }
        )
    torch.set_num_threads(threads)
    return found


def row(what: str, plain: float, ours: float) -> dict[str, str]:
    return {
        "what": what,
        "plain": f"{plain:,.0f}",
        "ours": f"{ours:,.0f}",
        "ratio": f"{ours / plain:.1f}",
    }


if __name__ == "__main__":
    print(markdown(rows()))
