"""The published archives of the sources, and how many images they hold."""

from pathlib import Path
from typing import NamedTuple

RAW = Path("data/raw")  # where fetched archives lie: data/raw/<source>/


class Archive(NamedTuple):
    """A published file, its checksum and its rough size in bytes."""

    url: str
    checksum: str
    about: int

    @property
    def file(self) -> str:
        return self.url.rpartition("/")[2]


IMAGENET = "https://image-net.org/data/ILSVRC/2012"
# Checksums of ImageNet are its publisher's, those of the others as torchvision has them.
DEVKIT = Archive(
    f"{IMAGENET}/ILSVRC2012_devkit_t12.tar.gz", "md5:fa75699e90414af021442c21a62c3abf", 2_600_000
)
PUBLISHED = {
    ("imagenet", "train"): (
        Archive(
            f"{IMAGENET}/ILSVRC2012_img_train.tar",
            "md5:1d675b47d978889d74fa0da5fadfb00e",
            147_900_000_000,
        ),
    ),
    ("imagenet", "heldout"): (
        Archive(
            f"{IMAGENET}/ILSVRC2012_img_val.tar",
            "md5:29b22e2961454d5413ddabcf34fc5622",
            6_750_000_000,
        ),
        DEVKIT,
    ),
}
for _split in ("train", "heldout"):
    PUBLISHED["imagenette", _split] = (
        Archive(
            "https://s3.amazonaws.com/fast-ai-imageclas/imagenette2.tgz",
            "md5:fe2fc210e6bb7c5664d602c3cd71e612",
            1_560_000_000,
        ),
    )
    PUBLISHED["cifar10", _split] = (
        Archive(
            "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
            "md5:c58f30108f718f92721af3b95e74349a",
            170_000_000,
        ),
    )


PUBLISHED_IMAGES = {
    ("imagenet", "train"): 1_281_167,
    ("imagenet", "heldout"): 50_000,
    ("imagenette", "train"): 9_469,
    ("imagenette", "heldout"): 3_925,
    ("cifar10", "train"): 50_000,
    ("cifar10", "heldout"): 10_000,
}
