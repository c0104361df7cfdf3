"""What is known of a source of images before any of its files is read, and how they are read.

Each source is a module of data/sources/ that declares `SOURCE`; nothing else names it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from acgan.data.folders import Passed

Dataset = dict[str, Any]  # a section `datasets.<name>` of the resolved config

# Keys of a data set that a source of files reads, one of published archives, and one of the user's
# own files.
FILE_KEYS = ("path", "images", "unreadable", "resize")
ARCHIVE_KEYS = (*FILE_KEYS, "url", "checksums")
OWN_KEYS = (*FILE_KEYS, "holdout", "holdout_seed")
OF_NO_IMAGE = ("url", "heldout")  # change none of its images


class Archive(NamedTuple):
    """A published file, its checksum and its rough size in bytes."""

    url: str
    checksum: str
    about: int

    @property
    def file(self) -> str:
        return self.url.rpartition("/")[2]


class Picture(NamedTuple):
    """One image of a class, and where it came from."""

    class_id: str
    name: str  # as people find it: archive and member, or path
    content: bytes | np.ndarray  # of an image file, or uint8 (side, side, 3)


# (folder of its files, data set, classes, files passed over) -> images, one after another, in the
# order in which they lie. `classes` are those wanted: a reader that can, passes over the others;
# any may give more. What is no picture is counted (folders.py).
Reader = Callable[[Path, Dataset, Collection[str], Passed], Iterator[Picture]]
# (split, sides, out) -> {class id: name}, once each class is written into <out>/<side>/
Packer = Callable[[str, Sequence[int], Path], dict[str, str]]


def never(dataset: Dataset) -> bool:
    return False


class Source(NamedTuple):
    """A source of images."""

    about: str  # for the config's reference
    title: str  # for the report; one of the user's own is followed by the name of the file
    keys: tuple[str, ...]  # of its data sets: those that not every source reads
    class_names: Callable[[Path], dict[str, str]]  # {class id: name}, in order, of its folder
    classes: int | None = None  # how many; None: known once its files, the user's own, are there
    own_class_ids: bool = False  # its classes are no synsets of ImageNet
    read: Reader | None = None  # None: it is packed in a way of its own
    pack: Packer | None = None
    package: str | None = None  # the installed package that holds its images
    sides: tuple[int, ...] | None = None  # at which it can be packed; None: at any
    archives: Mapping[str, tuple[Archive, ...]] = MappingProxyType({})  # published, by split
    images: Mapping[str, int] = MappingProxyType({})  # published, by split
    by_hand: str = "get {url} by hand and name its folder as `path`"  # how to get an archive
    in_parts: Callable[[Dataset], bool] = never  # its images lie class by class: jobs can share
    class_folders: bool = False  # `path` holds a folder of pictures for each class
    upright: bool = False  # pictures are turned as their camera says

    @property
    def is_own(self) -> bool:
        """Whether its files are the user's own, so that they alone say which classes there are."""
        return self.classes is None
