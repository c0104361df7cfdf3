"""Seconds of a search for nearest images, against loops that compare all: `python -m
benchmarks.neighbours`.
"""

import io
import os
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F

from acgan.metrics.ms_ssim import ms_ssim
from acgan.metrics.neighbours import channels_first, nearest_l1, nearest_ms_ssim
from benchmarks.timing import Rows, alternate, images, markdown, peak_mib

TITLE = "Nearest neighbours"
ABOUT = (
    "Seconds for 8 queries on one CPU thread, both versions in turns, best of two. Plain, L1: a "
    "loop over `torch.cdist(p=1)` of blocks of 512 images; plain, MS-SSIM: our `ms_ssim` of every "
    "pair (timed on 64 images of the pool and scaled by its size). Blurred: queries averaged over "
    "4x4 pixels, enlarged, with noise of 10, as poor samples are. Noise: uniform random pixels, "
    "for which bounds say least. Memory: growth of the peak of a fresh process, beside the pool."
)
QUERIES, BLOCK, TIMED = 8, 512, 64


def rows() -> Rows:
    """One row per search: what, plain, ours, ratio."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    found: Rows = []
    for n in (1_000, 10_000, 50_000):
        found += compared(
            f"made-up images, pool of {n:,}, 32x32", images(QUERIES, 32, 1), images(n, 32)
        )
    for name, train, test, n in (
        ("CIFAR-10 (JPEG)", "cifar10_jpeg_train", "cifar10_jpeg_test", 50_000),
        ("Imagenette", "imagenette128_train", "imagenette128_val", 9_469),
    ):
        folder = Path(os.environ.get("ACGAN_REFERENCE_DATA", "")) / "data"
        if "ACGAN_REFERENCE_DATA" in os.environ and (folder / f"{train}.npz").exists():
            pool, queries = (
                decoded(folder / f"{train}.npz", n),
                decoded(folder / f"{test}.npz", QUERIES),
            )
            what = f"{name}, pool of {len(pool):,}, {pool.shape[1]}x{pool.shape[1]}"
            noise = np.random.default_rng(0).integers(0, 256, queries.shape).astype(np.uint8)
            found += compared(what, queries, pool)
            found += compared(f"{what}, blurred", blurred(queries), pool)
            found += compared(f"{what}, noise", noise, pool, metrics=("L1",))
    for n in (1_000, 10_000, 50_000):
        setup = f"from benchmarks.neighbours import *\npool, q = images({n}, 32), images(8, 32, 1); nearest_l1(q, pool[:50]); nearest_ms_ssim(q, pool[:50])"  # noqa: E501
        for metric, call in (
            ("L1", "nearest_l1(q, pool)"),
            ("MS-SSIM", "nearest_ms_ssim(q, pool)"),
        ):
            found.append(
                {
                    "what": f"{metric}: peak memory, pool of {n:,}, 32x32",
                    "plain": "",
                    "ours": f"{peak_mib(call, setup):.0f} MiB",
                    "ratio": "",
                }
            )
    torch.set_num_threads(threads)
    return found


def compared(
    what: str, queries: np.ndarray, pool: np.ndarray, metrics: tuple[str, ...] = ("L1", "MS-SSIM")
) -> Rows:
    found: Rows = []
    if "L1" in metrics:
        plain, ours = alternate(
            lambda: cdist_loop(queries, pool), lambda: nearest_l1(queries, pool), repeats=2
        )
        found.append(row(f"L1: {what}", plain, ours))
    if "MS-SSIM" in metrics:
        plain, ours = alternate(
            lambda: every_pair(queries, pool[:TIMED]),
            lambda: nearest_ms_ssim(queries, pool),
            repeats=1 if len(pool) > 5_000 else 2,
        )
        found.append(row(f"MS-SSIM: {what}", plain * len(pool) / TIMED, ours))
    return found


def cdist_loop(queries: np.ndarray, pool: np.ndarray) -> torch.Tensor:
    flat = torch.from_numpy(queries).flatten(1).float()
    return torch.cat(
        [
            torch.cdist(flat, torch.from_numpy(pool[i : i + BLOCK]).flatten(1).float(), p=1)
            for i in range(0, len(pool), BLOCK)
        ],
        1,
    ).min(1)[1]


def every_pair(queries: np.ndarray, pool: np.ndarray) -> torch.Tensor:
    b = channels_first(pool)
    return torch.stack([ms_ssim(q[None].expand_as(b), b) for q in channels_first(queries)]).max(1)[
        1
    ]


def blurred(queries: np.ndarray) -> np.ndarray:
    x = channels_first(queries).float()
    x = F.interpolate(F.avg_pool2d(x, 4), x.shape[-2:], mode="bicubic", align_corners=False)
    x = x + 10 * torch.randn(x.shape, generator=torch.Generator().manual_seed(0))
    return x.clamp(0, 255).byte().permute(0, 2, 3, 1).contiguous().numpy()


def decoded(path: Path, n: int) -> np.ndarray:
    """The first n images of an archive of encoded images: keys `data` and `offsets`."""
    archive = np.load(path, allow_pickle=False)
    data, offsets = archive["data"], archive["offsets"]
    parts = [data[offsets[i] : offsets[i + 1]].tobytes() for i in range(min(n, len(offsets) - 1))]
    return np.stack([np.asarray(Image.open(io.BytesIO(part)).convert("RGB")) for part in parts])


def row(what: str, plain: float, ours: float) -> dict[str, str]:
    return {
        "what": what,
        "plain": f"{plain:.2f} s",
        "ours": f"{ours:.2f} s",
        "ratio": f"{plain / ours:.1f}",
    }


if __name__ == "__main__":
    print(markdown(rows()))
