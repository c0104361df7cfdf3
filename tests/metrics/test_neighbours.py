"""Nearest neighbours against brute force, whatever the block, the pool's parts and the bounds."""

import numpy as np
import pytest
import torch

from acgan.metrics import neighbours
from acgan.metrics.ms_ssim import ms_ssim
from acgan.metrics.neighbours import best_first, cell_sums, nearest_l1, nearest_ms_ssim


def smooth(rng: np.random.Generator, n: int, side: int = 16) -> np.ndarray:
    """Images alike enough for MS-SSIM to differ from 0: coarse colours and some noise."""
    coarse = rng.integers(0, 256, (n, 4, 4, 3)).repeat(side // 4, 1).repeat(side // 4, 2)
    return np.clip(coarse + rng.normal(0, 12, coarse.shape), 0, 255).astype(np.uint8)


def brute_l1(queries, pool):
    return np.stack([np.abs(pool.astype(int) - q).mean((1, 2, 3)) for q in queries])


def brute_ms_ssim(queries, pool):
    a, b = (torch.from_numpy(x).permute(0, 3, 1, 2) for x in (queries, pool))
    return torch.stack([ms_ssim(q[None].expand_as(b), b) for q in a]).numpy()


@pytest.mark.parametrize("block", [1, 7, 1000])
def test_both_equal_brute_force_whatever_the_block(block):
    rng = np.random.default_rng(0)
    queries, pool = smooth(rng, 6), smooth(rng, 90)
    pool[:60:2] = np.clip(
        queries[rng.integers(6, size=30)] + rng.normal(0, 30, (30, 16, 16, 3)), 0, 255
    )
    index, value = nearest_l1(queries, pool, block)
    distances = brute_l1(queries, pool)
    assert index.tolist() == distances.argmin(1).tolist()
    assert value == pytest.approx(distances.min(1), rel=1e-12)
    index, value = nearest_ms_ssim(queries, pool, block)
    likeness = brute_ms_ssim(queries, pool)
    assert index.tolist() == likeness.argmax(1).tolist()
    assert value == pytest.approx(likeness.max(1), abs=1e-6)
    assert value.min() > 0.1


def test_the_first_of_equally_near_images_wins():
    rng = np.random.default_rng(1)
    pool = smooth(rng, 40)
    pool[[9, 21, 33]] = pool[5]
    queries = pool[[33, 7]]
    assert nearest_l1(queries, pool, 8)[0].tolist() == [5, 7]
    assert nearest_ms_ssim(queries, pool, 8)[0].tolist() == [5, 7]


def test_several_pools_are_numbered_through_and_spans_bound_the_search():
    rng = np.random.default_rng(2)
    pools, queries = [smooth(rng, n) for n in (11, 1, 20)], smooth(rng, 4)
    whole = np.concatenate(pools)
    for search, brute, best in (
        (nearest_l1, brute_l1, np.argmin),
        (nearest_ms_ssim, brute_ms_ssim, np.argmax),
    ):
        values = brute(queries, whole)
        assert search(queries, pools, 4)[0].tolist() == best(values, 1).tolist()
        index, found = search(queries, pools, 4, spans=[(12, 32)] * 4)
        assert index.tolist() == (12 + best(values[:, 12:], 1)).tolist()
        assert found == pytest.approx(values[np.arange(4), index], abs=1e-6)


@pytest.mark.parametrize("shape", [(8, 8), (16, 16), (13, 21)])
def test_block_sums_bound_the_pixel_distance_from_below(shape):
    rng = np.random.default_rng(3)
    images = rng.integers(0, 256, (12, *shape, 3)).astype(np.uint8)
    sums = cell_sums(images)
    assert sums.sum(1).tolist() == images.reshape(12, -1).sum(1).tolist()
    bound = torch.cdist(sums, sums, p=1).numpy() / images[0].size
    exact = brute_l1(images, images)
    assert (bound <= exact + 1e-9).all() and bound.max() > 0
    assert nearest_l1(images, images)[0].tolist() == list(range(12))


def test_most_of_the_pool_is_never_compared_in_full(monkeypatch):
    rng = np.random.default_rng(4)
    pool = smooth(rng, 1500)
    queries = np.clip(pool[[3, 800]] + rng.normal(0, 4, (2, 16, 16, 3)), 0, 255).astype(np.uint8)
    compared = []
    rows_of = neighbours.rows_of
    monkeypatch.setattr(
        neighbours, "rows_of", lambda p, i: compared.append(len(i)) or rows_of(p, i)
    )
    for search in (nearest_l1, nearest_ms_ssim):
        compared.clear()
        assert search(queries, pool)[0].tolist() == [3, 800]
        assert 0 < sum(compared) < 0.1 * 2 * len(pool)


def test_best_first_needs_no_good_bounds():
    values = np.random.default_rng(5).integers(0, 50, (3, 400)).astype(float)  # many ties
    for bounds in (np.zeros_like(values), values - 3, values):
        index, least = best_first(bounds, lambda q, c: values[q, c])
        assert index.tolist() == values.argmin(1).tolist()
        assert least.tolist() == values.min(1).tolist()


def test_an_empty_pool_and_other_shapes_are_refused():
    images = np.zeros((2, 16, 16, 3), np.uint8)
    for search in (nearest_l1, nearest_ms_ssim):
        with pytest.raises(ValueError, match="empty"):
            search(images, images[:0])
        with pytest.raises(ValueError, match="cannot be sought"):
            search(images, images[:, :8])
