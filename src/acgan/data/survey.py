"""What lies in a folder of pictures, before anything is made of it: classes, sizes, odd files."""

import hashlib
import io
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from acgan.data import imagenet
from acgan.data.decode import Unreadable, squares
from acgan.data.folders import Passed, pictures_in, subfolders
from acgan.io.errors import UserError

SMALL = 32  # pixels at which colours are looked at
GREY = 8  # levels between the colours of a pixel that still looks grey
EVERY = 5.0  # seconds between two lines of progress


class Survey(NamedTuple):
    """What was found."""

    folder: Path
    classes: dict[str, int]  # images that can be read, by class
    sides: list[int]  # of each image, its shorter side
    suffixes: Counter[str]
    unreadable: list[tuple[str, str]]  # image, reason
    passed: Passed  # files that are no pictures
    alike: list[list[str]]  # files with the same content
    grey: float  # share of the images without colour
    seconds: float  # of reading and decoding all

    @property
    def images(self) -> int:
        return sum(self.classes.values())

    @property
    def side(self) -> int:
        """The side that nine of ten images have at least."""
        return sorted(self.sides)[len(self.sides) // 10]

    @property
    def is_imagenet(self) -> bool:
        """Whether all classes are called like classes of ImageNet."""
        return set(self.classes) <= set(imagenet.class_ids())


def look(folder: Path, say: Callable[[str], None]) -> Survey:
    """Read every picture of a folder with a sub-folder for each class. Raises UserError where there
    is none.
    """
    if not folder.is_dir():
        raise UserError(
            f"{folder} is no folder; it should hold a folder of pictures for each class"
        )
    names, passed = list(subfolders(folder)), Passed()
    if not names:
        raise UserError(
            f"{folder} holds no folder for each class: put the pictures of a class into one, as in "
            f"{folder}/cats/1.jpg"
        )
    classes = dict.fromkeys(names, 0)
    sides: list[int] = []
    suffixes: Counter[str] = Counter()
    unreadable: list[tuple[str, str]] = []
    same: dict[str, list[str]] = {}
    grey, began = 0, time.monotonic()
    said = began
    for class_id, path in pictures_in(folder, names, passed):
        suffixes[path.suffix.lower()] += 1
        content = path.read_bytes()
        try:
            (small,) = squares(content, [SMALL], upright=True)
            with Image.open(io.BytesIO(content)) as image:
                sides.append(min(image.size))
        except Unreadable as error:
            unreadable.append((str(path), str(error)))
            continue
        classes[class_id] += 1
        grey += int(np.ptp(small.astype(int), axis=2).max() <= GREY)
        same.setdefault(hashlib.sha256(content).hexdigest(), []).append(str(path))
        if time.monotonic() - said > EVERY:
            said = time.monotonic()
            say(f"looked at {sum(classes.values()):,} images")
    seconds = time.monotonic() - began
    alike = [files for files in same.values() if len(files) > 1]
    share = grey / max(1, len(sides))
    return Survey(folder, classes, sides, suffixes, unreadable, passed, alike, share, seconds)
