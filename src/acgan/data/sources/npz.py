"""Images in one NumPy file, of either form:

data, offsets, labels, class_names       image files end to end: file i is
data[offsets[i]:offsets[i+1]] x_train, y_train, x_test, y_test,        pixels, uint8 (n, side, side,
3), and labels class_names

`labels` count from 0 into class_names. Where `wnids` is there too, it holds the class ids
(ImageNet's synsets), else the names are the ids. Nothing in the file is executed.
"""

import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from acgan.data.class_names import as_class
from acgan.data.folders import Passed
from acgan.data.source import OWN_KEYS, Dataset, Picture, Source
from acgan.io.errors import UserError
from acgan.io.words import counted

LARGEST = 16 << 30  # bytes of all arrays, unpacked


def arrays_of(path: Path, *names: str) -> list[np.ndarray]:
    """Some arrays. Raises UserError when the file is missing, damaged, too large or lacks one."""
    try:
        with zipfile.ZipFile(path) as file:
            total = sum(entry.file_size for entry in file.infolist())
        if total > LARGEST:
            raise UserError(f"{path}: refused, since it unpacks to {total:,} bytes")
        with np.load(path, allow_pickle=False) as arrays:
            return [arrays[name] for name in names]
    except KeyError as error:
        raise UserError(
            f"{path} lacks an array ({error}); docs/data.md says what it must hold"
        ) from error
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, MemoryError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UserError(
            f"cannot read {path}: {reason}; the npz file of the data set should be there"
        ) from error


def keys(path: Path) -> list[str]:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return list(arrays)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        reason = getattr(error, "strerror", None) or error
        raise UserError(
            f"cannot read {path}: {reason}; the npz file of the data set should be there"
        ) from error


def class_names(path: Path) -> dict[str, str]:
    """{class id: name} in the order of the labels. Raises UserError for names that stand twice."""
    names = arrays_of(path, "class_names")[0].astype(str).tolist()
    ids = arrays_of(path, "wnids")[0].astype(str).tolist() if "wnids" in keys(path) else names
    ids = [as_class(name) for name in ids]
    for class_id in ids:
        if ids.count(class_id) > 1 or not class_id.isprintable() or not safe(class_id):
            raise UserError(f"{path}: the class {class_id!r} stands there twice or is no file name")
    return dict(zip(ids, names, strict=True))


def safe(class_id: str) -> bool:
    """Whether it can name a file: class ids do."""
    return bool(class_id) and "/" not in class_id and "\0" not in class_id and class_id[0] != "."


def images(path: Path, split: str) -> Iterator[tuple[str, str, Any]]:
    """(class id, where, bytes of an image file or uint8 (side, side, 3))."""
    ids = list(class_names(path))
    if "offsets" in keys(path):
        data, offsets, labels = arrays_of(path, "data", "offsets", "labels")
        check(path, data, offsets, labels, len(ids))
        for i, label in enumerate(labels):
            yield ids[label], f"{path}[{i}]", data[offsets[i] : offsets[i + 1]].tobytes()
        return
    part = {"train": "train", "heldout": "test"}[split]
    pixels, labels = arrays_of(path, f"x_{part}", f"y_{part}")
    if pixels.dtype != np.uint8 or pixels.ndim != 4 or pixels.shape[3] != 3:
        raise UserError(
            f"{path}: x_{part} should be uint8 (n, side, side, 3), not {pixels.dtype} "
            f"{pixels.shape}"
        )
    check(path, pixels, np.arange(len(pixels) + 1), labels, len(ids))
    for i, label in enumerate(labels):
        yield ids[label], f"{path}[{i}]", pixels[i]


def check(
    path: Path, data: np.ndarray, offsets: np.ndarray, labels: np.ndarray, classes: int
) -> None:
    """Raise UserError unless offsets rise within the data and every label is a class."""
    whole = offsets.ndim == labels.ndim == 1 and len(offsets) == len(labels) + 1
    integers = all(np.issubdtype(a.dtype, np.integer) for a in (offsets, labels))
    inside = whole and integers and offsets[0] >= 0 and offsets[-1] <= len(data)
    if not inside or (np.diff(offsets) < 0).any():
        raise UserError(
            f"{path} is damaged: its offsets do not fit its data and labels; make it again"
        )
    if len(labels) and not 0 <= labels.min() <= labels.max() < classes:
        raise UserError(
            f"{path} is damaged: it has labels beyond its {counted(classes, 'class', 'classes')}; "
            f"make it again"
        )


def read(
    folder: Path, dataset: Dataset, classes: Collection[str], passed: Passed
) -> Iterator[Picture]:
    for class_id, name, content in images(folder, dataset["split"]):
        yield Picture(class_id, name, content)


SOURCE = Source(
    about="images in one NumPy file",
    title="the copy",
    keys=OWN_KEYS,
    class_names=class_names,
    read=read,
)
