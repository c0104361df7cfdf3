"""Score the samples of models, or training images: `acgan score --config C --models main_32/g000
main_32/g001 ... --out results/demo/scores`.

One tidy CSV per metric: suite, model, class, metric, side, subset, value. A metric's name carries
its protocol. Training images are scored by the same functions under the suite name `real`.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from acgan.config.resolve import Config
from acgan.data import packed
from acgan.data.class_names import as_class, nearly
from acgan.groups.grouping import classes_of
from acgan.io.errors import UserError
from acgan.io.files import read_json, write_csv
from acgan.io.rng import derive_seed
from acgan.judges import Judge
from acgan.scores import METRICS
from acgan.scores.base import Scored
from acgan.scores.feature_distances import write_real_features
from acgan.scores.images import load_samples, real_images
from acgan.systems import Spec, row_count, system_of

HELD_OUT = 20  # images of a class whose nearest training image is sought


def write_scores(
    config: Config, scored: Scored, metrics: Sequence[str], out: Path, threads: int
) -> None:
    """Write `<out>/<metric>.csv` for each metric. Raises UserError where a judge is to name a
    class that it does not know.
    """
    torch.set_num_threads(threads)
    if scored.judge and {"accuracy", "judged", "codes"} & set(metrics):
        known = scored.judge.class_ids
        strange = [c for c in scored.class_ids if as_class(c) not in known]
        if strange:
            raise UserError(
                f"the judge {scored.judge.name} does not know class {', '.join(strange)}"
                f"{nearly(strange[0], known)}"
            )
    for name in metrics:
        metric = METRICS[name]
        write_csv(out / f"{name}.csv", metric.columns, metric.rows(config, scored))


def write_no_scores(metrics: Sequence[str], out: Path) -> None:
    """Files without rows, for a model that diverged: no number may come from it."""
    for name in metrics:
        write_csv(out / f"{name}.csv", METRICS[name].columns, [])


def score_model(
    config: Config,
    spec: Spec,
    judge: Callable[[], Judge | None],
    metrics: Sequence[str],
    sides: list[int],
    groups: Path,
    data: Path,
    samples: Path,
    provenance: Path,
    out: Path,
    real_features: Path | None,
) -> None:
    """Score the samples of one model; one that diverged gets files without rows."""
    name = f"{spec['suite']}/{spec['model']}"
    if "diverged" in read_json(provenance):
        write_no_scores(metrics, out)
        print(f"{name} diverged in training: its score files have no rows")
        return
    scored = Scored(
        spec["suite"],
        spec["model"],
        spec["seed"],
        classes_of(groups, spec),
        load_samples(samples, row_count(spec)),
        judge(),
        data,
        sides,
        real_features,
        system_of(spec).given,
        spec,
        provenance.parent,
        config["suites"][spec["suite"]]["sampling_batch_norm"],
        samples.parent,
    )
    write_scores(config, scored, metrics, out, spec["training"]["threads"])


def score_real(
    config: Config,
    name: str,
    judge: Judge | None,
    metrics: Sequence[str],
    sides: list[int],
    data: Path,
    out: Path,
) -> None:
    """Score training images as those of a suite are seen: its side, judge and number of images."""
    suite = config["suites"][name]
    seed = derive_seed(config["seed"], f"real/{suite['dataset']}")
    class_ids, images = real_images(data, suite["samples_per_class"], seed)
    scored = Scored("real", "", seed, class_ids, images, judge, data, sides)
    possible = [m for m in metrics if METRICS[m].possible(config, name)]
    write_scores(config, scored, possible, out, suite["training"]["threads"])
    write_no_scores([m for m in metrics if m not in possible], out)


def score_heldout(config: Config, name: str, heldout: Path, data: Path, out: Path) -> None:
    """Seek the training images that are nearest to held-out images of a suite's classes: what the
    distance is where nothing was learnt by heart.
    """
    suite = config["suites"][name]
    torch.set_num_threads(suite["training"]["threads"])
    seed = derive_seed(config["seed"], f"heldout/{suite['dataset']}")
    known = {entry.id for entry in packed.read_index(data)}
    every = zip(*real_images(heldout, HELD_OUT, seed), strict=True)
    found = [(c, i) for c, i in every if c in known and len(i)]
    if not found:
        raise UserError(f"{heldout} and {data} have no class in common; they are of other classes")
    ids, images = zip(*found, strict=True)
    asked = {**config, "scores": {**config["scores"], "neighbours": HELD_OUT}}
    scored = Scored("heldout", "", seed, list(ids), list(images), None, data, [])
    write_scores(asked, scored, ["neighbours"], out, suite["training"]["threads"])


def real_features(config: Config, name: str, judge: Judge, data: Path, out: Path) -> None:
    """Ask the judge of a suite for features of the training images."""
    suite = config["suites"][name]
    torch.set_num_threads(suite["training"]["threads"])
    seed = derive_seed(config["seed"], f"features/{suite['dataset']}")
    write_real_features(judge, data, seed, out)
