"""What an experiment needs before it starts: `acgan data check --config C`.

Looks for every data set and every judge's weights, asks servers whether what must be fetched can be
had, and whether the disk has room. Snakemake asks the same at its start, of what its jobs need, so
that nothing is queued for a run that must fail days later.
"""

import importlib.util
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from acgan.config.resolve import Config, models, too_few_images
from acgan.data import packed, raw, sources
from acgan.data.class_names import nearly
from acgan.data.folders import Passed, described
from acgan.fetch import Remote, probe
from acgan.fetch.partfile import hidden
from acgan.io.errors import UserError
from acgan.io.words import counted
from acgan.judges import KINDS, load_judge
from acgan.judges import weights as judge_weights
from acgan.tables.wanted import metrics
from acgan.workflow.experiment import Experiment

READY, TO_FETCH, MISSING = "ready", "to fetch", "MISSING"


class Finding(NamedTuple):
    """The state of one thing that is needed."""

    what: str  # "data set imagenet", "judge digits_cnn", "disk"
    state: str  # READY, TO_FETCH or MISSING
    text: str  # what is there, or what is missing and how to get it
    fetched: Mapping[str, int] = MappingProxyType({})  # bytes still to be downloaded, by file
    written: int = 0  # bytes that packing will write


def check(
    config: Config, datasets: Collection[str] | None = None, judges: Collection[str] | None = None
) -> list[Finding]:
    """The state of data sets and judges, then of the disk: of all that are used, or of the data
    sets named, which are going to be packed whatever is there, and of the judges named.
    """
    again = datasets is not None
    found = []
    for name in Experiment(config).datasets if datasets is None else datasets:
        found.append(guarded(f"data set {name}", dataset_state, config, name, again))
    for name in config["judges"] if judges is None else judges:
        found.append(guarded(f"judge {name}", judge_state, config, name))
    for name in config["suites"]:
        found += [
            f for f in (classes_known(config, name, judges), enough_images(config, name)) if f
        ]
    return [*found, disk(found)]


def guarded(
    what: str, state: Callable[..., Finding], config: Config, name: str, *more: bool
) -> Finding:
    try:
        return state(config, name, *more)
    except UserError as error:
        return Finding(what, MISSING, str(error))


def dataset_state(config: Config, name: str, again: bool = False) -> Finding:
    """Of one data set: packed (unless it is packed `again`), there, or to be fetched."""
    what, dataset = f"data set {name}", config["datasets"][name]
    folders = [Path("data") / name / str(side) for side in Experiment(config).sides(name)]
    if not again and all((folder / "index.csv").is_file() for folder in folders):
        return Finding(what, READY, packed_text(folders))
    if package := sources.source_of(dataset).package:
        return in_package(what, package)
    images = sources.expected_images(dataset) or 0
    there = sum(p.stat().st_size for folder in folders for p in folder.glob("*.npy"))
    writes = max(0, images * sum(3 * side**2 for side in Experiment(config).sides(name)) - there)
    archives = raw.wanted(dataset)
    if not archives:
        return Finding(what, READY, in_place(dataset), written=writes)
    places = {archive: sources.folder_of(dataset) / archive.file for archive in archives}
    absent = [archive for archive, path in places.items() if not path.is_file()]
    if not absent:
        text = f"{' and '.join(map(str, places.values()))}: there, checked before packing"
        return Finding(what, READY, text, written=writes)
    if dataset["path"]:
        raise UserError("; ".join(raw.missing(dataset, archive) for archive in absent))
    vouched = Path("data") / name / "archives.csv"
    if vouched.is_file():
        raise UserError(
            f"{places[absent[0]]} is gone, though {vouched} says that it was checked: "
            f"rm {vouched}, then it is fetched again"
        )
    fetched = {str(places[a]): left(places[a], raw.probed(dataset, a) or a.about) for a in absent}
    names = " and ".join(raw.remote(dataset, a).url for a in absent)
    return Finding(
        what, TO_FETCH, f"{names}, {sum(fetched.values()) / 1e9:.1f} GB", fetched, writes
    )


def in_place(dataset: dict[str, Any]) -> str:
    """What is there of images that are read as they lie. Raises UserError where there are none."""
    folder, passed = sources.folder_of(dataset), Passed()
    classes = sources.class_names(dataset)
    if sources.source_of(dataset).class_folders:
        images, passed = sources.seen(dataset)
        text = f"{folder} is there, {images:,} images of {len(classes):,} classes"
    else:
        images = sum(1 for _ in islice(sources.pictures(dataset, set(classes)), 1))
        text = f"{folder} is there"
    if not images:
        raise UserError(f"{folder} holds no image; fix `path` or the folder")
    return "; ".join(filter(None, (text, described(passed))))


def packed_text(folders: list[Path]) -> str:
    index = packed.read_index(folders[-1])
    images = counted(sum(e.images for e in index), "image")
    count = f"{images} of {counted(len(index), 'class', 'classes')}"
    return f"packed: {count}, at {' and '.join(f.name for f in folders)} pixels"


def left(path: Path, size: int) -> int:
    """What is still to come of a download that may have begun."""
    part = hidden(path, "part")
    return max(0, size - (part.stat().st_size if part.is_file() else 0))


def in_package(what: str, package: str) -> Finding:
    if importlib.util.find_spec(package) is None:
        raise UserError(
            f"the package {package} is not installed: "
            'pip install -c constraints.txt -e ".[pipeline]"'
        )
    return Finding(what, READY, f"inside the package {package}")


def judge_state(config: Config, name: str) -> Finding:
    """Of one judge's weights."""
    what, settings = f"judge {name}", config["judges"][name]
    kind, path = KINDS[settings["kind"]], judge_weights.place(settings)
    if kind.package:
        return in_package(what, kind.package)
    if path is None:
        return Finding(what, READY, "a rule trains it")
    if path.is_file():
        judge_weights.checked(name, settings, None)
        if kind.tried:
            kind.tried(load_judge(name, settings), settings)
        has_pin = settings.get("sha256") or kind.pinned
        checked = ", its checksum is right" if has_pin else "; no sha256 is given to check it by"
        return Finding(what, READY, f"{path} is there{checked}")
    pinned, cure = kind.pinned, judge_weights.missing(name, settings)
    if pinned is None or not judge_weights.is_fetched(settings):
        raise UserError(cure)
    size = probe(Remote(pinned.url, f"sha256:{pinned.sha256}"), what=pinned.file, cure=cure) or 0
    return Finding(
        what, TO_FETCH, f"{pinned.url}, {size / 1e6:.0f} MB", {str(path): left(path, size)}
    )


def known_classes(name: str, settings: dict[str, Any]) -> set[str] | None:
    """The class ids that a judge that comes trained can name; None where a rule trains it."""
    kind = KINDS[settings["kind"]]
    return None if kind.is_trained_here else set(kind.class_ids(name, settings))


def classes_known(config: Config, suite: str, judges: Collection[str] | None) -> Finding | None:
    """A finding where a suite's accuracy is asked of a judge that does not know its classes."""
    chosen = config["suites"][suite]
    if "accuracy" not in metrics(config, suite):
        return None
    if chosen["judge"] is None or (judges is not None and chosen["judge"] not in judges):
        return None
    try:
        known = known_classes(chosen["judge"], config["judges"][chosen["judge"]])
        classes = (
            [] if known is None else sources.class_names(config["datasets"][chosen["dataset"]])
        )
    except UserError:
        return None  # said of the data set or the judge
    strange = [c for c in classes if c not in (known or ())]
    if not strange:
        return None
    return Finding(
        f"suite {suite}",
        MISSING,
        f"the judge {chosen['judge']} does not know {len(strange)} of the classes "
        f"({', '.join(strange[:3])} ...){nearly(strange[0], known or ())}, "
        f"so it cannot name samples; choose a judge that does as suites.{suite}.judge",
    )


def enough_images(config: Config, suite: str) -> Finding | None:
    """A finding where a model of packed data has too few images for its scores.

    Where only its groups.csv tells which classes a model has, `acgan groups` refuses.
    """
    chosen, every = config["suites"][suite], models(config, suite)
    index = Path("data") / chosen["dataset"] / str(chosen["side"])
    known = chosen["grouping"] == "consecutive" or len({m.first_class for m in every}) == 1
    if not known or not (index / "index.csv").is_file():
        return None
    images = {e.id: e.images for e in packed.read_index(index)}
    groups = {m.id: list(images)[m.first_class : m.first_class + m.classes] for m in every}
    few = too_few_images(config, suite, groups, images)
    return Finding(f"suite {suite}", MISSING, few) if few else None


def disk(found: list[Finding]) -> Finding:
    """Whether there is room for what will be fetched and packed."""
    fetched = {file: size for f in found for file, size in f.fetched.items()}  # once, if shared
    wanted = sum(fetched.values()) + sum(f.written for f in found)
    place = next(p for p in (Path("data"), Path()) if p.exists())
    free = shutil.disk_usage(place).free
    text = f"{wanted / 1e9:.1f} GB wanted for downloads and packed data, {free / 1e9:.1f} GB free"
    if any(f.state == MISSING for f in found):
        text += "; what is missing is not counted (acgan plan counts all)"
    if wanted <= free:
        return Finding("disk", READY, text)
    return Finding("disk", MISSING, f"{text}; free some, or make data/ a link to a larger disk")


def lines(found: list[Finding]) -> Iterator[str]:
    """One line per finding, for people."""
    for what, state, text, *_ in found:
        yield f"{state:9} {what}: {text}"


def preflight(config: Config, datasets: Collection[str], judges: Collection[str]) -> None:
    """Raise UserError, a line for each, when anything that is needed is missing."""
    bad = [f for f in check(config, datasets, judges) if f.state == MISSING]
    if bad:
        raise UserError("\n".join(f"{f.what}: {f.text}" for f in bad))
