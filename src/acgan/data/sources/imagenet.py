"""ImageNet (ILSVRC2012), as its publisher, Kaggle and Hugging Face hand it out."""

import csv
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

from acgan.data import imagenet
from acgan.data.archives import files, members
from acgan.data.folders import HIDDEN, Passed, no_picture, subfolders
from acgan.data.reading import by_folders, files_of, no_litter, opened
from acgan.data.source import ARCHIVE_KEYS, Archive, Dataset, Picture, Reader, Source
from acgan.io.errors import UserError
from acgan.io.words import counted

LARGEST_CLASS = 100 << 30  # bytes of a class's own tar file
PUBLISHER = "https://image-net.org/data/ILSVRC/2012"
# Their checksums are the publisher's.
TRAIN = Archive(
    f"{PUBLISHER}/ILSVRC2012_img_train.tar", "md5:1d675b47d978889d74fa0da5fadfb00e", 147_900_000_000
)
VAL = Archive(
    f"{PUBLISHER}/ILSVRC2012_img_val.tar", "md5:29b22e2961454d5413ddabcf34fc5622", 6_750_000_000
)
DEVKIT = Archive(
    f"{PUBLISHER}/ILSVRC2012_devkit_t12.tar.gz", "md5:fa75699e90414af021442c21a62c3abf", 2_600_000
)


def class_names(folder: Path) -> dict[str, str]:
    return {c: imagenet.name_of(c) for c in imagenet.class_ids()}


def in_parts(dataset: Dataset) -> bool:
    return dataset["split"] == "train" and dataset["layout"] != "huggingface"


def train(
    folder: Path, dataset: Dataset, classes: Collection[str], passed: Passed
) -> Iterator[Picture]:
    """A tar of 1,000 tars, one per class; only those asked for are read."""
    path = folder / TRAIN.file
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


def val(
    folder: Path, dataset: Dataset, classes: Collection[str], passed: Passed
) -> Iterator[Picture]:
    """50,000 files in one tar; the devkit names their classes by the challenge's own numbers."""
    path, devkit = folder / VAL.file, folder / DEVKIT.file
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
    for name, content in files_of(path, passed):
        position = name.removesuffix(".JPEG").rpartition("_")[2]
        if not position.isdigit() or not 1 <= int(position) <= len(numbers):
            raise UserError(f"{path}: {name!r} is no validation image; get it again")
        class_id = order[int(numbers[int(position) - 1]) - 1]
        yield Picture(class_id, f"{path}/{name}", content)


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
    yield from by_folders(place, classes, passed)


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


READERS: dict[tuple[str, str], Reader] = {
    ("archives", "train"): train,
    ("archives", "heldout"): val,
    ("kaggle", "train"): kaggle_train,
    ("kaggle", "heldout"): kaggle_val,
    ("huggingface", "train"): huggingface,
    ("huggingface", "heldout"): huggingface,
}


def read(
    folder: Path, dataset: Dataset, classes: Collection[str], passed: Passed
) -> Iterator[Picture]:
    reader = READERS[dataset["layout"], dataset["split"]]
    yield from reader(folder, dataset, classes, passed)


SOURCE = Source(
    about="ILSVRC2012",
    title="ImageNet (ILSVRC2012)",
    keys=(*ARCHIVE_KEYS, "layout"),
    class_names=class_names,
    classes=1000,
    read=read,
    archives={"train": (TRAIN,), "heldout": (VAL, DEVKIT)},
    images={"train": 1_281_167, "heldout": 50_000},
    by_hand=(
        "register at https://image-net.org/download-images, get ILSVRC2012's files and name their "
        "folder as `path`, or set ACGAN_IMAGENET_USER and ACGAN_IMAGENET_PASSWORD (or "
        "ACGAN_IMAGENET_TOKEN or _COOKIE) for what `url` names"
    ),
    in_parts=in_parts,
)
