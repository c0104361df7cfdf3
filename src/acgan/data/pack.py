"""Pack a data set: `acgan pack --config C --dataset D --sides 128 64 --out data/imagenet`.

One pass over the source, nothing unpacked to disk, memory whatever the number of images: each
picture is decoded once, cut to its centre square, brought to every side, and appended to its class.

    <out>/<side>/<class>.npy    uint8 (images, side, side, 3)
    <out>/<side>/index.csv      class, name, images, sha256; written last
    <out>/<side>/unreadable.csv image, reason: what could not be decoded and was left out
    <out>/<side>/passed_over.csv reason, files: what is no picture (folders.py)

With `--part 3 --of 20` it packs a twentieth of the classes and writes <out>/<side>/parts/003.csv,
003_unreadable.csv and 003_passed_over.csv; `acgan index` puts the parts together.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from acgan.data import packed, sources
from acgan.data.folders import Passed, described, passed_over
from acgan.data.source import Dataset
from acgan.io.errors import UserError
from acgan.io.files import read_csv, write_csv
from acgan.io.words import counted

UNREADABLE_COLUMNS = ("image", "reason")
PASSED_COLUMNS = ("reason", "files")
Skipped = list[tuple[str, str]]  # image, reason


def pack(dataset: Dataset, sides: Sequence[int], out: Path, part: int = 0, of: int = 1) -> None:
    """Pack one part of a data set's classes, or all of them.

    Raises UserError for what cannot be read, for one unreadable image more than the config admits,
    for a class of fewer than two images and for another number of images than the data set has.
    """
    skipped: Skipped = []
    passed = Passed()
    own = sources.source_of(dataset).pack
    if own is not None:
        packed_names = own(dataset["split"], sides, out)
        names = sources.class_names(dataset)
        for side in sides if dataset.get("images_per_class") else ():
            for class_id in names:
                images = np.load(out / str(side) / f"{class_id}.npy", allow_pickle=False)
                packed.write_class(
                    out / str(side), class_id, images[: dataset.get("images_per_class")]
                )
        for left_out in packed_names.keys() - names.keys():
            for side in sides:
                (out / str(side) / f"{left_out}.npy").unlink()
    else:
        from acgan.data.class_files import write_classes  # torch takes seconds; digits need none

        names = sources.class_names(dataset)
        chosen = list(names)[part * len(names) // of : (part + 1) * len(names) // of]
        names = {c: names[c] for c in chosen}
        skipped, passed = write_classes(dataset, names, sides, out, expected_part(dataset, of))
    for side in sides:
        folder = out / str(side)
        entries = [packed.entry_of(folder, *item) for item in names.items()]
        if of > 1:
            stem = folder / "parts" / f"{part:03d}"
            write_csv(stem.with_name(f"{stem.name}_unreadable.csv"), UNREADABLE_COLUMNS, skipped)
            write_csv(
                stem.with_name(f"{stem.name}_passed_over.csv"), PASSED_COLUMNS, passed.items()
            )
            write_csv(stem.with_suffix(".csv"), packed.INDEX_COLUMNS, entries)
        else:
            finish(dataset, folder, entries, skipped, passed)


def expected_part(dataset: Dataset, of: int) -> int | None:
    total = sources.expected_images(dataset)
    return total and -(-total // of)


def finish(
    dataset: Dataset,
    folder: Path,
    entries: list[packed.ClassEntry],
    skipped: Skipped,
    passed: Passed,
) -> None:
    """Write unreadable.csv, passed_over.csv and index.csv, once the numbers are right."""
    if len(skipped) > dataset.get("unreadable", 0):
        raise UserError(
            f"{counted(len(skipped), 'image')} cannot be decoded, the config admits "
            f"{dataset['unreadable']}: {skipped[0][0]} ({skipped[0][1]}) ..."
        )
    images, expected = (
        sum(e.images for e in entries) + len(skipped),
        sources.expected_images(dataset),
    )
    if expected is not None and images != expected:
        cure = "fix its files" if sources.source_of(dataset).is_own else "get it again"
        raise UserError(
            f"{sources.folder_of(dataset)} holds {counted(images, 'image')}, the data set has "
            f"{expected:,}; {cure}, or name its own number as `images` in the config"
        )
    write_csv(folder / "unreadable.csv", UNREADABLE_COLUMNS, skipped)
    write_csv(folder / "passed_over.csv", PASSED_COLUMNS, passed.items())
    write_csv(folder / "index.csv", packed.INDEX_COLUMNS, entries)


def index(dataset: Dataset, folder: Path, parts: Sequence[Path]) -> None:
    """Put the parts of one side together. Raises UserError unless they are the whole data set."""
    entries = [entry for part in parts for entry in packed.read_entries(part)]
    skipped: Skipped = []
    passed = Passed()
    for part in parts:
        listed = read_csv(part.with_name(f"{part.stem}_unreadable.csv"))
        skipped += [(row["image"], row["reason"]) for row in listed]
        passed += passed_over(part.with_name(f"{part.stem}_passed_over.csv"))
    if passed:
        print(described(passed), flush=True)
    finish(dataset, folder, entries, skipped, passed)
