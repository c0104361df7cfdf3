"""From a checked config to plain data: `resolved` fills suites in, `models` lists every model of a
suite, `spec` is one.

Everything here but `resolved` works on plain dictionaries, so a GPU host needs no config library to
train.
"""

import itertools
from typing import Any, NamedTuple

from acgan import systems
from acgan.config.model_choice import chosen_groups
from acgan.data.sources import SOURCES, class_count, is_whole, published
from acgan.declarations.items import Item
from acgan.declarations.roles import plays, suites_in
from acgan.io.rng import derive_seed
from acgan.io.words import counted
from acgan.judges.kind import Kind
from acgan.judges.kinds import KINDS

Config = dict[str, Any]
# Images on either side of a feature distance: each and its 3 nearest neighbours
# (metrics/fidelity.py).
LEAST_FOR_DISTANCES = 4
BY_FEATURES = ("similar_features", "dissimilar_features")  # groupings that ask the suite's judge


class Model(NamedTuple):
    """One model of a suite."""

    id: str
    classes: int  # how many
    first_class: int  # position of the first of them in the order that the grouping makes
    settings: dict[str, Any]  # of a grid: {"training.d_learning_rate": 0.0001, ...}


def resolved(experiment: Any) -> Config:
    """The whole config as JSON-able data.

    Each suite's nets, objective and training are complete.
    """
    config = experiment.model_dump(mode="json")
    config["roles"] = {role: named for role, named in config["roles"].items() if named}
    for name, suite in experiment.suites.items():
        for section in ("nets", "objective", "training"):
            changes = getattr(suite, section)
            own = {k: getattr(changes, k) for k in changes.model_fields_set}
            config["suites"][name][section] = {**config[section], **own}
        dataset = config["datasets"][suite.dataset]
        config["suites"][name]["classes"] = class_count(dataset)
        config["suites"][name]["models"] = chosen_groups(config["suites"][name], dataset)
    return config


def groups_of(suite: dict[str, Any]) -> list[tuple[str, int, int]]:
    """(name, classes, position of the first class) of each group of classes, or class count."""
    count = suite["classes_per_model"]
    if isinstance(count, list):  # the first n classes, for each n
        return [(f"n{n:03d}", n, 0) for n in count]
    return [(f"g{i:03d}", count, i * count) for i in range(suite["classes"] // count)]


def models(config: Config, suite_name: str) -> list[Model]:
    """The models of a suite, in order: groups of classes (or class counts) x settings x restarts;
    of a suite that chooses some of its groups, those alone.
    """
    chosen, found = config["suites"][suite_name]["models"], all_models(config, suite_name)
    if chosen is None:
        return found
    groups = groups_of(config["suites"][suite_name])
    names = {groups[i][0] for i in chosen}
    return [m for m in found if m.id.partition("-")[0] in names]


def first_restarts(config: Config, suite_name: str) -> list[Model]:
    """Of the restarts of each model the first."""
    several = config["suites"][suite_name]["restarts"] > 1
    return [m for m in models(config, suite_name) if not several or m.id.endswith("-r0")]


def all_models(config: Config, suite_name: str) -> list[Model]:
    """Every model that a suite could have, trained or not: groups.csv names the classes of all."""
    suite = config["suites"][suite_name]
    groups = groups_of(suite)
    combinations = list(itertools.product(*suite["grid"].values()))
    found = []
    for (group, classes, first), (s, values), restart in itertools.product(
        groups, enumerate(combinations), range(suite["restarts"])
    ):
        parts = [group]
        parts += [f"s{s:02d}"] if len(combinations) > 1 else []
        parts += [f"r{restart}"] if suite["restarts"] > 1 else []
        found.append(
            Model("-".join(parts), classes, first, dict(zip(suite["grid"], values, strict=True)))
        )
    return found


def class_total(config: Config, suite_name: str) -> int:
    """How many classes the models of a suite have together."""
    spans = {(m.first_class, m.classes) for m in models(config, suite_name)}
    return len({first + i for first, count in spans for i in range(count)})


def part_of(config: Config, suite_name: str) -> str | None:
    """What part of its classes and models a suite has, in words; None for all."""
    suite = config["suites"][suite_name]
    dataset = config["datasets"][suite["dataset"]]
    source = SOURCES[dataset["source"]].classes
    parts = []
    if suite["models"] is not None:
        those, every = (f(config, suite_name) for f in (models, all_models))
        parts.append(f"{len(those)} of {counted(len(every), 'model')}")
    classes, whole = class_total(config, suite_name), source or suite["classes"]
    if (suite["models"] is not None or not is_whole(dataset)) and classes < whole:
        parts.append(f"{classes} of {counted(whole, 'class', 'classes')}")
    return ", ".join(parts) or None


def jobs(config: Config, suite_name: str) -> dict[str, list[str]]:
    """{name of its log: models} of the jobs that train, sample and score the models of a suite."""
    size = config["suites"][suite_name]["models_per_job"]
    ids = [m.id for m in models(config, suite_name)]
    if size == 1:
        return {model: [model] for model in ids}
    starts = range(0, len(ids), size)
    return {f"job_{i:02d}": ids[start : start + size] for i, start in enumerate(starts)}


def spec(config: Config, suite_name: str, model_id: str) -> dict[str, Any]:
    """All that training one model depends on, but for its data. Raises KeyError for a model that
    does not exist.
    """
    suite = config["suites"][suite_name]
    model = {m.id: m for m in models(config, suite_name)}[model_id]
    sections = {section: dict(suite[section]) for section in ("nets", "objective", "training")}
    for name, value in model.settings.items():
        section, _, field = name.partition(".")
        sections[section][field] = value
    return {
        "suite": suite_name,
        "model": model_id,
        "dataset": suite["dataset"],
        "side": suite["side"],
        "classes": model.classes,
        "seed": derive_seed(config["seed"], seed_name(suite, suite_name, model_id)),
        **sections,
    }


def seed_name(suite: dict[str, Any], suite_name: str, model_id: str) -> str:
    """What a model's random state is called by."""
    if suite["seeds"] == "own":
        return f"{suite_name}/{model_id}"
    group, *rest = model_id.split("-")
    return "/".join(["shared", group, *(part for part in rest if part.startswith("r"))])


def data_of(dataset: dict[str, Any]) -> str:
    """What a data set is, for the comparison with the paper's: its source, or how it differs from
    the original.
    """
    checksums = {a.file: a.checksum for a in published(dataset)}
    images = SOURCES[dataset["source"]].images.get(dataset["split"])
    same = all(checksums.get(f) == c for f, c in dataset["checksums"].items())
    same = same and dataset["images"] in (None, images)
    other = "other archives" if checksums and not same else ""
    split = "" if dataset["split"] == "train" else dataset["split"]
    some = "" if is_whole(dataset) else f"{class_count(dataset)} classes"
    fewer = dataset.get("images_per_class")
    few = f"{fewer} images of each class" if fewer else ""
    differs = ", ".join(filter(None, (other, split, some, few)))
    return f"{dataset['source']} ({differs})" if differs else dataset["source"]


def kind_of(config: Config, suite_name: str) -> Kind | None:
    """The kind of a suite's judge, if it has one."""
    judge = config["suites"][suite_name]["judge"]
    return KINDS[config["judges"][judge]["kind"]] if judge else None


def has_judge(config: Config, suite_name: str) -> bool:
    """Whether a suite's samples are shown to a judge."""
    return kind_of(config, suite_name) is not None


class Lacking(NamedTuple):
    """What an item needs that a suite of it does not have."""

    suite: str
    said: str


def lacking(config: Config, item: Item) -> Lacking | None:
    """Of an item that shows what a judge says, a suite without a judge; of one that shows classes,
    a suite whose generator is given none.
    """
    for suite in [s for role in item.roles for s in suites_in(config, role)]:
        if item.judged and not has_judge(config, suite):
            return Lacking(suite, f"this needs a judge, and suites.{suite}.judge names none")
        if item.classed and given(config, suite) != "class":
            system = config["suites"][suite]["objective"]["system"]
            return Lacking(
                suite, f"this needs a generator that is given a class; that of {system} is not"
            )
    return None


def given(config: Config, suite_name: str) -> str:
    """What the generators of a suite are given: "class", "code" or "nothing"."""
    return systems.load(config["suites"][suite_name]["objective"]["system"]).given


def names_classes(config: Config, suite_name: str) -> bool:
    """Whether the judge of a suite can name the classes of its training images."""
    dataset, kind = config["suites"][suite_name]["dataset"], kind_of(config, suite_name)
    return kind is not None and kind.knows(config["datasets"][dataset]["source"])


def names_its_classes(config: Config, suite_name: str) -> bool:
    """Whether it can tell, too, if a sample shows the class that it was to show."""
    return names_classes(config, suite_name) and given(config, suite_name) == "class"


def has_feature_distances(config: Config, suite_name: str) -> bool:
    """Whether the judge of a suite gives features, and distances between them are asked for."""
    kind = kind_of(config, suite_name)
    return kind is not None and config["scores"]["feature_distances"] and kind.features


def heldout_of(config: Config, suite_name: str) -> str | None:
    """The data set that holds out images of a suite's classes: the one that its own names, else
    of the same source, the split `heldout`; of files of one's own, of the same path with `holdout`,
    since without it both splits have all. None where there is none, or more than one.
    """
    dataset = config["datasets"][config["suites"][suite_name]["dataset"]]
    if dataset["heldout"] is not None:
        return str(dataset["heldout"])
    same = ["source", "classes", "holdout", "holdout_seed"]
    if SOURCES[dataset["source"]].is_own:
        same.append("path")
        if dataset["source"] != "npz" and dataset["holdout"] is None:
            return None
    found = [
        name
        for name, other in config["datasets"].items()
        if other["split"] == "heldout" and all(other[key] == dataset[key] for key in same)
    ]
    return found[0] if len(found) == 1 and dataset["split"] == "train" else None


def too_few_images(
    config: Config, suite_name: str, groups: dict[str, list[str]], images: dict[str, int]
) -> str | None:
    """What to say of models with too few training images for feature distances: `groups` are
    {model: classes}, `images` {class: number}.
    """
    measured = plays(config, suite_name, "scores") and has_feature_distances(config, suite_name)
    counts = {model: sum(images[c] for c in classes) for model, classes in groups.items()}
    small = [f"{m} has {n}" for m, n in counts.items() if n < LEAST_FOR_DISTANCES]
    if not (measured and small):
        return None
    return (
        f"feature distances need at least {LEAST_FOR_DISTANCES} training images of each model: "
        f"{', '.join(small[:5])}{' ...' if len(small) > 5 else ''}; add images, have more "
        f"classes_per_model, or set scores.feature_distances: false"
    )
