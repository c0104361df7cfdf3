"""Pictures in git: plots, digits, and samples of nets; of photographs that nets were trained on or
judged by, none.
"""

import io
import subprocess

import numpy as np
import pytest
from PIL import Image
from reference import REFERENCE, needs
from running import ROOT

from acgan.data.sources import npz

STEPS = (1_000, 5_000, 10_000, 25_000)
SHEETS = [ROOT / f"docs/results_cifar10/after_{step:05d}_steps.webp" for step in STEPS]
TILE, GAP = 32, 1  # of these sheets, in pixels
NEAR = 12.0  # levels, root mean square: a photograph in WebP is within 7 of itself
OTHERS = {  # what each of the others shows
    "docs/own_pictures.png": "digits",
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
    """As the sheets are written, mirrored."""
    image = photographs[0][54_321].reshape(TILE, TILE, 3).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(image[:, ::-1]).save(file, "WEBP", quality=90, method=6)
    with Image.open(file) as picture:
        assert to_the_nearest(tiles(picture), photographs).max() < NEAR / 2
