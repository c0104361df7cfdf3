"""The packed format: `<folder>/<class>.npy`, uint8 (images, side, side, 3), memory-mappable, beside
`index.csv`.

`index.csv` has one row per class: class, name, images, sha256 (of the .npy file). It is written
last, so a folder with an index is complete.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from acgan.errors import UserError
from acgan.files import read_csv, replacing, sha256_of, write_csv

INDEX_COLUMNS = ("class", "name", "images", "sha256")


class ClassEntry(NamedTuple):
    """One row of index.csv."""

    id: str
    name: str
    images: int
    sha256: str


def write_class(folder: Path, class_id: str, images: np.ndarray) -> None:
    """Write one class: uint8 (images, side, side, 3)."""
    check_array(images, f"class {class_id}")
    with replacing(folder / f"{class_id}.npy") as temporary, open(temporary, "wb") as handle:
        np.save(handle, np.ascontiguousarray(images), allow_pickle=False)


def write_index(folder: Path, names: dict[str, str]) -> None:
    """Write index.csv over the class files that are there: {class id: name}, in that order."""
    rows = []
    for class_id, name in names.items():
        path = folder / f"{class_id}.npy"
        rows.append(
            (class_id, name, len(np.load(path, mmap_mode="r", allow_pickle=False)), sha256_of(path))
        )
    write_csv(folder / "index.csv", INDEX_COLUMNS, rows)


def read_index(folder: Path) -> list[ClassEntry]:
    """The classes of a packed folder, in order. Raises UserError when there is no index."""
    rows = read_csv(folder / "index.csv")
    try:
        return [ClassEntry(r["class"], r["name"], int(r["images"]), r["sha256"]) for r in rows]
    except (KeyError, ValueError, TypeError) as error:
        raise UserError(f"{folder}/index.csv is damaged ({error}); {cure(folder)}") from error


def load_class(folder: Path, entry: ClassEntry) -> np.ndarray:
    """One class as uint8 (images, side, side, 3), read-only, checked against the index.

    Raises UserError when the file is missing, truncated, of the wrong type, or not the one that was
    packed.
    """
    path = folder / f"{entry.id}.npy"
    try:
        images = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError:
        raise UserError(f"{path} is missing; {cure(folder)}") from None
    except (ValueError, OSError, EOFError) as error:
        raise UserError(f"{path} is truncated or no array ({error}); {cure(folder)}") from error
    check_array(images, str(path))
    if len(images) != entry.images:
        raise UserError(
            f"{path} holds {len(images)} images, its index says {entry.images}; {cure(folder)}"
        )
    if sha256_of(path) != entry.sha256:
        raise UserError(f"{path} is not the file that was packed (sha256 differs); {cure(folder)}")
    return images


def check_array(images: np.ndarray, what: str) -> None:
    """Raise UserError unless `images` is uint8 (images, side, side, 3) with at least one image."""
    square = images.ndim == 4 and images.shape[1] == images.shape[2] and images.shape[3] == 3
    if images.dtype != np.uint8 or not square or len(images) == 0:
        raise UserError(
            f"{what}: expected uint8 (images, side, side, 3), found {images.dtype} {images.shape}"
        )


def cure(folder: Path) -> str:
    return f"pack it again: rm {folder}/index.csv && snakemake data"
