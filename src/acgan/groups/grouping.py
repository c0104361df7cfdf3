"""Which classes share a model (section 3): `acgan groups --config C --suite S --data data/digits/32
--out groups.csv`.

groups.csv: model, position, class; position is the label that the class has inside its model. The
suite's `grouping` puts the classes into an order, which is cut into one piece for each model.
"""

from pathlib import Path
from typing import Any

import numpy as np

from acgan.config.resolve import BY_FEATURES, Config, all_models, too_few_images
from acgan.data import imagenet, packed
from acgan.data.class_order import IN_ORDER, in_order
from acgan.groups.groups_file import read_groups_file
from acgan.groups.partition import partition
from acgan.io.errors import UserError
from acgan.io.files import read_csv, write_csv
from acgan.io.words import counted

COLUMNS = ("model", "position", "class")


def write_groups(
    config: Config, suite: str, data: Path, out: Path, features: Path | None = None
) -> None:
    """Write groups.csv of a suite over the classes of a packed folder. `features`: what `acgan
    real-features` wrote, for the groupings by features.

    Raises UserError when the folder does not hold the number of classes that the data set has, or
    holds classes that the grouping cannot place, or too few images to score a model.
    """
    entries = packed.read_index(data)
    expected = config["suites"][suite]["classes"]
    if len(entries) != expected:
        raise UserError(
            f"{data} holds {counted(len(entries), 'class', 'classes')}, the data set has "
            f"{expected}; {packed.cure(data)}"
        )
    classes = ordered(config["suites"][suite], {e.id: e.name for e in entries}, data, features)
    rows = [
        (model.id, position, classes[model.first_class + position])
        for model in all_models(config, suite)
        for position in range(model.classes)
    ]
    members: dict[str, list[str]] = {}
    for model, _, class_id in rows:
        members.setdefault(model, []).append(class_id)
    if few := too_few_images(config, suite, members, {e.id: e.images for e in entries}):
        raise UserError(f"suites.{suite}: {few}")
    write_csv(out, COLUMNS, rows)


def ordered(
    suite: dict[str, Any], names: dict[str, str], data: Path, features: Path | None
) -> list[str]:
    """The class ids of a data set, {id: name} in its own order, in the order of a suite's
    grouping. Raises UserError where the classes do not allow it.
    """
    ids, grouping = list(names), suite["grouping"]
    if grouping == "file":
        return read_groups_file(Path(suite["groups_file"]), names, suite["classes_per_model"])
    if grouping in IN_ORDER:
        if grouping == "ilsvrc2012":
            known_to_imagenet(ids, grouping, data)
        return in_order(grouping, suite["grouping_seed"], ids)
    if grouping in BY_FEATURES:
        distances = feature_distances(ids, grouping, features)
    else:
        distances = imagenet.tree_distances(known_to_imagenet(ids, grouping, data))
    groups = partition(distances, suite["classes_per_model"], grouping.startswith("similar"))
    return [ids[i] for group in groups for i in group]


def known_to_imagenet(ids: list[str], grouping: str, data: Path) -> list[str]:
    """The same ids. Raises UserError when some are none of the 1,000 ImageNet classes."""
    if strange := [c for c in ids if c not in imagenet.class_ids()]:
        more = f" and {len(strange) - 3} more" if len(strange) > 3 else ""
        raise UserError(
            f"{data}: {', '.join(strange[:3])}{more}: no ImageNet classes (synset ids like "
            f"n01440764), which grouping {grouping} needs; choose another grouping"
        )
    return ids


def feature_distances(ids: list[str], grouping: str, features: Path | None) -> np.ndarray:
    """(n, n) Euclidean distances between the classes' mean features, of a file of one float32
    (images, d) by class id. Raises UserError when it lacks a class.
    """
    import torch

    from acgan.judges.state import load_state

    if features is None:
        raise UserError(
            f"grouping {grouping} needs --features, the file that `acgan real-features` wrote"
        )
    found = load_state(features)
    if absent := [c for c in ids if c not in found]:
        raise UserError(f"{features} lacks class {', '.join(absent[:3])}; remove it and repeat")
    means = torch.stack([found[c].double().mean(0) for c in ids])
    # Pair by pair: a product of matrices would give other last digits with other threads.
    exact = "donot_use_mm_for_euclid_dist"
    return torch.cdist(means, means, compute_mode=exact).numpy()


def read_groups(path: Path) -> dict[str, list[str]]:
    """{model: its class ids in order}."""
    groups: dict[str, list[str]] = {}
    for row in read_csv(path):
        groups.setdefault(row["model"], []).append(row["class"])
    return groups


def classes_of(path: Path, spec: dict[str, Any]) -> list[str]:
    """The class ids of a model, from groups.csv. Raises UserError for another number of them."""
    groups = read_groups(path)
    if len(groups.get(spec["model"], ())) != spec["classes"]:
        raise UserError(
            f"{path} does not hold the {spec['classes']} classes of "
            f"{spec['suite']}/{spec['model']}; make it again"
        )
    return groups[spec["model"]]
