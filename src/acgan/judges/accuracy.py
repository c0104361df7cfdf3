"""How often a judge names real images rightly, by class: `acgan judge-accuracy`."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from acgan.data import packed
from acgan.data.class_names import as_class, nearly
from acgan.io.errors import UserError
from acgan.io.files import write_csv
from acgan.judges.base import Judge

COLUMNS = ("judge", "split", "class", "images", "accuracy")
PART = 512  # images in memory at once
Row = tuple[str, str, str, int, float]


def measure(judge: Judge, folder: Path, split: str) -> list[Row]:
    """Rows of COLUMNS for a packed folder. Raises UserError for a class that the judge does not
    know.

    Where the folder lacks some of the judge's classes, a second set of rows, its split named
    `<split>_best_of_<n>`, asks which of the folder's n classes gets the highest probability.
    """
    index = packed.read_index(folder)
    ids = [as_class(entry.id) for entry in index]
    strange = [c for c in ids if c not in judge.class_ids]
    if strange:
        raise UserError(
            f"{folder}: the judge {judge.name} does not know class {', '.join(strange[:5])}; it "
            f"knows {', '.join(judge.class_ids[:5])} ...{nearly(strange[0], judge.class_ids)}"
        )
    own = [judge.class_ids.index(c) for c in ids]
    full, restricted = [], []
    best_of = f"{split}_best_of_{len(own)}"
    for entry, output in zip(index, own, strict=True):
        p = torch.cat([judge.probabilities(part) for part in parts(folder, entry)])
        right = (p.argmax(1) == output).double().mean().item()
        full.append((judge.name, split, entry.id, len(p), right))
        right = (p[:, own].argmax(1) == own.index(output)).double().mean().item()
        restricted.append((judge.name, best_of, entry.id, len(p), right))
    return full + (restricted if len(own) < len(judge.class_ids) else [])


def parts(folder: Path, entry: packed.ClassEntry) -> Iterator[Tensor]:
    images = packed.load_class(folder, entry)
    for start in range(0, len(images), PART):
        yield torch.from_numpy(np.array(images[start : start + PART])).permute(0, 3, 1, 2)


def overall(rows: list[Row], split: str) -> float:
    """The share of all images of a split that are named rightly."""
    chosen = [(images, accuracy) for _, s, _, images, accuracy in rows if s == split]
    return sum(n * a for n, a in chosen) / sum(n for n, _ in chosen)


def write_accuracy(judge: Judge, folders: dict[str, Path], out: Path) -> list[Row]:
    """Measure on {split: packed folder}, say so, and write COLUMNS to `out`."""
    rows = [row for split, folder in folders.items() for row in measure(judge, folder, split)]
    for split in dict.fromkeys(row[1] for row in rows):
        images = sum(row[3] for row in rows if row[1] == split)
        print(f"{split}: {100 * overall(rows, split):.2f} % of {images} right", flush=True)
    write_csv(out, COLUMNS, rows)
    return rows
