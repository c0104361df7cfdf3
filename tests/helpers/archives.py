"""Archives built like the originals, a few small images of each class: what the fetch and the pack
are tested on, since the originals are hundreds of gigabytes and not ours to ship.
"""

import csv
import io
import pickle
import tarfile
from pathlib import Path

import numpy as np
from PIL import Image

from acgan.data import imagenet
from acgan.data.sources.cifar10 import CLASS_IDS as CIFAR10
from acgan.data.sources.imagenette import CLASS_IDS as IMAGENETTE


def picture(seed: int, width: int = 50, height: int = 38) -> Image.Image:
    """A made-up photograph: smooth colours with an edge, different for each seed."""
    rng = np.random.default_rng(seed)
    small = Image.fromarray(rng.integers(0, 256, (5, 6, 3)).astype(np.uint8))
    image = np.array(small.resize((width, height), Image.Resampling.BICUBIC))
    image[: height // 3, : width // 4] = rng.integers(0, 256, 3)
    return Image.fromarray(image)


def encoded(image: Image.Image, form: str = "JPEG", **options) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **({"quality": 92} if form == "JPEG" else {}) | options)
    return out.getvalue()


def jpeg(seed: int, **size) -> bytes:
    return encoded(picture(seed, **size))


def write_folder(folder: Path, images: int, first: int = 0) -> None:
    """A folder of JPEGs, 0.jpg and on, of the pictures from `first` on."""
    folder.mkdir(parents=True)
    for i in range(images):
        (folder / f"{i}.jpg").write_bytes(jpeg(first + i))


def add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    tar.addfile(member, io.BytesIO(content))


def tar_of(files: dict[str, bytes], mode: str = "w") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as tar:
        for name, content in files.items():
            add(tar, name, content)
    return out.getvalue()


def imagenet_train(
    images: dict[str, list[bytes]], made: dict[str, list[str]] | None = None
) -> bytes:
    """ILSVRC2012_img_train.tar: a tar of one tar per class; `made` ends the names of images."""
    ends = made or {c: [""] * len(files) for c, files in images.items()}
    return tar_of(
        {
            f"{c}.tar": tar_of(
                {f"{c}_{i + 1}{ends[c][i]}.JPEG": content for i, content in enumerate(files)}
            )
            for c, files in images.items()
        }
    )


def imagenet_val(labels: list[str], shuffled: bool = True) -> tuple[bytes, bytes]:
    """ILSVRC2012_img_val.tar and ILSVRC2012_devkit_t12.tar.gz for images of these classes."""
    names = [f"ILSVRC2012_val_{i + 1:08d}.JPEG" for i in range(len(labels))]
    order = reversed(range(len(labels))) if shuffled else range(len(labels))
    val = tar_of({names[i]: jpeg(1000 + i) for i in order})
    numbers = [imagenet.ilsvrc2012_order().index(c) + 1 for c in labels]
    truth = "".join(f"{n}\n" for n in numbers).encode()
    folder = "ILSVRC2012_devkit_t12"
    devkit = tar_of(
        {
            f"{folder}/readme.txt": b"about",
            f"{folder}/data/ILSVRC2012_validation_ground_truth.txt": truth,
        },
        "w:gz",
    )
    return val, devkit


def imagenette(per_class: int = 3) -> bytes:
    """imagenette2.tgz: train and val folders of the ten classes, and macOS's hidden files."""
    files = {"imagenette2/.DS_Store": b"x", "imagenette2/noisy_imagenette.csv": b"path\n"}
    for split, start in (("train", 0), ("val", 5000)):
        for k, c in enumerate(IMAGENETTE):
            for i in range(per_class):
                name = f"imagenette2/{split}/{c}/{c}_{i}.JPEG"
                files[name] = jpeg(start + 100 * k + i)
    return tar_of(files, "w:gz")


def cifar10(per_batch: int = 20) -> bytes:
    """cifar-10-python.tar.gz: five training batches and a test batch of pickled arrays."""
    files = {}
    for b, name in enumerate([*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]):
        rng = np.random.default_rng(b)
        batch = {
            "data": rng.integers(0, 256, (per_batch, 3072)).astype(np.uint8),
            "labels": [i % 10 for i in range(per_batch)],
        }
        files[f"cifar-10-batches-py/{name}"] = pickle.dumps(batch, protocol=2)
    files["cifar-10-batches-py/batches.meta"] = pickle.dumps({"label_names": list(CIFAR10)}, 2)
    return tar_of(files, "w:gz")


def kaggle(folder: Path, per_class: int, labels: list[str]) -> None:
    """As the Kaggle archive unpacks: class folders, a flat val folder and its solution."""
    place = folder / "ILSVRC/Data/CLS-LOC"
    for k, c in enumerate(imagenet.class_ids()):
        (place / "train" / c).mkdir(parents=True)
        for i in range(per_class):
            (place / "train" / c / f"{c}_{i}.JPEG").write_bytes(
                jpeg(10 * k + i, width=20, height=18)
            )
    (place / "val").mkdir()
    with open(folder / "LOC_val_solution.csv", "w", newline="") as handle:
        rows = csv.writer(handle)
        rows.writerow(["ImageId", "PredictionString"])
        for i, c in enumerate(labels):
            name = f"ILSVRC2012_val_{i + 1:08d}"
            (place / "val" / f"{name}.JPEG").write_bytes(jpeg(1000 + i))
            rows.writerow([name, f"{c} 1 2 30 40 "])


def huggingface_parquet(folder: Path, split: str, labels: list[int], shards: int = 2) -> None:
    """data/train-00000-of-00002.parquet: {image: {bytes, path}, label}."""
    import pyarrow as pa
    from pyarrow.parquet import write_table

    (folder / "data").mkdir(parents=True, exist_ok=True)
    for shard in range(shards):
        mine = list(range(shard, len(labels), shards))
        image = [{"bytes": jpeg(i), "path": f"{i}.JPEG"} for i in mine]
        table = pa.table({"image": image, "label": [labels[i] for i in mine]})
        write_table(table, folder / f"data/{split}-{shard:05d}-of-{shards:05d}.parquet")


def huggingface_tars(folder: Path, labels: list[str]) -> None:
    """data/train_images_0.tar.gz: files whose names end in their class."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    for part in range(2):
        files = {f"{c}_{i}_{c}.JPEG": jpeg(i) for i, c in enumerate(labels) if i % 2 == part}
        (folder / f"data/train_images_{part}.tar.gz").write_bytes(tar_of(files, "w:gz"))
