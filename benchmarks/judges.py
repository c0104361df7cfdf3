"""The two judges that a rule trains on pictures of one's own, on few and on more real photographs.

    ACGAN_REFERENCE_DATA=... python -m benchmarks.judges

Needs the photographs that tests/helpers/reference.py names, so it is no part of `make bench`.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from acgan.config.schema import Dataset
from acgan.config.spec import filled
from acgan.data import packed
from acgan.data.pack import pack
from acgan.judges import KINDS, load_judge
from acgan.judges.accuracy import measure, overall
from benchmarks.timing import markdown

SETS = {  # name: (file of training images, of held-out ones, side)
    "CIFAR-10, a lossy copy": ("cifar10_jpeg_train.npz", "cifar10_jpeg_test.npz", 32),
    "Imagenette at 64": ("imagenette128_train.npz", "imagenette128_val.npz", 64),
}
PER_CLASS = (20, 100, 400)
HELD_OUT = 50  # images of each class
SETTINGS = {"flip": True, "threads": 2}
UPDATES = 60_000  # images that a trained_cnn sees, as `acgan new` chooses its epochs


def cut(source: Path, out: Path, images: int) -> Path:
    """The first so many images of each class of a packed folder."""
    index = packed.read_index(source)
    for entry in index:
        packed.write_class(out, entry.id, packed.load_class(source, entry)[:images])
    packed.write_index(out, {entry.id: entry.name for entry in index})
    return out


def packed_npz(file: Path, out: Path, side: int) -> Path:
    pack(Dataset(source="npz", path=str(file), classes=10).model_dump(), [side], out)
    return out / str(side)


def rows(data: Path) -> list[dict[str, str]]:
    """Data, images a class, kind, held-out accuracy, seconds."""
    found = []
    with tempfile.TemporaryDirectory() as scratch:
        for name, (train, test, side) in SETS.items():
            folder = Path(scratch, train)
            whole = packed_npz(data / train, folder / "train", side)
            held_out = cut(
                packed_npz(data / test, folder / "test", side), folder / "held_out", HELD_OUT
            )
            for images in PER_CLASS:
                part = cut(whole, folder / f"{images}", images)
                for kind in ("trained_cnn", "finetuned"):
                    epochs = max(10, min(60, UPDATES // (10 * images)))
                    settings: dict[str, Any] = filled(
                        SETTINGS | {"kind": kind, "side": side, "epochs": epochs}, "judge"
                    )
                    weights = folder / f"{kind}_{images}.safetensors"
                    began = time.perf_counter()
                    train_it = KINDS[kind].train
                    assert train_it is not None
                    train_it(settings, 0, part, weights)
                    seconds = time.perf_counter() - began
                    judge = load_judge("j", settings, weights)
                    right = overall(measure(judge, held_out, "heldout"), "heldout")
                    found.append(
                        {
                            "data": name,
                            "images a class": str(images),
                            "kind": kind,
                            "held out, right": f"{right:.1%}",
                            "seconds": f"{seconds:.0f}",
                        }
                    )
                    print(markdown(found[-1:]), flush=True)
    return found


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    folder = Path(os.environ.get("ACGAN_REFERENCE_DATA", "../shared")) / "data"
    print(markdown(rows(folder)))
