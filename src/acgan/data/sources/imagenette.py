"""Imagenette: ten classes of ImageNet in one archive, imagenette2/<split>/<class>/<image>."""

from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

from acgan.data import imagenet
from acgan.data.folders import Passed, no_picture
from acgan.data.reading import files_of
from acgan.data.source import ARCHIVE_KEYS, Archive, Dataset, Picture, Source

CLASS_IDS = (
    "n01440764",
    "n02102040",
    "n02979186",
    "n03000684",
    "n03028079",
    "n03394916",
    "n03417042",
    "n03425413",
    "n03445777",
    "n03888257",
)
# Its checksum is torchvision's.
ARCHIVE = Archive(
    "https://s3.amazonaws.com/fast-ai-imageclas/imagenette2.tgz",
    "md5:fe2fc210e6bb7c5664d602c3cd71e612",
    1_560_000_000,
)


def class_names(folder: Path) -> dict[str, str]:
    return {c: imagenet.name_of(c) for c in CLASS_IDS}


def read(
    folder: Path, dataset: Dataset, classes: Collection[str], passed: Passed
) -> Iterator[Picture]:
    path = folder / ARCHIVE.file
    split = {"train": "train", "heldout": "val"}[dataset["split"]]
    for name, content in files_of(path, passed):
        parts = name.split("/")
        if len(parts) != 4 or parts[1] != split:
            continue
        if reason := no_picture(PurePosixPath(name)):
            passed[reason] += 1
        else:
            yield Picture(parts[2], f"{path}/{name}", content)


SOURCE = Source(
    about="ten of ImageNet's classes",
    title="Imagenette",
    keys=ARCHIVE_KEYS,
    class_names=class_names,
    classes=len(CLASS_IDS),
    read=read,
    archives={"train": (ARCHIVE,), "heldout": (ARCHIVE,)},
    images={"train": 9_469, "heldout": 3_925},
)
