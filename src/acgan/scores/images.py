"""The images to score: samples of a model, or training images."""

from pathlib import Path

import numpy as np

from acgan.data import packed
from acgan.io.errors import UserError
from acgan.io.rng import numpy_rng


def load_samples(path: Path, rows: int) -> list[np.ndarray]:
    """Per row uint8 (n, side, side, 3) of a samples file. Raises UserError when it is missing,
    truncated or foreign.
    """
    try:
        samples = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise UserError(
            f"cannot read samples from {path}: {error}; remove it and repeat the command"
        ) from error
    if samples.dtype != np.uint8 or samples.ndim != 5 or len(samples) != rows:
        raise UserError(
            f"{path}: expected uint8 ({rows}, n, side, side, 3), found {samples.dtype} "
            f"{samples.shape}"
        )
    return list(samples)


def real_images(data: Path, per_class: int, seed: int) -> tuple[list[str], list[np.ndarray]]:
    """Class ids and up to `per_class` random training images of each class."""
    ids, images = [], []
    for entry in packed.read_index(data):
        array = packed.load_class(data, entry)
        order = numpy_rng(seed, f"real/{entry.id}").permutation(len(array))[:per_class]
        ids.append(entry.id)
        images.append(array[np.sort(order)])
    return ids, images
