"""FID, KID, precision and recall, or what another judge gives in their place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from acgan.config.resolve import LEAST_FOR_DISTANCES, Config, has_feature_distances
from acgan.data import packed
from acgan.io.errors import UserError
from acgan.io.files import replacing
from acgan.judges import Judge
from acgan.scores.base import Row, Scored, asked, drawn_for, metric, thousands, to_tensor
from acgan.scores.images import real_images

if TYPE_CHECKING:
    from torch import Tensor

# Training images behind a feature distance: CIFAR-10 whole, a part of ImageNet.
MOST_REAL = 50_000


@metric(
    settings=("select", "report"),
    code=("metrics/fidelity.py",),
    possible=has_feature_distances,
    real_features=True,
)
def feature_distances(config: Config, s: Scored) -> Iterator[Row]:
    """FID, KID, precision and recall of the reported samples against training images of the same
    classes; they bear the judge's name unless it is the 2015 graph.
    """
    import torch

    from acgan.judges import distance_names
    from acgan.metrics import fidelity

    by = asked(s)
    if by.features is None:
        raise UserError(
            f"the judge {by.name} gives no features; set scores.feature_distances: false"
        )
    real = torch.cat(features_of_real(s))
    own = by.features(drawn_for(config, s, "report"))
    if min(len(own), len(real)) < LEAST_FOR_DISTANCES:
        raise UserError(
            f"{s.suite}/{s.model}: feature distances need at least {LEAST_FOR_DISTANCES} samples "
            f"and as many training images, not {len(own)} and {len(real)}; set "
            f"scores.feature_distances: false"
        )
    counts = f"{thousands(len(own))}_vs_{thousands(len(real))}_train"
    subsets = f"{fidelity.KID_SUBSETS}x{thousands(fidelity.kid_subset_size(len(own), len(real)))}"
    frechet, kernel, judge = distance_names(by)
    kid_mean, kid_std = fidelity.kernel_distance(own, real)
    precision, recall = fidelity.precision_recall(own, real)
    for name, value in {
        f"{frechet}_{judge}_{counts}": fidelity.frechet_distance(own, real),
        f"{kernel}_{judge}_{counts}_{subsets}_mean": kid_mean,
        f"{kernel}_{judge}_{counts}_{subsets}_std": kid_std,
        f"precision_{judge}_{counts}_k{fidelity.NEIGHBOURHOOD}": precision,
        f"recall_{judge}_{counts}_k{fidelity.NEIGHBOURHOOD}": recall,
    }.items():
        yield s.suite, s.model, "", name, s.images[0].shape[1], "", value


def features_of_real(s: Scored) -> list[Tensor]:
    """The judge's features of training images of each of the model's classes. Raises UserError
    where a class is missing.
    """
    from acgan.judges.state import load_state

    assert s.real_features is not None
    by_class = load_state(s.real_features)
    if absent := [c for c in s.class_ids if c not in by_class]:
        raise UserError(f"{s.real_features} lacks class {', '.join(absent)}; remove it and repeat")
    return [by_class[c] for c in s.class_ids]


def write_real_features(judge: Judge, data: Path, seed: int, out: Path) -> None:
    """A judge's features of the training images, float32 by class id, as safetensors: of all of
    them up to MOST_REAL, then of a random, equal share of every class.
    """
    from safetensors.torch import save

    if judge.features is None:
        raise UserError(f"the judge {judge.name} gives no features")
    share = MOST_REAL // len(packed.read_index(data))
    ids, images = real_images(data, share, seed)
    found = {c: judge.features(to_tensor(i)) for c, i in zip(ids, images, strict=True)}
    with replacing(out) as temporary:
        temporary.write_bytes(save(found))
