"""Accuracy by resolution, the class score and seeds against closed forms."""

import numpy as np
import pytest
import torch

from acgan.config.resolve import LEAST_FOR_DISTANCES
from acgan.io.rng import derive_seed, torch_rng
from acgan.metrics import fidelity
from acgan.metrics.accuracy import (
    at_resolution,
    resized_there_and_back,
    right_answers,
    subset_means,
)
from acgan.metrics.class_score import class_score, class_scores


def test_own_side_changes_nothing_and_256_is_pure_enlargement():
    images = torch.randint(0, 256, (2, 3, 32, 32), dtype=torch.uint8)
    assert torch.equal(at_resolution(images, 32), images)
    assert at_resolution(images, 64).shape[-1] == 64


def test_shrinking_halves_by_the_mean_of_two_by_two_and_returns_to_its_own_side():
    checker = torch.tensor([[0, 100], [200, 60]], dtype=torch.uint8).repeat(1, 3, 8, 8)
    shrunk = at_resolution(checker, 8)
    assert shrunk.shape == checker.shape
    assert (shrunk == 90).all()
    tile = resized_there_and_back(checker[0].permute(1, 2, 0).numpy(), 8)
    assert tile.shape == (16, 16, 3) and (tile == 90).all()


def test_accuracy_counts_the_intended_class_at_the_resolution_asked_for():
    images = torch.zeros(10, 3, 16, 16, dtype=torch.uint8)
    images[:6] = 200
    sides = []

    def bright_is_class_1(batch):
        sides.append(batch.shape[-1])
        bright = (batch.float().mean((1, 2, 3)) > 100).float()
        return torch.stack([1 - bright, bright], 1)

    right = right_answers(images, 1, 32, bright_is_class_1, batch=4)
    assert right.tolist() == [True] * 6 + [False] * 4
    assert set(sides) == {32}
    assert subset_means(right, 5).tolist() == [1, 1, 1, 0, 0]


def test_class_score_closed_forms():
    sure = np.eye(10)[np.arange(100) % 10]
    assert class_score(sure) == pytest.approx(10)  # sure and even over ten classes
    assert class_score(np.tile(sure[:1], (50, 1))) == pytest.approx(1)  # always the same answer
    assert class_score(np.full((50, 10), 0.1)) == pytest.approx(1)  # never sure
    p = np.array([[0.9, 0.1], [0.2, 0.8]])
    marginal = p.mean(0)
    by_hand = np.exp(np.mean([sum(r * np.log(r / marginal)) for r in p]))
    assert class_score(p) == pytest.approx(by_hand)


def test_class_score_is_torch_fidelitys_and_takes_zeros():
    """Also where a probability underflows, which makes p log p NaN if it is computed as written."""
    isc = fidelity.library("isc")
    logits = torch.from_numpy(np.random.default_rng(0).normal(0, 3, (200, 12)))
    theirs = isc.isc_features_to_metric(logits, splits=1, shuffle=False)
    ours = class_score(logits.softmax(1).numpy())
    assert ours == pytest.approx(theirs["inception_score_mean"], rel=1e-9)
    sure = torch.full((20, 10), -1e4).scatter(1, torch.arange(20)[:, None] % 10, 0.0).softmax(1)
    assert (sure == 0).any() and class_score(sure.numpy()) == pytest.approx(10)


def features(seed: int, count: int, shift: float = 0.0) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).normal(shift, 1, (count, 8))).float()


def test_frechet_distance_of_known_gaussians():
    a = features(0, 4000)
    assert fidelity.frechet_distance(a, a) == pytest.approx(0, abs=1e-6)
    assert fidelity.frechet_distance(a, a + 2) == pytest.approx(8 * 4, rel=1e-5)
    # variances 1 and 9 in each of 8 dimensions: 8 x (1 + 9 - 2 x 3), about a's own mean and spread
    assert fidelity.frechet_distance(a, 3 * a) == pytest.approx(8 * 4, rel=0.05)


def test_feature_distances_do_not_depend_on_the_order():
    own, real = features(0, 400, 0.3), features(1, 500)
    shuffled = own[torch.randperm(400, generator=torch.Generator().manual_seed(0))]
    first = fidelity.frechet_distance(own, real)
    assert first == pytest.approx(fidelity.frechet_distance(shuffled, real), rel=1e-9)
    assert fidelity.precision_recall(own, real) == fidelity.precision_recall(shuffled, real)
    mean, std = fidelity.kernel_distance(own, real)
    assert (mean, std) == fidelity.kernel_distance(own, real)  # the seed of its subsets is fixed
    other, _ = fidelity.kernel_distance(shuffled, real)
    assert mean > 3 * abs(mean - other) > 0  # other subsets, the same distance


def test_precision_and_recall_of_what_lies_apart_and_of_a_part():
    real = features(0, 300)
    assert fidelity.precision_recall(real + 100, real) == (0, 0)
    assert fidelity.precision_recall(real, real) == (1, 1)
    precision, recall = fidelity.precision_recall(real[:20], torch.cat([real[:20], real + 100]))
    assert precision == 1 and recall < 0.1


def test_feature_distances_of_the_fewest_images_that_are_let_through():
    a, b = features(0, LEAST_FOR_DISTANCES), features(1, LEAST_FOR_DISTANCES)
    numbers = [fidelity.frechet_distance(a, b), *fidelity.kernel_distance(a, b)]
    assert np.isfinite([*numbers, *fidelity.precision_recall(a, b)]).all()
    assert LEAST_FOR_DISTANCES == fidelity.NEIGHBOURHOOD + 1


def test_class_score_groups_are_disjoint_equal_and_reproducible():
    p = np.random.default_rng(0).dirichlet(np.ones(5), size=103)
    first = class_scores(p, 10, np.random.default_rng(7))
    assert first.shape == (10,)
    assert np.array_equal(first, class_scores(p, 10, np.random.default_rng(7)))
    # by hand: the same permutation in tens
    order = np.random.default_rng(7).permutation(103)
    assert first[3] == pytest.approx(class_score(p[order[30:40]]))


def test_seeds_differ_by_seed_purpose_and_step_and_repeat():
    seeds = {derive_seed(s, p, t) for s in range(3) for p in ("real", "fake") for t in range(50)}
    assert len(seeds) == 300
    assert torch.equal(
        torch.randn(4, generator=torch_rng(1, "a", 2)),
        torch.randn(4, generator=torch_rng(1, "a", 2)),
    )
