"""CIFAR-10: batches of pickled arrays in one archive, of which nothing is executed."""

import io
import pickle
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from acgan.data.folders import Passed
from acgan.data.reading import files_of
from acgan.data.source import ARCHIVE_KEYS, Archive, Dataset, Picture, Source
from acgan.io.errors import UserError

CLASS_IDS = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
# Its checksum is torchvision's.
ARCHIVE = Archive(
    "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
    "md5:c58f30108f718f92721af3b95e74349a",
    170_000_000,
)
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


def class_names(folder: Path) -> dict[str, str]:
    return {c: c for c in CLASS_IDS}


def read(
    folder: Path, dataset: Dataset, classes: Collection[str], passed: Passed
) -> Iterator[Picture]:
    """Batches of pickled arrays: data (n, 3072), channel by channel, and labels."""
    path = folder / ARCHIVE.file
    wanted = "data_batch_" if dataset["split"] == "train" else "test_batch"
    for name, content in files_of(path, passed):
        if not name.rpartition("/")[2].startswith(wanted):
            continue
        try:
            batch = PlainPickle(io.BytesIO(content), encoding="latin1").load()
            images = batch["data"].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
            labels = [CLASS_IDS[label] for label in batch["labels"]]
        except BAD_PICKLE as error:
            raise UserError(
                f"{path}: {name} is no batch of CIFAR-10 ({error}); get it again"
            ) from error
        for i, (image, label) in enumerate(zip(images, labels, strict=True)):
            yield Picture(label, f"{path}/{name}[{i}]", image)


SOURCE = Source(
    about="ten classes at 32x32",
    title="CIFAR-10",
    keys=ARCHIVE_KEYS,
    class_names=class_names,
    classes=len(CLASS_IDS),
    own_class_ids=True,
    read=read,
    archives={"train": (ARCHIVE,), "heldout": (ARCHIVE,)},
    images={"train": 50_000, "heldout": 10_000},
)
