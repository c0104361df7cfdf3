"""Reading each source's images, one after another, in the order in which they lie.

A picture is the bytes of an image file, or the pixels where the source has no files. `classes` says
which are wanted: a reader that can, passes over the others; any may give more than were asked for.
`passed` counts the files that are no pictures (folders.py).
"""

import csv
import io
import pickle
from collections.abc import Callable, Collection, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any, NamedTuple

import numpy as np

from acgan.data import imagenet, npz
from acgan.data.archives import files, members
from acgan.data.folders import (
    HIDDEN,
    LOOSE,
    Passed,
    files_below,
    loose,
    no_picture,
    shown,
    subfolders,
)
from acgan.declarations.archives import PUBLISHED
from acgan.io.errors import UserError
from acgan.io.words import counted

Dataset = dict[str, Any]  # a section `datasets.<name>` of the resolved config
CIFAR10 = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
LARGEST_CLASS = 100 << 30  # bytes of a class's own tar file


class Picture(NamedTuple):
    """One image of a class, and where it came from."""

    class_id: str
    name: str  # as people find it: archive and member, or path
    content: bytes | np.ndarray  # of an image file, or uint8 (side, side, 3)


def opened(path: Path) -> IO[bytes]:
    try:
        return open(path, "rb")
    except OSError as error:
        raise UserError(
            f"cannot read {path}: {error.strerror}; `acgan data check` says what is needed"
        ) from error


def imagenet_train(
    folder: Path, dataset: Dataset, classes: Collection[str], passed: Passed
) -> Iterator[Picture]:
    """A tar of 1,000 tars, one per class; only those asked for are read."""
    path = folder / PUBLISHED["imagenet", "train"][0].file
    known, seen = set(imagenet.class_ids()), set()
    with opened(path) as outer, opened(path) as inner:
        for member, _ in members(outer, str(path), LARGEST_CLASS, seekable=True):
            if no_picture(PurePosixPath(member.name)) == HIDDEN:
                continue
            class_id, start = member.name.removesuffix(".tar"), member.offset_data
            if class_id not in known:
                raise UserError(f"{path}: {member.name!r} is no class of ILSVRC2012; get it again")
            seen.add(class_id)
            if class_id in classes:
                inner.seek(start)
                place, end = f"{path}/{member.name}", start + member.size
                found = files(inner, place, seekable=True, end=end)
                for image, content in no_litter(found, passed):
                    yield Picture(class_id, f"{place}/{image}", content)
    if absent := sorted(set(classes) - seen):
        raise UserError(
            f"{path} lacks {len(absent)} of {len(classes)} classes ({', '.join(absent[:5])}); get "
            f"it again"
        )


def imagenet_val(
    folder: Path, dataset: Dataset, classes: Collection[str], passed: Passed
) -> Iterator[Picture]:
    """50,000 files in one tar; the devkit names their classes by the challenge's own numbers."""
    val, devkit = (folder / a.file for a in PUBLISHED["imagenet", "heldout"])
    truth = next(
        (
            content
            for name, content in files_of(devkit, Passed())
            if name.endswith("ILSVRC2012_validation_ground_truth.txt")
        ),
        None,
    )
    if truth is None:
        raise UserError(f"{devkit} holds no ILSVRC2012_validation_ground_truth.txt; get it again")
    order, numbers = imagenet.ilsvrc2012_order(), truth.split()
    for name, content in files_of(val, passed):
        position = name.removesuffix(".JPEG").rpartition("_")[2]
        if not position.isdigit() or not 1 <= int(position) <= len(numbers):
            raise UserError(f"{val}: {name!r} is no validation image; get it again")
        class_id = order[int(numbers[int(position) - 1]) - 1]
        yield Picture(class_id, f"{val}/{name}", content)


def files_of(path: Path, passed: Passed) -> Iterator[tuple[str, bytes]]:
    with opened(path) as archive:
        yield from no_litter(files(archive, str(path)), passed)


def no_litter(found: Iterator[tuple[str, bytes]], passed: Passed) -> Iterator[tuple[str, bytes]]:
    """The files of an archive without what the program that packed it has added."""
    for name, content in found:
        if no_picture(PurePosixPath(name)) == HIDDEN:
            passed[HIDDEN] += 1
        else:
            yield name, content


def imagenette(
    folder: Path, dataset: Dataset, classes: Collection[str], passed: Passed
) -> Iterator[Picture]:
    """imagenette2/<split>/<class>/<image>."""
    path = folder / PUBLISHED["imagenette", "train"][0].file
    split = {"train": "train", "heldout": "val"}[dataset["split"]]
    for name, content in files_of(path, passed):
        parts = name.split("/")
        if len(parts) != 4 or parts[1] != split:
            continue
        if reason := no_picture(PurePosixPath(name)):
            passed[reason] += 1
        else:
            yield Picture(parts[2], f"{path}/{name}", content)


BAD_PICKLE = (
    pickle.UnpicklingError,
    KeyError,
    TypeError,
    ValueError,
    IndexError,
    AttributeError,
    EOFError,
    ImportError,
)


class PlainPickle(pickle.Unpickler):
    """Arrays, texts and lists only: a pickle can otherwise run any program."""

    ALLOWED = frozenset(
        {
            ("numpy.core.multiarray", "_reconstruct"),
            ("numpy._core.multiarray", "_reconstruct"),
            ("numpy", "ndarray"),
            ("numpy", "dtype"),
            ("_codecs", "encode"),
        }
    )

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in self.ALLOWED:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        return super().find_class(module, name)


def cifar10(
    folder: Path, dataset: Dataset, classes: Collection[str], passed: Passed
) -> Iterator[Picture]:
    """Batches of pickled arrays: data (n, 3072), channel by channel, and labels."""
    path = folder / PUBLISHED["cifar10", "train"][0].file
    wanted = "data_batch_" if dataset["split"] == "train" else "test_batch"
    for name, content in files_of(path, passed):
        if not name.rpartition("/")[2].startswith(wanted):
            continue
        try:
            batch = PlainPickle(io.BytesIO(content), encoding="latin1").load()
            images = batch["data"].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
            labels = [CIFAR10[label] for label in batch["labels"]]
        except BAD_PICKLE as error:
            raise UserError(
                f"{path}: {name} is no batch of CIFAR-10 ({error}); get it again"
            ) from error
        for i, (image, label) in enumerate(zip(images, labels, strict=True)):
            yield Picture(label, f"{path}/{name}[{i}]", image)


def pictures_in(
    folder: Path, classes: Collection[str], passed: Passed
) -> Iterator[tuple[str, Path]]:
    """(class, file) of what may be a picture: <folder>/<class>/**/<image>, sorted. Raises UserError
    for what cannot be read and for a link that leaves the folder.
    """
    folder_of = subfolders(folder)
    for class_id in sorted(classes):
        for path, reason in files_below(folder / folder_of[class_id], folder):
            if reason:
                passed[reason] += 1
            else:
                yield class_id, path
    # of several jobs that share the classes, the first counts what belongs to none
    if next(iter(folder_of), None) in classes and (beside := loose(folder)):
        passed[LOOSE] += beside


def by_folders(
    folder: Path, dataset: Dataset, classes: Collection[str], passed: Passed
) -> Iterator[Picture]:
    """<folder>/<class>/**/<image>, sorted."""
    for class_id, path in pictures_in(folder, classes, passed):
        with opened(path) as handle:
            yield Picture(class_id, shown(path), handle.read())


def kaggle_train(
    folder: Path, dataset: Dataset, classes: Collection[str], passed: Passed
) -> Iterator[Picture]:
    """ILSVRC/Data/CLS-LOC/train/<class>/<image>, as Kaggle's archive unpacks."""
    place = folder / "ILSVRC/Data/CLS-LOC/train"
    if absent := sorted(set(classes) - set(subfolders(place))):
        raise UserError(
            f"{place} lacks {counted(len(absent), 'class', 'classes')} ({', '.join(absent[:5])}); "
            f"unpack it again"
        )
    yield from by_folders(place, dataset, classes, passed)


def kaggle_val(
    folder: Path, dataset: Dataset, classes: Collection[str], passed: Passed
) -> Iterator[Picture]:
    """ILSVRC/Data/CLS-LOC/val/<image>; classes stand in LOC_val_solution.csv."""
    solution = folder / "LOC_val_solution.csv"
    with opened(solution) as handle:
        rows = list(csv.DictReader(handle.read().decode("utf-8").splitlines()))
    for row in sorted(rows, key=lambda row: row["ImageId"]):
        path = folder / "ILSVRC/Data/CLS-LOC/val" / f"{Path(row['ImageId']).name}.JPEG"
        with opened(path) as handle:
            yield Picture(row["PredictionString"].split()[0], str(path), handle.read())


def huggingface(
    folder: Path, dataset: Dataset, classes: Collection[str], passed: Passed
) -> Iterator[Picture]:
    """data/train-00000-of-00294.parquet and so on (labels 0 to 999 in sorted order), or the older
    data/train_images_0.tar.gz (names end in the class id).
    """
    stem = {"train": ("train-", "train_images"), "heldout": ("validation-", "val_images")}
    place = folder / "data" if (folder / "data").is_dir() else folder
    tables, archives = (
        sorted(p for p in place.glob(f"{start}*") if p.name.endswith(suffix))
        for start, suffix in zip(stem[dataset["split"]], (".parquet", ".tar.gz"), strict=True)
    )
    if not (tables or archives):
        raise UserError(
            f"{place} holds neither {stem[dataset['split']][0]}*.parquet nor "
            f"{stem[dataset['split']][1]}*.tar.gz; set `path` to the folder of imagenet-1k"
        )
    if tables:
        for path in tables:
            yield from parquet(path)
    else:
        for path in archives:
            for name, content in files_of(path, passed):
                if reason := no_picture(PurePosixPath(name)):
                    passed[reason] += 1
                    continue
                class_id = name.rpartition(".")[0].rpartition("_")[2]
                yield Picture(class_id, f"{path}/{name}", content)


def parquet(path: Path) -> Iterator[Picture]:
    try:
        import pyarrow
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        raise UserError(f"reading {path} needs the package pyarrow: pip install pyarrow") from error
    try:
        with ParquetFile(path) as table:
            for batch in table.iter_batches(64, columns=["image", "label"]):
                for row in batch.to_pylist():
                    name = row["image"].get("path") or ""
                    class_id = imagenet.class_ids()[row["label"]]
                    yield Picture(class_id, f"{path}/{name}", row["image"]["bytes"])
    except (pyarrow.ArrowException, OSError, KeyError, IndexError, TypeError) as error:
        raise UserError(
            f"{path} is damaged or no part of imagenet-1k ({error}); get it again"
        ) from error


def npz_file(
    folder: Path, dataset: Dataset, classes: Collection[str], passed: Passed
) -> Iterator[Picture]:
    for class_id, name, content in npz.images(folder, dataset["split"]):
        yield Picture(class_id, name, content)


Reader = Callable[[Path, Dataset, Collection[str], Passed], Iterator[Picture]]
READERS: dict[tuple[str, str], Reader] = {
    ("imagenet", "train"): imagenet_train,
    ("imagenet", "heldout"): imagenet_val,
    ("kaggle", "train"): kaggle_train,
    ("kaggle", "heldout"): kaggle_val,
    **{("huggingface", s): huggingface for s in ("train", "heldout")},
    **{("imagenette", s): imagenette for s in ("train", "heldout")},
    **{("cifar10", s): cifar10 for s in ("train", "heldout")},
    **{("folder", s): by_folders for s in ("train", "heldout")},
    **{("npz", s): npz_file for s in ("train", "heldout")},
}
