"""Pictures in git: plots, digits, and samples of nets; of photographs that nets were trained on or
judged by, none.
"""

import io
import subprocess
import sys

import numpy as np
import pytest
import yaml
from PIL import Image
from reference import REFERENCE, needs
from running import ROOT

from acgan.data.sources import npz

sys.path.insert(0, str(ROOT / "workflow/scripts"))
from photographs_page import GAP, JPEG, TILE

pytestmark = pytest.mark.xdist_group("photographs")  # one worker reads them: 0.7 GB
RUN = yaml.safe_load((ROOT / "config/cifar10_single.yaml").read_text())["suites"]["cifar10"]
SHEETS = [ROOT / f"docs/results_cifar10/after_{step:05d}_steps.jpg" for step in RUN["snapshots"]]
NEAR = 12.0  # levels, root mean square: a photograph on a sheet is within 6 of itself
OTHERS = {  # what each of the others shows
    "docs/own_pictures.png": "samples of nets trained on photographs",
    "docs/report.png": "the demo's report: digits",
    "docs/results_ablation.png": "a plot",
    "docs/results_claims.png": "a plot",
    "docs/results_systems.png": "a plot, and samples of nets trained on digits",
    "docs/results_cifar10/curves.png": "a plot",
}
PHOTOGRAPHS = needs("data/cifar10_jpeg_train.npz", "data/cifar10_jpeg_test.npz")


def test_every_picture_in_git_is_known():
    listed = subprocess.run(
        ["git", "ls-files", "*.png", "*.webp", "*.jpg", "*.jpeg", "*.gif"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    sheets = {str(p.relative_to(ROOT)) for p in SHEETS}
    assert set(listed.stdout.split()) == sheets | OTHERS.keys()


@pytest.fixture(scope="module")
def photographs() -> tuple[np.ndarray, np.ndarray]:
    """float32 (N, 3072) of all training and held-out images, and their squared lengths (N,)."""
    parts = []
    for name in ("cifar10_jpeg_train.npz", "cifar10_jpeg_test.npz"):
        for _, _, content in npz.images(REFERENCE / "data" / name, "train"):
            with Image.open(io.BytesIO(content)) as image:
                parts.append(np.asarray(image.convert("RGB")).ravel())
    flat = np.stack(parts).astype(np.float32)
    assert flat.shape == (60_000, 3 * TILE**2)
    return flat, np.einsum("ij,ij->i", flat, flat)


def tiles(picture: Image.Image) -> np.ndarray:
    """float32 (tiles, 3072) of a sheet."""
    pixels, step = np.asarray(picture.convert("RGB"), np.float32), TILE + GAP
    rows, columns = ((n + GAP) // step for n in pixels.shape[:2])
    return np.stack(
        [
            pixels[step * r : step * r + TILE, step * c : step * c + TILE].ravel()
            for r in range(rows)
            for c in range(columns)
        ]
    )


def to_the_nearest(shown: np.ndarray, photographs: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """The root mean square (tiles,) by which each tile, or its mirror image, differs from the
    photograph that it is nearest to.
    """
    images, lengths = photographs
    mirrored = shown.reshape(-1, TILE, TILE, 3)[:, :, ::-1].reshape(shown.shape)
    squares = [
        (lengths[:, None] - 2 * images @ some.T).min(0) + np.einsum("ij,ij->i", some, some)
        for some in (shown, mirrored)
    ]
    return np.sqrt(np.maximum(np.minimum(*squares), 0) / images.shape[1])


@PHOTOGRAPHS
@pytest.mark.parametrize("sheet", SHEETS, ids=lambda p: p.stem)
def test_no_sample_that_is_shown_is_a_photograph(sheet, photographs):
    with Image.open(sheet) as picture:
        shown = tiles(picture)
    assert len(shown) == 100
    assert to_the_nearest(shown, photographs).min() > NEAR


@PHOTOGRAPHS
def test_a_photograph_among_them_would_be_found(photographs):
    """On a sheet, mirrored, as the sheets are written."""
    with Image.open(SHEETS[-1]) as picture:
        sheet = picture.convert("RGB")
    for place, (row, column) in enumerate([(0, 0), (4, 7), (9, 9)]):
        image = photographs[0][54_321 + place].reshape(TILE, TILE, 3)[:, ::-1].astype(np.uint8)
        sheet.paste(Image.fromarray(image), (column * (TILE + GAP), row * (TILE + GAP)))
    file = io.BytesIO()
    sheet.save(file, "JPEG", **JPEG)
    with Image.open(file) as picture:
        found = to_the_nearest(tiles(picture), photographs) < NEAR
    assert np.flatnonzero(found).tolist() == [0, 47, 99]
