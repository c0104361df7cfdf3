"""What a data set is made of: where its files lie, which classes it has, how many images, and its
images. Each source is a module of this package that declares `SOURCE` (data/source.py).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from acgan.data.class_choice import chosen
from acgan.data.folders import Passed, pictures_in
from acgan.data.holdout import of_split
from acgan.data.source import Archive, Dataset, Picture, Source
from acgan.io.errors import UserError
from acgan.io.modules import declared
from acgan.io.words import counted

SOURCES: dict[str, Source] = declared(__name__, "SOURCE")
RAW = Path("data/raw")  # where fetched archives lie: data/raw/<source>/
CLASSES_PER_PART = 50  # of one job that packs
LONGEST_ID = 255 - len("..npy.tmp")  # bytes: a class is written as .<class>.npy.tmp
NO_CLASS = "__metadata__"  # safetensors' own key


def source_of(dataset: Dataset) -> Source:
    return SOURCES[dataset["source"]]


def is_in_package(dataset: Dataset) -> bool:
    """Whether its images ship inside an installed package, so that there is no archive to fetch."""
    return source_of(dataset).package is not None


def folder_of(dataset: Dataset) -> Path:
    """Where a source's files lie: the config's `path`, or the place of fetched archives."""
    return Path(dataset["path"]).expanduser() if dataset["path"] else RAW / dataset["source"]


def published(dataset: Dataset) -> tuple[Archive, ...]:
    """The published archives of the data set's split; none where its source has none."""
    return source_of(dataset).archives.get(dataset["split"], ())


def is_whole(dataset: Dataset) -> bool:
    """Whether it has all classes of its source."""
    return not isinstance(dataset["classes"], (list, dict))


def class_count(dataset: Dataset) -> int | None:
    """How many classes it has; None if the config does not say. Raises UserError for a choice that
    its source does not have.
    """
    choice = dataset["classes"]
    if is_whole(dataset):
        return source_of(dataset).classes or choice
    if not source_of(dataset).is_own:
        return len(class_names(dataset))
    return len(choice) if isinstance(choice, list) else choice["first"]


def expected_images(dataset: Dataset) -> int | None:
    """The number of images of the data set, if it is known."""
    whole = is_whole(dataset) and not dataset.get("images_per_class")
    published = source_of(dataset).images if whole else {}
    return dataset["images"] or published.get(dataset["split"])


def class_names(dataset: Dataset) -> dict[str, str]:
    """{class id: name} in the data set's order, of the classes that the config chooses.

    Raises UserError when a folder or file is missing, or holds another number of classes than the
    config says, or lacks one that it names.
    """
    folder, choice = folder_of(dataset), dataset["classes"]
    found = source_of(dataset).class_names(folder)
    if isinstance(choice, (list, dict)):
        try:
            found = chosen(found, choice)
        except UserError as error:
            where = folder if source_of(dataset).is_own else dataset["source"]
            raise UserError(f"classes of {where}: {error}") from None
    if not source_of(dataset).is_own:
        return found
    if NO_CLASS in found:
        raise UserError(
            f"{folder}: no class can be called {NO_CLASS}, which stands for something else in "
            f"files of features; rename it"
        )
    if isinstance(choice, int) and len(found) != choice:
        some = ", ".join(map(repr, list(found)[:5]))
        raise UserError(
            f"{folder} holds {counted(len(found), 'class', 'classes')} ({some} ...), the config "
            f"says {choice}; fix `classes`, or the folder"
        )
    for class_id in found:
        if (size := len(class_id.encode())) > LONGEST_ID:
            raise UserError(
                f"{folder}: the name of the class {class_id[:20]!r}... is {size} bytes long, more "
                f"than the {LONGEST_ID} that the name of a file has room for; rename it"
            )
    return found


def seen(dataset: Dataset) -> tuple[int, Passed]:
    """How many pictures the folder of a data set holds, by their names, and what is passed over."""
    passed = Passed()
    found = pictures_in(folder_of(dataset), class_names(dataset), passed)
    pictures = (Picture(class_id, str(path), b"") for class_id, path in found)
    return sum(1 for _ in of_its_split(pictures, dataset)), passed


def get_again(dataset: Dataset) -> str:
    """What to do about a file that is damaged."""
    if source_of(dataset).is_own:
        return "fix or remove it"
    return "get its archive again" if dataset["layout"] == "archives" else "get it again"


def parts_of(dataset: Dataset) -> int:
    """How many jobs share the packing of a data set: several where its images lie class by
    class.
    """
    source = source_of(dataset)
    classes = class_count(dataset) or 1
    return -(-classes // CLASSES_PER_PART) if source.in_parts(dataset) else 1


def pictures(
    dataset: Dataset, classes: Collection[str], passed: Passed | None = None
) -> Iterator[Picture]:
    """The images of some classes; what is passed over is counted in `passed`. Raises UserError when
    a file is missing, damaged or foreign.
    """
    read = source_of(dataset).read
    assert read is not None, f"{dataset['source']} is packed in a way of its own"
    passed = Passed() if passed is None else passed
    found = read(folder_of(dataset), dataset, classes, passed)
    yield from of_its_split((p for p in found if p.class_id in classes), dataset)


def of_its_split(pictures: Iterator[Picture], dataset: Dataset) -> Iterator[Picture]:
    """Without those that the data set's other split has, where `holdout` cuts it, and of each class
    no more than `images_per_class`.
    """
    own = of_split(pictures, dataset) if dataset["holdout"] else pictures
    return first_of_each(own, dataset.get("images_per_class"))


def first_of_each(pictures: Iterable[Picture], most: int | None) -> Iterator[Picture]:
    """The first so many pictures of each class; all without a number."""
    seen: Counter[str] = Counter()
    for picture in pictures:
        seen[picture.class_id] += 1
        if most is None or seen[picture.class_id] <= most:
            yield picture
