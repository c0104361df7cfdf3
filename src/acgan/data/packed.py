"""The packed format: `<folder>/<class>.npy`, uint8 (images, side, side, 3), memory-mappable, beside
`index.csv`.

`index.csv` has one row per class: class, name, images, sha256 (of the .npy file). It is written
last, so a folder with an index is complete.
"""

import io
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np

from acgan.io.errors import UserError
from acgan.io.files import disk_errors, read_csv, replacing, sha256_of, write_csv

INDEX_COLUMNS = ("class", "name", "images", "sha256")
# Bytes of images that all classes of a job together gather before they write them.
BUFFER = 64 << 20


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


class ClassWriter:
    """Writes a class image by image, so that memory does not grow with their number.

    Nothing stands under the class's name before `close`. Images are gathered until they fill a
    buffer; the file is open only while that is written, since there may be a thousand classes.
    """

    def __init__(self, folder: Path, class_id: str, side: int, writers: int = 1):
        """`writers`: how many there are at once, since they share the memory for buffers."""
        self.path, self.side, self.images = folder / f"{class_id}.npy", side, 0
        # no process id: one job writes a class, and what a killed one left is written over
        self.part = self.path.with_name(f".{self.path.name}.tmp")
        self.buffer: list[np.ndarray] = []
        self.room = max(1, BUFFER // writers // (3 * side**2))  # images

    def append(self, image: np.ndarray) -> None:
        """Add one image, uint8 (side, side, 3)."""
        self.buffer.append(image)
        if len(self.buffer) >= self.room:
            self.flush()

    def flush(self) -> None:
        with disk_errors(self.path):
            if not self.images:
                self.part.parent.mkdir(parents=True, exist_ok=True)
                self.part.write_bytes(self.header(0))
            with open(self.part, "ab") as handle:
                for image in self.buffer:
                    handle.write(image.tobytes())
        self.images += len(self.buffer)
        self.buffer = []

    def header(self, images: int) -> bytes:
        """The head of an .npy file.

        Of the same length for any number of images (numpy leaves room for twenty digits).
        """
        head = io.BytesIO()
        shape = (images, self.side, self.side, 3)
        about = {"descr": "|u1", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(head, about)
        return head.getvalue()

    def close(self) -> None:
        """Write the number of images into the head and put the file in its place.

        Without waiting for the disk, a fifth of the time: the index holds each file's checksum.
        """
        self.flush()
        with disk_errors(self.path):
            with open(self.part, "r+b") as handle:
                handle.write(self.header(self.images))
            os.replace(self.part, self.path)

    def discard(self) -> None:
        self.part.unlink(missing_ok=True)


def entry_of(folder: Path, class_id: str, name: str) -> ClassEntry:
    """The row of index.csv for a class file that is there."""
    path = folder / f"{class_id}.npy"
    images = len(np.load(path, mmap_mode="r", allow_pickle=False))
    return ClassEntry(class_id, name, images, sha256_of(path))


def write_index(folder: Path, names: dict[str, str]) -> None:
    """Write index.csv over the class files that are there: {class id: name}, in that order."""
    write_csv(
        folder / "index.csv", INDEX_COLUMNS, [entry_of(folder, *item) for item in names.items()]
    )


def read_index(folder: Path) -> list[ClassEntry]:
    """The classes of a packed folder, in order. Raises UserError when there is no index."""
    return read_entries(folder / "index.csv")


def read_entries(path: Path) -> list[ClassEntry]:
    """The rows of an index, or of a part of one."""
    rows = read_csv(path)
    try:
        return [ClassEntry(r["class"], r["name"], int(r["images"]), r["sha256"]) for r in rows]
    except (KeyError, ValueError, TypeError) as error:
        raise UserError(f"{path} is damaged ({error}); {cure(path.parent)}") from error


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
    return f"pack it again: rm -r {folder} && snakemake data"
