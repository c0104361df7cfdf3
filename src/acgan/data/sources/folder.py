"""Pictures of your own, a folder for each class: <path>/<class>/**/<image>."""

from collections.abc import Collection, Iterator
from pathlib import Path

from acgan.data import imagenet
from acgan.data.folders import Passed, subfolders
from acgan.data.reading import by_folders
from acgan.data.source import OWN_KEYS, Dataset, Picture, Source


def class_names(folder: Path) -> dict[str, str]:
    """{class id: name}: a folder that is called like a synset of ImageNet gets its words."""
    known = set(imagenet.class_ids())
    return {c: imagenet.name_of(c) if c in known else c for c in subfolders(folder)}


def read(
    folder: Path, dataset: Dataset, classes: Collection[str], passed: Passed
) -> Iterator[Picture]:
    yield from by_folders(folder, classes, passed)


def always(dataset: Dataset) -> bool:
    return True


SOURCE = Source(
    about="your own: a sub-folder of images per class",
    title="the folder",
    keys=OWN_KEYS,
    class_names=class_names,
    read=read,
    in_parts=always,
    class_folders=True,
    upright=True,
)
