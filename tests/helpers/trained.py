"""A model of the three classes of `packed_digits`, and what must be the same byte for byte."""

from pathlib import Path

CLASSES = ["0", "1", "2"]
SAME_BYTES = ("weights.safetensors", "training.csv", "trajectory.csv")


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in SAME_BYTES}
