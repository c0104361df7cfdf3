"""Packing photographs: ours beside torchvision's ImageFolder, and how near a reduced decode comes.

    python -m benchmarks packing

With ACGAN_REFERENCE_DATA (the folder with data/imagenette128_val.npz) the pictures are mosaics of
real photographs, else made-up ones.
"""

import io
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from acgan.config.schema import Dataset
from acgan.data import imagenet, packed
from acgan.data.class_files import write_classes
from acgan.data.decode import squares
from acgan.data.sources import CLASSES_PER_PART, npz
from acgan.data.sources.imagenet import TRAIN
from acgan.io.vision import import_torchvision
from benchmarks.timing import Rows, alternate, images

TITLE = "Packing photographs"
ABOUT = (
    "One core. Plain: a pass of torchvision's `ImageFolder` with `Resize` and `CenterCrop` over "
    "JPEG files, for each side. "
    "Ours: the same files from a tar of tars to `.npy` files on disk, all sides from one decode. "
    "500x375 pixels, about 100 KB each (ImageNet's are 115 KB on average). The estimate: jobs of "
    "50 classes, the busiest core's share at this speed, without the archive's own checksum. "
    "Distance: of the packed pixels from those of a full decode, in levels of 255."
)
COUNT, WIDTH, HEIGHT, KILOBYTES = 300, 500, 375, 110
ILSVRC_IMAGES, CORES = 1_281_167, 16


def pictures() -> tuple[str, list[Image.Image]]:
    """What they are, and large pictures with detail at every scale."""
    reference = Path(os.environ.get("ACGAN_REFERENCE_DATA", "")) / "data/imagenette128_val.npz"
    if "ACGAN_REFERENCE_DATA" not in os.environ or not reference.exists():
        made = images(COUNT, WIDTH)[:, :HEIGHT]
        return "made-up pictures", [Image.fromarray(i) for i in made]
    files = (content for _, _, content in npz.images(reference, "train"))
    found = []
    for _ in range(COUNT):
        mosaic = Image.new("RGB", (512, 384))
        for tile in range(12):
            photograph = Image.open(io.BytesIO(next(files)))
            mosaic.paste(photograph, (tile % 4 * 128, tile // 4 * 128))
        found.append(mosaic.crop((0, 0, WIDTH, HEIGHT)))
    return "mosaics of photographs", found


def encoded(image: Image.Image) -> bytes:
    """JPEG of the quality that comes nearest to KILOBYTES from below."""
    for quality in range(96, 50, -3):
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality)
        if out.tell() <= 1000 * KILOBYTES:
            break
    return out.getvalue()


def folder_and_tar(root: Path, files: list[bytes]) -> None:
    """The files of two classes in folders, and as in ILSVRC2012_img_train.tar."""
    import tarfile

    half = len(files) // 2
    with tarfile.open(root / TRAIN.file, "w") as outer:
        for k, wnid in enumerate(imagenet.class_ids()[:2]):
            place, inner = root / "folders" / wnid, root / f"{wnid}.tar"
            place.mkdir(parents=True)
            with tarfile.open(inner, "w") as tar:
                for i, content in enumerate(files[k * half : (k + 1) * half]):
                    (place / f"{wnid}_{i}.JPEG").write_bytes(content)
                    tar.add(place / f"{wnid}_{i}.JPEG", f"{wnid}_{i}.JPEG")
            outer.add(inner, inner.name)


def plain(root: Path, side: int) -> None:
    torchvision: Any = import_torchvision()
    t = torchvision.transforms
    data = torchvision.datasets.ImageFolder(
        str(root / "folders"), t.Compose([t.Resize(side), t.CenterCrop(side)])
    )
    for image, _ in data:
        np.asarray(image)


def ours(root: Path, *sides: int) -> None:
    dataset = Dataset(source="imagenet", path=str(root)).model_dump()
    names = {w: w for w in imagenet.class_ids()[:2]}
    write_classes(dataset, names, sides, root / "packed", None)
    for side in sides:
        for wnid in names:
            packed.entry_of(root / "packed" / str(side), wnid, wnid)  # its checksum


def rows() -> Rows:
    torch.set_num_threads(1)
    what, found = pictures()
    files = [encoded(image) for image in found]
    table = []
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        folder_and_tar(root, files)
        for sides in ((128, 64), (128,)):
            seconds = alternate(
                lambda sides=sides: [plain(root, side) for side in sides],
                lambda sides=sides: ours(root, *sides),
                repeats=4,
                warm_up=1,
            )
            rates = [len(files) / s for s in seconds]
            rounds = -(-1000 // CLASSES_PER_PART // CORES)  # of jobs, on the busiest core
            seconds_in_all = rounds * CLASSES_PER_PART * ILSVRC_IMAGES / 1000 / rates[1]
            table.append(
                {
                    "what": f"{what}, {' and '.join(map(str, sides))} pixels",
                    "plain": f"{rates[0]:.0f} images/s",
                    "ours": f"{rates[1]:.0f} images/s",
                    "ratio": f"{seconds[0] / seconds[1]:.2f}",
                    f"all {ILSVRC_IMAGES:,} on {CORES} cores": f"{seconds_in_all / 60:.1f} minutes",
                    "mean distance": "",
                    "99 of 100 within": "",
                    "PSNR": "",
                }
            )
    for row, side in zip(table, (128, 128), strict=True):
        distance = np.abs(
            np.stack([squares(f, [side])[0].astype(int) for f in files])
            - np.stack([squares(f, [side], reduced=False)[0].astype(int) for f in files])
        )
        row["mean distance"] = f"{distance.mean():.2f}"
        row["99 of 100 within"] = f"{np.percentile(distance, 99):.0f}"
        row["PSNR"] = f"{10 * np.log10(255**2 / np.mean(np.square(distance))):.1f} dB"
    return table
