"""Which pictures people are shown: samples and real images, as many of each and of each class."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from acgan.config import resolve
from acgan.config.resolve import Config
from acgan.data import packed
from acgan.groups.grouping import read_groups
from acgan.io.errors import UserError
from acgan.io.files import read_json
from acgan.io.rng import numpy_rng
from acgan.systems import row_ids


class Picture(NamedTuple):
    """One picture, what it is, and what may be said of it."""

    image: np.ndarray  # uint8 (side, side, 3)
    kind: str  # "generated" or "real"
    of: str  # the suite of a sample, the data set of a real image
    class_id: str  # that it was to show; "" where the generator was given none
    model: str
    sample: int  # number of the sample, or of the image of its class
    choices: list[str]  # class ids


def chosen(config: Config, results: Path, suite: str, count: int, seed: int) -> list[Picture]:
    """So many pictures in random order: half are real, unless they may not be shown as they are.
    Raises UserError where samples or packed images are missing.
    """
    rng = numpy_rng(config["seed"], f"rate/{suite}", seed)
    groups = read_groups(results / "groups" / f"{suite}.csv")
    models = [m.id for m in resolve.first_restarts(config, suite)]
    lost = [m for m in models if diverged(results / "models" / suite / m / "provenance.json")]
    of = {
        model: groups[model]
        for model in models
        if model not in lost and samples_of(results, suite, model).is_file()
    }
    if not of:
        raise UserError(
            f"{results} has no samples of {suite}; make them with `snakemake samples`, or name "
            f"another suite with --suite: {', '.join(config['suites'])}"
        )
    shows_real = config["report"]["real_photos"] == "show"
    generated = count // 2 if shows_real else count
    found = samples(config, results, suite, of, generated, rng)
    if shows_real:
        found += real(config, suite, of, count - generated, rng)
    return [found[i] for i in rng.permutation(len(found))]


def diverged(provenance: Path) -> bool:
    """Whether a model diverged, so that its samples are shown to nobody."""
    return provenance.is_file() and "diverged" in read_json(provenance)


def samples_of(results: Path, suite: str, model: str) -> Path:
    return results / "samples" / suite / model / "samples_0.npy"


def spread(places: list[Any], count: int, rng: np.random.Generator) -> list[Any]:
    """So many of them at random, none twice before all were taken."""
    if not count:
        return []
    rounds = [rng.permutation(len(places)) for _ in range(-(-count // len(places)))]
    return [places[i] for i in np.concatenate(rounds)[:count]]


def samples(
    config: Config,
    results: Path,
    suite: str,
    of: dict[str, list[str]],
    count: int,
    rng: np.random.Generator,
) -> list[Picture]:
    """Samples, as many of each row of each model; none twice."""
    system = config["suites"][suite]["objective"]["system"]
    given = resolve.given(config, suite) == "class"
    rows = [(m, i) for m, ids in of.items() for i, _ in enumerate(row_ids(system, ids))]
    found, taken = [], set()
    for model, row in spread(rows, count, rng):
        images = np.load(samples_of(results, suite, model), mmap_mode="r", allow_pickle=False)[row]
        free = [i for i in range(len(images)) if (model, row, i) not in taken]
        if not free:
            continue
        number = int(rng.choice(free))
        taken.add((model, row, number))
        class_id = of[model][row] if given else ""
        found.append(
            Picture(
                np.array(images[number]), "generated", suite, class_id, model, number, of[model]
            )
        )
    return found


def real(
    config: Config, suite: str, of: dict[str, list[str]], count: int, rng: np.random.Generator
) -> list[Picture]:
    """Held-out images where there are any, else training images."""
    side = str(config["suites"][suite]["side"])
    sets = [resolve.heldout_of(config, suite), config["suites"][suite]["dataset"]]
    folders = [Path("data", name, side) for name in sets if name]
    folder = next((f for f in folders if (f / "index.csv").is_file()), None)
    if folder is None:
        raise UserError(f"{folders[-1]} holds no packed images; make them with `snakemake data`")
    index = {entry.id: entry for entry in packed.read_index(folder)}
    places = [(model, c) for model, ids in of.items() for c in ids if c in index]
    if not places:
        raise UserError(f"{folder} and {suite} have no class in common")
    found, taken = [], set()
    for model, class_id in spread(places, count, rng):
        images = packed.load_class(folder, index[class_id])
        free = [i for i in range(len(images)) if (class_id, i) not in taken]
        if free:
            number = int(rng.choice(free))
            taken.add((class_id, number))
            image = np.array(images[number])
            dataset = folder.parent.name
            found.append(Picture(image, "real", dataset, class_id, "", number, of[model]))
    return found
