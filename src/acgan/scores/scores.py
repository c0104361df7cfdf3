"""Score the samples of models, or training images: `acgan score --config C --models main_32/g000
main_32/g001 ... --out results/demo/scores`.

One tidy CSV per metric: suite, model, class, metric, side, subset, value. A metric's name carries
its protocol. Training images are scored by the same functions under the suite name `real`.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from safetensors.torch import save
from torch import Tensor

from acgan.config.resolve import LEAST_FOR_DISTANCES, Config
from acgan.data import packed
from acgan.data.class_names import as_class, nearly
from acgan.io.errors import UserError
from acgan.io.files import replacing, write_csv
from acgan.io.rng import numpy_generator
from acgan.judges import Judge, distance_names, score_name
from acgan.judges.state import load_state
from acgan.metrics import fidelity
from acgan.metrics.accuracy import right_answers, subset_means
from acgan.metrics.class_score import class_scores
from acgan.metrics.ms_ssim import ms_ssim as ms_ssim_of_pairs
from acgan.metrics.ms_ssim import pairwise_ms_ssim
from acgan.metrics.neighbours import nearest_l1, nearest_ms_ssim

COLUMNS = ("suite", "model", "class", "metric", "side", "subset", "value")
NEIGHBOUR_COLUMNS = (*COLUMNS, "neighbour_class", "neighbour_image")
MOST_REAL = 50_000  # training images behind a feature distance: CIFAR-10 whole, a part of ImageNet
Row = tuple[Any, ...]


class Scored(NamedTuple):
    """Images to score, with what the metrics need to know of them."""

    suite: str
    model: str
    seed: int
    class_ids: list[str]
    images: list[np.ndarray]  # per class, uint8 (n, side, side, 3)
    judge: Judge
    data: Path  # packed training images
    accuracy_sides: list[int]
    real_features: Path | None = None  # of training images by the same judge, for feature_distances


def to_tensor(images: np.ndarray) -> Tensor:
    return torch.from_numpy(np.array(images)).permute(0, 3, 1, 2)


def accuracy(config: Config, s: Scored) -> Iterator[Row]:
    """By class, resolution and subset (Figure 2); in as many subsets as the smallest class can be
    cut into, where it has fewer images than `scores.subsets`.
    """
    wanted = config["scores"]["subsets"]
    subsets = min(wanted, *map(len, s.images))
    if subsets < wanted:
        print(f"{s.suite}: {subsets} subsets, not {wanted}: the smallest class has no more images")
    for class_id, images in zip(s.class_ids, s.images, strict=True):
        output = s.judge.class_ids.index(as_class(class_id))
        for side in s.accuracy_sides:
            right = right_answers(to_tensor(images), output, side, s.judge.probabilities)
            for subset, value in enumerate(subset_means(right, subsets)):
                yield (
                    s.suite,
                    s.model,
                    class_id,
                    f"accuracy_{s.judge.name}",
                    side,
                    subset,
                    float(value),
                )


def ms_ssim(config: Config, s: Scored) -> Iterator[Row]:
    """By class: mean and standard deviation over random pairs of different images (section 4.2),
    and over all pairs of the class's first images, the other reading of the paper.
    """
    pairs, of = (config["scores"][key] for key in ("ms_ssim_pairs", "ms_ssim_all_pairs"))
    for class_id, images in zip(s.class_ids, s.images, strict=True):
        if len(images) < 2:
            raise UserError(
                f"{s.data}: class {class_id} has {len(images)} image; MS-SSIM needs at least 2"
            )
        rng = numpy_generator(s.seed, f"pairs/{class_id}")
        first = rng.integers(len(images), size=pairs)
        second = (first + rng.integers(1, len(images), size=pairs)) % len(images)
        estimates = {
            f"ms_ssim_{pairs}_random_pairs": ms_ssim_of_pairs(
                to_tensor(images[first]), to_tensor(images[second])
            )
        }
        if of:
            some = images[:of]
            estimates[f"ms_ssim_all_pairs_of_{len(some)}"] = pairwise_ms_ssim(to_tensor(some))
        for name, values in estimates.items():
            about, v = (s.suite, s.model, class_id), values.double()
            yield *about, f"{name}_mean", images.shape[1], "", v.mean().item()
            yield (
                *about,
                f"{name}_std",
                images.shape[1],
                "",
                v.std(correction=min(1, len(v) - 1)).item(),
            )


def thousands(count: int) -> str:
    """50000 -> 50k, 2500 -> 2500: counts in the names of metrics."""
    return f"{count // 1000}k" if count % 1000 == 0 and count else str(count)


def drawn_for(config: Config, s: Scored, purpose: str) -> Tensor:
    """The samples of `select` or `report`: the same share of every class, class by class, and no
    sample in both.
    """
    shares = {p: config["scores"][p]["samples"] // len(s.images) for p in ("select", "report")}
    start = shares["select"] if purpose == "report" else 0
    return torch.cat([to_tensor(i[start : start + shares[purpose]]) for i in s.images])


def class_score(config: Config, s: Scored) -> Iterator[Row]:
    """The choosing score and, over other samples, the reported one (section 4.4).

    The groups are random ones that the model's seed fixes, so the order of the samples is fixed
    too; within a group it does not matter.
    """
    side = s.images[0].shape[1]
    for purpose in ("select", "report"):
        samples, groups = (config["scores"][purpose][k] for k in ("samples", "groups"))
        probabilities = s.judge.probabilities(drawn_for(config, s, purpose)).numpy()
        values = class_scores(
            probabilities, groups, numpy_generator(s.seed, f"class_score/{purpose}")
        )
        protocol = f"{thousands(samples)}_{groups}x{thousands(samples // groups)}"
        name = f"{score_name(s.judge)}_{protocol}_{purpose}"
        for group, value in enumerate(values):
            yield s.suite, s.model, "", name, side, group, float(value)


def feature_distances(config: Config, s: Scored) -> Iterator[Row]:
    """FID, KID, precision and recall of the reported samples against training images of the same
    classes; they bear the judge's name unless it is the 2015 graph.
    """
    if s.judge.features is None or s.real_features is None:
        raise UserError(
            f"the judge {s.judge.name} gives no features; set scores.feature_distances: false"
        )
    by_class = load_state(s.real_features)
    if absent := [c for c in s.class_ids if c not in by_class]:
        raise UserError(f"{s.real_features} lacks class {', '.join(absent)}; remove it and repeat")
    real = torch.cat([by_class[c] for c in s.class_ids])
    own = s.judge.features(drawn_for(config, s, "report"))
    if min(len(own), len(real)) < LEAST_FOR_DISTANCES:
        raise UserError(
            f"{s.suite}/{s.model}: feature distances need at least {LEAST_FOR_DISTANCES} samples "
            f"and as many training images, not {len(own)} and {len(real)}; set "
            f"scores.feature_distances: false"
        )
    counts = f"{thousands(len(own))}_vs_{thousands(len(real))}_train"
    subsets = f"{fidelity.KID_SUBSETS}x{thousands(fidelity.kid_subset_size(len(own), len(real)))}"
    frechet, kernel, judge = distance_names(s.judge)
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


def write_real_features(judge: Judge, data: Path, seed: int, out: Path) -> None:
    """A judge's features of the training images, float32 by class id, as safetensors: of all of
    them up to MOST_REAL, then of a random, equal share of every class.
    """
    if judge.features is None:
        raise UserError(f"the judge {judge.name} gives no features")
    share = MOST_REAL // len(packed.read_index(data))
    ids, images = real_images(data, share, seed)
    found = {c: judge.features(to_tensor(i)) for c, i in zip(ids, images, strict=True)}
    with replacing(out) as temporary:
        temporary.write_bytes(save(found))


def neighbours(config: Config, s: Scored) -> Iterator[Row]:
    """The nearest training image of the first samples of each class, in L1 and by MS-SSIM, within
    the class and among the model's classes (section 4.6).
    """
    index = {entry.id: entry for entry in packed.read_index(s.data)}
    pools = [packed.load_class(s.data, index[c]) for c in s.class_ids]
    ends = np.cumsum([len(p) for p in pools])
    starts = ends - [len(p) for p in pools]
    asked = [images[: config["scores"]["neighbours"]] for images in s.images]
    labels = np.repeat(np.arange(len(asked)), [len(images) for images in asked])
    samples = np.concatenate([np.arange(len(images)) for images in asked])
    queries = np.concatenate([*asked, *asked])  # both searches share one reading of the pool
    spans = [(starts[c], ends[c]) for c in labels] + [(0, ends[-1])] * len(labels)
    for metric, search in (("nearest_l1", nearest_l1), ("nearest_ms_ssim", nearest_ms_ssim)):
        where, values = search(queries, pools, spans=spans)
        for i in np.lexsort((np.arange(len(queries)), np.tile(labels, 2))):
            label, owner = labels[i % len(labels)], int(np.searchsorted(ends, where[i], "right"))
            scope = "same_class" if i < len(labels) else "all_classes"
            yield (
                s.suite,
                s.model,
                s.class_ids[label],
                f"{metric}_{scope}",
                queries.shape[1],
                int(samples[i % len(labels)]),
                float(values[i]),
                s.class_ids[owner],
                int(where[i] - starts[owner]),
            )


METRICS: dict[str, Callable[[Config, Scored], Iterator[Row]]] = {
    "accuracy": accuracy,
    "ms_ssim": ms_ssim,
    "class_score": class_score,
    "feature_distances": feature_distances,
    "neighbours": neighbours,
}


def write_scores(
    config: Config, scored: Scored, metrics: list[str], out: Path, threads: int
) -> None:
    """Write `<out>/<metric>.csv` for each metric. Raises UserError where accuracy is asked of a
    judge that does not know a class.
    """
    torch.set_num_threads(threads)
    known = scored.judge.class_ids
    strange = [c for c in scored.class_ids if as_class(c) not in known]
    if strange and "accuracy" in metrics:
        raise UserError(
            f"the judge {scored.judge.name} does not know class "
            f"{', '.join(strange)}{nearly(strange[0], known)}"
        )
    for metric in metrics:
        columns = NEIGHBOUR_COLUMNS if metric == "neighbours" else COLUMNS
        write_csv(out / f"{metric}.csv", columns, METRICS[metric](config, scored))


def write_no_scores(metrics: list[str], out: Path) -> None:
    """Files without rows, for a model that diverged: no number may come from it."""
    for metric in metrics:
        write_csv(
            out / f"{metric}.csv", NEIGHBOUR_COLUMNS if metric == "neighbours" else COLUMNS, []
        )


def load_samples(path: Path, classes: int) -> list[np.ndarray]:
    """Per class uint8 (n, side, side, 3) of a samples file. Raises UserError when it is missing,
    truncated or foreign.
    """
    try:
        samples = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise UserError(
            f"cannot read samples from {path}: {error}; remove it and repeat the command"
        ) from error
    if samples.dtype != np.uint8 or samples.ndim != 5 or len(samples) != classes:
        raise UserError(
            f"{path}: expected uint8 ({classes}, n, side, side, 3), found {samples.dtype} "
            f"{samples.shape}"
        )
    return list(samples)


def real_images(data: Path, per_class: int, seed: int) -> tuple[list[str], list[np.ndarray]]:
    """Class ids and up to `per_class` random training images of each class."""
    ids, images = [], []
    for entry in packed.read_index(data):
        array = packed.load_class(data, entry)
        order = numpy_generator(seed, f"real/{entry.id}").permutation(len(array))[:per_class]
        ids.append(entry.id)
        images.append(array[np.sort(order)])
    return ids, images
