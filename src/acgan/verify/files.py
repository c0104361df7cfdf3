"""Two files of the same name: the same bytes, the same within a tolerance, or not."""

import csv
import io
import json
import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

SAME, WITHIN, DIFFERS = "same bytes", "same within", "differs, here"
NOT_HERE, NOT_CHECKED = "not checkable here", "not checked"
NUMBERS = 1e-4  # relative, of numbers that another processor computes
UNREADABLE = (
    *(ValueError, OSError, KeyError, MemoryError, RecursionError),
    Image.DecompressionBombError,
)
LEVELS = 2  # of 255, of a pixel that another processor computes


class Finding(NamedTuple):
    """A file, and what was found of it."""

    link: str  # of the chain
    file: str  # below the results folder
    verdict: str  # one of the five words, WITHIN with its tolerance
    said: str = ""


def compared(link: str, file: str, theirs: Path, ours: Path) -> Finding:
    """What is in the results beside what was made again."""
    if not theirs.is_file():
        return Finding(link, file, DIFFERS, "it is missing")
    one, two = theirs.read_bytes(), ours.read_bytes()
    if one == two:
        return Finding(link, file, SAME)
    try:
        worst, unit = distance(theirs.suffix, one, two)
    except UNREADABLE:
        return Finding(link, file, DIFFERS, f"it cannot be read as {theirs.suffix[1:].upper()}")
    most = LEVELS if unit == "levels" else NUMBERS
    if worst <= most:
        return Finding(link, file, f"{WITHIN} {most:g} {unit}".strip(), f"at most {worst:.2g}")
    said = "other content" if math.isinf(worst) else f"by {worst:.3g} {unit}".strip()
    return Finding(link, file, DIFFERS, said)


def distance(suffix: str, one: bytes, two: bytes) -> tuple[float, str]:
    """How far two files' contents are apart, at most, and in what; infinity where they are not
    alike at all. Numbers count relative to the larger one.
    """
    if suffix == ".csv":
        return cells(*(list(csv.reader(io.StringIO(b.decode()))) for b in (one, two))), "relative"
    if suffix == ".json":
        return values(json.loads(one), json.loads(two)), "relative"
    if suffix in (".png", ".webp"):
        a, b = (np.asarray(Image.open(io.BytesIO(x)).convert("RGB")) for x in (one, two))
        return levels(a, b), "levels"
    if suffix == ".npy":
        a, b = (np.load(io.BytesIO(x), allow_pickle=False) for x in (one, two))
        return levels(a, b), "levels"
    return math.inf, ""


def levels(one: np.ndarray, two: np.ndarray) -> float:
    """The largest difference of two arrays of uint8, row by row; infinity of other shapes."""
    if one.shape != two.shape or {one.dtype, two.dtype} != {np.dtype(np.uint8)}:
        return math.inf
    pairs = zip(one, two, strict=True)
    return float(max((np.abs(x.astype(np.int16) - y).max() for x, y in pairs), default=0))


def cells(one: list[list[str]], two: list[list[str]]) -> float:
    """The largest relative difference of two tables of text."""
    if [len(row) for row in one] != [len(row) for row in two]:
        return math.inf
    pairs = zip((c for row in one for c in row), (c for row in two for c in row), strict=True)
    return max((apart(a, b) for a, b in pairs if a != b), default=0.0)


def values(one: Any, two: Any) -> float:
    """The same of two JSON values."""
    if isinstance(one, dict) and isinstance(two, dict):
        if one.keys() != two.keys():
            return math.inf
        return max((values(one[k], two[k]) for k in one), default=0.0)
    if isinstance(one, list) and isinstance(two, list):
        if len(one) != len(two):
            return math.inf
        return max((values(a, b) for a, b in zip(one, two, strict=True)), default=0.0)
    return 0.0 if one == two else apart(str(one), str(two))


def apart(one: str, two: str) -> float:
    """How far two numbers are apart, relative to the larger; infinity of other words."""
    try:
        a, b = float(one), float(two)
    except ValueError:
        return math.inf
    if math.isnan(a) or math.isnan(b):
        return 0.0 if math.isnan(a) and math.isnan(b) else math.inf
    if a != b and (math.isinf(a) or math.isinf(b)):
        return math.inf
    return abs(a - b) / max(abs(a), abs(b), 1e-300) if a != b else 0.0
