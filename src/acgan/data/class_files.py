"""Decode a source's images one by one and append each to its class's file at every side."""

import contextlib
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch

from acgan.data import packed, sources
from acgan.data.decode import Unreadable, at_side, centre_square, squares
from acgan.data.folders import Passed, described
from acgan.data.source import Dataset, Picture
from acgan.io.errors import UserError

LEAST_IMAGES = 2  # of a class: its diversity is a mean over pairs
STATUS_SECONDS = 10
Skipped = list[tuple[str, str]]  # image, reason


def write_classes(
    dataset: Dataset, names: dict[str, str], sides: Sequence[int], out: Path, about: int | None
) -> tuple[Skipped, Passed]:
    """Write the class files; returns what was left out and what was passed over. `about`: roughly
    how many images come.
    """
    torch.set_num_threads(1)
    writers = {
        c: [packed.ClassWriter(out / str(side), c, side, len(sides) * len(names)) for side in sides]
        for c in names
    }
    skipped: Skipped = []
    passed = Passed()
    upright = sources.source_of(dataset).upright
    try:
        for picture in counted(sources.pictures(dataset, names, passed), about):
            try:
                images = decoded(picture, sides, dataset["resize"], upright)
            except Unreadable as error:
                skipped.append((picture.name, str(error)))
                print(f"cannot decode {picture.name}: {error}", flush=True)
                if len(skipped) > dataset["unreadable"]:
                    raise UserError(
                        f"{picture.name} cannot be decoded ({error}); "
                        f"{sources.get_again(dataset)}, or admit it with `unreadable: "
                        f"{len(skipped)}` or more in the config"
                    ) from error
                continue
            for writer, image in zip(writers[picture.class_id], images, strict=True):
                writer.append(image)
        refuse_small({c: w[0].images + len(w[0].buffer) for c, w in writers.items()}, dataset)
        for writer in (w for of_class in writers.values() for w in of_class):
            writer.close()
    finally:
        for writer in (w for of_class in writers.values() for w in of_class):
            with contextlib.suppress(OSError):  # of a disk that failed: the first error says why
                writer.discard()
    if passed:
        print(described(passed), flush=True)
    return skipped, passed


def decoded(picture: Picture, sides: Sequence[int], resize: str, upright: bool) -> list[np.ndarray]:
    """uint8 (side, side, 3) at each side, of an image file or of pixels."""
    if isinstance(picture.content, bytes):
        return squares(picture.content, sides, resize, upright=upright)
    left, top, right, bottom = centre_square(*picture.content.shape[1::-1])
    square = np.array(picture.content[top:bottom, left:right])
    return [at_side(square, side, resize) for side in sides]


def refuse_small(images: dict[str, int], dataset: Dataset) -> None:
    """Raise UserError for classes without enough images. Of held-out images one is enough."""
    least = LEAST_IMAGES if dataset["split"] == "train" else 1
    small = {c: n for c, n in images.items() if n < least}
    if small:
        named = ", ".join(f"{c!r} has {n}" for c, n in list(small.items())[:5])
        why = ", which MS-SSIM needs" if least > 1 else " held out"
        raise UserError(
            f"{sources.folder_of(dataset)}: {len(small)} of {len(images)} classes have fewer than "
            f"{least} image{'s' * (least > 1)}{why}: {named}{' ...' if len(small) > 5 else ''}"
        )


def counted(pictures: Iterator[Picture], about: int | None) -> Iterator[Picture]:
    """The same pictures, with a line of progress every so often."""
    started = said = time.monotonic()
    done = 0
    for done, picture in enumerate(pictures, 1):
        yield picture
        now = time.monotonic()
        if now - said > STATUS_SECONDS:
            said, rate = now, done / (now - started)
            left = f", about {(about - done) / rate:.0f} s left" if about and about > done else ""
            print(f"packed {done:,} images, {rate:.0f} images/s{left}", flush=True)
    seconds = max(time.monotonic() - started, 1e-9)
    print(f"packed {done:,} images in {seconds:.1f} s, {done / seconds:.0f} images/s", flush=True)
