"""Nearest training images in L1 over pixels and by MS-SSIM (section 4.5, Figure 8).

Exact, yet most images of the pool are never compared in full: a cheap bound rules them out. For L1
it is the distance of the sums of 8x8 blocks, which no pixel distance undercuts; for MS-SSIM the
product of its coarse scales, which the fine ones can only lower. The pool is read block by block
(it may be memory-mapped), and then the candidates in the order of their bounds, until the next
bound is worse than the best value found. The first of equally near images wins.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from acgan.metrics import ms_ssim

Pools = np.ndarray | Sequence[np.ndarray]  # one pool, or several that are numbered through
Found = tuple[np.ndarray, np.ndarray]  # index (Q,) in the pool, value (Q,)
Spans = Sequence[tuple[int, int]] | None  # the part of the pool that each query may find
CELL = 8  # side of the blocks that L1 is bounded by
COARSE_SCALES = 3  # of five: those bound MS-SSIM
FIRST, MOST = 16, 256  # candidates compared in full at a time: few at first, then twice as many
SLACK = 1e-5  # relative rounding of a bound


def nearest_l1(queries: np.ndarray, pool: Pools, block: int = 256, spans: Spans = None) -> Found:
    """For uint8 queries (Q, H, W, 3) and pool (N, H, W, 3): index (Q,) of the nearest image and the
    mean absolute difference of pixel values (Q,).

    Raises ValueError for an empty pool or other shapes.
    """
    pools = checked(queries, pool)
    own = cell_sums(queries)
    bounds = [torch.cdist(own, cell_sums(part), p=1) for part in blocks(pools, block)]
    lower = torch.cat(bounds, 1).double().numpy() * (1 - SLACK)

    def distances(query: int, candidates: np.ndarray) -> np.ndarray:
        found = rows_of(pools, candidates)  # |a - b| in bytes: four times quicker than in float32
        apart = np.maximum(found, queries[query])
        apart -= np.minimum(found, queries[query])
        return apart.reshape(len(apart), -1).sum(1, dtype=np.uint32).astype(np.float64)

    index, least = best_first(lower, distances, spans)
    return index, least / queries[0].size


def nearest_ms_ssim(
    queries: np.ndarray, pool: Pools, block: int = 256, spans: Spans = None
) -> Found:
    """As `nearest_l1`, by the largest MS-SSIM (Q,); sides from 16 up.

    Where all are 0, which MS-SSIM is of most unrelated images, the first image counts as nearest.
    """
    pools = checked(queries, pool)
    own = ms_ssim.pyramid(channels_first(queries), COARSE_SCALES)
    bounds = [
        ms_ssim.cross_product(own, ms_ssim.pyramid(channels_first(part), COARSE_SCALES))
        for part in blocks(pools, block)
    ]
    lower = -torch.cat(bounds, 1).double().numpy() * (1 + SLACK)

    def negated(query: int, candidates: np.ndarray) -> np.ndarray:
        found = channels_first(rows_of(pools, candidates))
        image = channels_first(queries[query : query + 1]).expand_as(found)
        return -ms_ssim.ms_ssim(image, found).double().numpy()

    index, least = best_first(lower, negated, spans)
    return index, np.abs(least)


def best_first(
    lower: np.ndarray, exact: Callable[[int, np.ndarray], np.ndarray], spans: Spans = None
) -> Found:
    """Index and value of each row's least `exact(row, columns)`, given bounds `lower` (Q, N) that
    it never undercuts.
    """
    index, least = np.zeros(len(lower), np.int64), np.zeros(len(lower))
    for query, bounds in enumerate(lower):
        start, stop = spans[query] if spans is not None else (0, len(bounds))
        order = start + np.argsort(bounds[start:stop], kind="stable")
        best, done, step = (np.inf, -1), 0, FIRST
        while done < len(order) and bounds[order[done]] <= best[0]:
            candidates = np.sort(order[done : done + step])
            candidates = candidates[bounds[candidates] <= best[0]]
            values = exact(query, candidates)
            first = int(values.argmin())
            best = min(best, (float(values[first]), int(candidates[first])))
            done, step = done + step, min(2 * step, MOST)
        least[query], index[query] = best
    return index, least


def checked(queries: np.ndarray, pool: Pools) -> list[np.ndarray]:
    """The pool as a list of arrays; ValueError if it is empty or its images have another shape."""
    pools = [pool] if isinstance(pool, np.ndarray) else list(pool)
    for part in pools:
        if part.shape[1:] != queries.shape[1:]:
            raise ValueError(f"images of {queries.shape[1:]} cannot be sought among {part.shape}")
    if not sum(map(len, pools)):
        raise ValueError("there is no image to be found in an empty pool")
    return pools


def blocks(pools: list[np.ndarray], size: int) -> Iterator[np.ndarray]:
    for pool in pools:
        for start in range(0, len(pool), size):
            yield np.asarray(pool[start : start + size])


def rows_of(pools: list[np.ndarray], index: np.ndarray) -> np.ndarray:
    """Images by their number in all pools together, in ascending order of the number."""
    ends = np.cumsum([len(p) for p in pools])
    owner = np.searchsorted(ends, index, side="right")
    return np.concatenate(
        [pools[o][index[owner == o] - (ends[o] - len(pools[o]))] for o in np.unique(owner)]
    )


def channels_first(images: np.ndarray) -> Tensor:
    return torch.from_numpy(np.array(images)).permute(0, 3, 1, 2)


def cell_sums(images: np.ndarray) -> Tensor:
    """(N, cells): sums over cells of 8x8 pixels of each channel (smaller at the far edges)."""
    height, width, channels = images.shape[1:]
    parts = []
    for some in torch.from_numpy(np.array(images)).split(max(1, 2**20 // images[0].size)):
        padded = torch.nn.functional.pad(some, (0, 0, 0, -width % CELL, 0, -height % CELL))
        # images, cells down, 8, width x channels
        lines = padded.unflatten(1, (-1, CELL)).flatten(3)
        total = lines[:, :, 0].to(torch.int16)
        for line in range(1, CELL):
            total += lines[:, :, line]
        cells = total.unflatten(2, (-1, CELL, channels)).sum(3, dtype=torch.int32)
        parts.append(cells.flatten(1).float())
    return torch.cat(parts)
