"""Nearest training images in L1 over pixels (section 4.6, Figure 8)."""

import numpy as np
import torch


def nearest_l1(
    queries: np.ndarray, pool: np.ndarray, block: int = 2048
) -> tuple[np.ndarray, np.ndarray]:
    """For uint8 queries (Q, ...) and pool (N, ...): index (Q,) of the nearest and the mean absolute
    difference (Q,).

    Exact, in blocks of the pool, so memory does not grow with it; the first of equally near images
    wins.
    """
    q = torch.from_numpy(queries.reshape(len(queries), -1).astype(np.float32))
    best = torch.full((len(q),), float("inf"))
    index = torch.zeros(len(q), dtype=torch.long)
    for start in range(0, len(pool), block):
        part = torch.from_numpy(
            pool[start : start + block].reshape(-1, q.shape[1]).astype(np.float32)
        )
        distance, where = torch.cdist(q, part, p=1).min(1)
        closer = distance < best
        best, index = torch.where(closer, distance, best), torch.where(closer, where + start, index)
    return index.numpy(), best.numpy() / q.shape[1]
