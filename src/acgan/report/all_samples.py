"""All samples of every class, beside the report: `acgan report --all-samples`."""

from pathlib import Path

import numpy as np
from PIL import Image

from acgan.config.resolve import Config, first_restarts, given
from acgan.groups.grouping import read_groups
from acgan.io.errors import UserError
from acgan.io.files import read_json, replacing, write_json

FOLDER = "all_samples"
INDEX = "classes.json"  # {class: file} of a suite
COLUMNS = 20


def write(config: Config, results: Path, folder: Path) -> None:
    """A lossless WebP sheet for each class of each suite whose generators are given a class. Raises
    UserError where samples are not at hand.
    """
    for suite in config["suites"]:
        if given(config, suite) != "class":
            continue
        groups = read_groups(results / "groups" / f"{suite}.csv")
        files: dict[str, str] = {}
        for model in first_restarts(config, suite):
            path = results / "samples" / suite / model.id / "samples_0.npy"
            if "diverged" in read_json(results / "models" / suite / model.id / "provenance.json"):
                continue
            if not path.is_file():
                raise UserError(f"{path} is missing; `snakemake samples` draws it")
            images = np.load(path, mmap_mode="r", allow_pickle=False)
            for row, class_id in enumerate(groups[model.id]):
                if class_id not in files:
                    files[class_id] = f"{len(files):05d}.webp"
                    with replacing(folder / suite / files[class_id]) as temporary:
                        Image.fromarray(sheet(images[row])).save(temporary, "WEBP", lossless=True)
        write_json(folder / suite / INDEX, files)


def sheet(images: np.ndarray) -> np.ndarray:
    """uint8 (n, side, side, 3) -> (rows * side, COLUMNS * side, 3), white where there is none."""
    n, side = images.shape[:2]
    columns = min(COLUMNS, n)
    rows = -(-n // columns)
    whole = np.full((rows * columns, side, side, 3), 255, np.uint8)
    whole[:n] = images
    whole = whole.reshape(rows, columns, side, side, 3).swapaxes(1, 2)
    return whole.reshape(rows * side, columns * side, 3)


def there(folder: Path, results: Path) -> dict[str, dict[str, str]]:
    """{suite: {class: file}} of what was written before, and since when no sample was drawn."""
    found = {}
    for index in sorted(folder.glob(f"*/{INDEX}")):
        samples = (results / "samples" / index.parent.name).glob("*/samples_0.npy")
        if all(p.stat().st_mtime <= index.stat().st_mtime for p in samples):
            found[index.parent.name] = read_json(index)
    return found
