"""MS-SSIM against the reference's values, an independent float64 version, and pytorch-msssim."""

import io
import json

import numpy as np
import pytest
import torch
from PIL import Image
from reference import REFERENCE, needs
from running import ROOT
from scipy import ndimage

from acgan.metrics import ms_ssim as module
from acgan.metrics.ms_ssim import ms_ssim, pairwise_ms_ssim
from acgan.metrics.neighbours import COARSE_SCALES, SLACK

SYNTHETIC = json.loads((ROOT / "tests/stored/ms_ssim_synthetic.json").read_text())


def synthetic_pair(seed: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 256, (size, size, 3)).astype("uint8")
    return x, np.clip(x.astype(int) + rng.integers(-40, 41, (size, size, 3)), 0, 255).astype(
        "uint8"
    )


def tensor(image: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(image).permute(2, 0, 1)[None]


@pytest.mark.parametrize(
    "case", SYNTHETIC["synthetic"], ids=lambda c: f"{c['size']}-{c['rng_seed']}"
)
def test_reference_values(case):
    x, y = synthetic_pair(case["rng_seed"], case["size"])
    assert ms_ssim(tensor(x), tensor(y)).item() == pytest.approx(case["ms_ssim"], abs=2e-5)


@needs("oracles/ms_ssim.json", "data/imagenette128_val.npz")
@pytest.mark.parametrize("side", [128, 64, 32])
def test_reference_values_on_photographs(side):
    pairs = json.loads((REFERENCE / "oracles/ms_ssim.json").read_text())["pairs"]
    archive = np.load(REFERENCE / "data/imagenette128_val.npz", allow_pickle=False)
    data, offsets = archive["data"], archive["offsets"]

    def image(i: int) -> np.ndarray:
        encoded = io.BytesIO(data[offsets[i] : offsets[i + 1]].tobytes())
        full = np.asarray(Image.open(encoded).convert("RGB")).astype(float)
        factor = 128 // side
        return np.rint(full.reshape(side, factor, side, factor, 3).mean((1, 3))).astype("uint8")

    a, b = (torch.cat([tensor(image(p[k])) for p in pairs]) for k in "ab")
    wanted = torch.tensor([p[f"ms_ssim_{side}"] for p in pairs])
    assert (ms_ssim(a, b) - wanted).abs().max() < 2e-5
    found = torch.zeros(200, 200)
    found[tuple(torch.triu_indices(200, 200, 1))] = pairwise_ms_ssim(torch.cat([a, b]))
    assert (found.diagonal(100) - wanted).abs().max() < 2e-5


def ms_ssim_in_float64(x: np.ndarray, y: np.ndarray) -> float:
    """The definition written down plainly: window sums over positions, scipy's reflecting 2x2
    mean between scales.
    """
    x, y = x.astype(np.float64), y.astype(np.float64)
    weights, value = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333], 1.0
    for scale, weight in enumerate(weights):
        height, width = x.shape[:2]
        windows = []
        for side in (height, width):
            taps = min(11, side)
            offsets = np.arange(taps) - (taps - 1) / 2
            gauss = np.exp(-(offsets**2) / (2 * (1.5 * taps / 11) ** 2))
            windows.append(gauss / gauss.sum())
        kernel = np.outer(*windows)
        kh, kw = kernel.shape

        def mean(z, kernel=kernel, kh=kh, kw=kw):
            views = np.lib.stride_tricks.sliding_window_view(z, (kh, kw), (0, 1))
            return (views * kernel).sum((-2, -1))

        mx, my = mean(x), mean(y)
        vx, vy, cov = mean(x * x) - mx**2, mean(y * y) - my**2, mean(x * y) - mx * my
        term = (2 * cov + 58.5225) / (vx + vy + 58.5225)
        if scale == 4:
            term = term * (2 * mx * my + 6.5025) / (mx**2 + my**2 + 6.5025)
        value *= max(term.mean(), 0.0) ** weight
        box = np.ones((2, 2, 1)) / 4
        x, y = (ndimage.convolve(z, box, mode="reflect")[::2, ::2] for z in (x, y))
    return value


@pytest.mark.parametrize("shape", [(16, 16), (17, 17), (31, 45), (32, 32), (100, 57)])
def test_any_side_and_odd_sides_follow_the_definition(shape):
    rng = np.random.default_rng(3)
    x = rng.integers(0, 256, (*shape, 3)).astype(np.uint8)
    x = ndimage.uniform_filter(x, (5, 5, 1))
    y = np.clip(x.astype(int) + rng.integers(-30, 31, x.shape), 0, 255).astype(np.uint8)
    assert ms_ssim(tensor(x), tensor(y)).item() == pytest.approx(ms_ssim_in_float64(x, y), abs=2e-5)


def test_equals_pytorch_msssim_above_its_smallest_side():
    pytorch_msssim = pytest.importorskip("pytorch_msssim", reason="pytorch-msssim is not installed")
    rng = np.random.default_rng(4)
    grey = ndimage.uniform_filter(rng.integers(0, 256, (4, 192, 192)), (0, 7, 7))
    a = torch.from_numpy(grey).float()[:, None].expand(-1, 3, -1, -1).contiguous()
    b = (a + 20 * torch.randn(4, 1, 192, 192, generator=torch.Generator().manual_seed(0))).clamp(
        0, 255
    )
    theirs = pytorch_msssim.ms_ssim(a, b, data_range=255, size_average=False)
    assert (ms_ssim(a, b) - theirs).abs().max() < 1e-5


def test_bounds_symmetry_and_independence_of_the_batch():
    rng = torch.Generator().manual_seed(0)
    a = torch.randint(0, 256, (5, 3, 32, 32), generator=rng, dtype=torch.uint8)
    b = torch.randint(0, 256, (5, 3, 32, 32), generator=rng, dtype=torch.uint8)
    assert ms_ssim(a, a) == pytest.approx(1, abs=1e-6)
    assert torch.allclose(ms_ssim(a, b), ms_ssim(b, a), atol=1e-7)
    one_by_one = torch.cat([ms_ssim(a[i : i + 1], b[i : i + 1]) for i in range(5)])
    assert torch.allclose(ms_ssim(a, b), one_by_one, atol=1e-6)


def test_too_small_or_unequal_images_are_refused():
    with pytest.raises(ValueError, match="16"):
        ms_ssim(torch.zeros(1, 3, 15, 15), torch.zeros(1, 3, 15, 15))
    with pytest.raises(ValueError, match="equal"):
        ms_ssim(torch.zeros(1, 3, 32, 32), torch.zeros(2, 3, 32, 32))


def photographs(n: int, shape: tuple[int, int], seed: int = 0) -> torch.Tensor:
    """Smooth colour images that are alike enough for MS-SSIM above 0, (n, 3, *shape) uint8."""
    rng = np.random.default_rng(seed)
    common = rng.integers(0, 256, (1, 3, *shape))
    images = ndimage.uniform_filter(
        common + rng.integers(-200, 200, (n, 3, *shape)), (0, 0, 5, 5)
    ) + rng.normal(0, 4, (n, 3, *shape))
    return torch.from_numpy(np.clip(images, 0, 255).astype(np.uint8))


@pytest.mark.parametrize("shape", [(16, 16), (17, 31), (32, 32), (64, 48)])
def test_all_pairs_equal_listed_pairs_and_the_definition_in_order(shape):
    images = photographs(7, shape)
    i, j = torch.triu_indices(7, 7, 1)
    found = pairwise_ms_ssim(images)
    assert found.shape == (21,) and found.max() > 0.1
    assert (found - ms_ssim(images[i], images[j])).abs().max() < 1e-5
    arrays = [x.permute(1, 2, 0).numpy() for x in images]
    wanted = [ms_ssim_in_float64(arrays[a], arrays[b]) for a, b in zip(i, j, strict=True)]
    assert found.numpy() == pytest.approx(wanted, abs=2e-6)


def test_all_pairs_do_not_depend_on_blocks_chunks_or_type(monkeypatch):
    images = photographs(11, (32, 32))
    whole = pairwise_ms_ssim(images)
    for block in (1, 3, 4, 10):
        assert (pairwise_ms_ssim(images, block) - whole).abs().max() < 1e-6
    assert torch.equal(pairwise_ms_ssim(images.float()), whole)
    for chunk in (3_000, 40_000):
        monkeypatch.setitem(module.CHUNK, "cpu", chunk)
        assert (pairwise_ms_ssim(images) - whole).abs().max() < 1e-6
    listed = ms_ssim(images[:-1], images[1:])
    for batch in (1, 3, 100):
        assert (ms_ssim(images[:-1], images[1:], batch) - listed).abs().max() < 1e-6


def test_no_or_one_image_has_no_pairs_and_equal_images_are_1():
    images = photographs(3, (16, 16))
    assert pairwise_ms_ssim(images[:0]).shape == pairwise_ms_ssim(images[:1]).shape == (0,)
    assert ms_ssim(images[:0], images[:0]).shape == (0,)
    assert pairwise_ms_ssim(images[[0, 0]]).item() == pytest.approx(1, abs=1e-6)
    with pytest.raises(ValueError, match="16"):
        pairwise_ms_ssim(torch.zeros(2, 3, 15, 15))


@pytest.mark.parametrize("level", [0, 20, 234, 255])
@pytest.mark.parametrize("side", [16, 128])
def test_flat_images_are_as_exact_as_others(side, level):
    """Black ones too, which a collapsed model may make; what bounds MS-SSIM may not be below it."""
    flat = torch.full((2, 3, side, side), level, dtype=torch.uint8)
    assert pairwise_ms_ssim(flat).item() == pytest.approx(1, abs=1e-6)
    listed = ms_ssim(flat[:1], flat[1:]).item()
    assert listed == pytest.approx(1, abs=2e-5)
    coarse = module.pyramid(flat, COARSE_SCALES)
    assert module.cross_product(coarse, coarse).min().item() * (1 + SLACK) >= listed


def test_coarse_scales_bound_all_five():
    images = photographs(9, (32, 32))
    whole, coarse = (
        module.cross_product(module.pyramid(images, n), module.pyramid(images, n)) for n in (5, 3)
    )
    assert (whole <= coarse + 1e-6).all() and (whole < 0.9 * coarse).any()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_the_device_matters_less_than_1e_5():
    images = photographs(20, (128, 128))
    assert (pairwise_ms_ssim(images.cuda()).cpu() - pairwise_ms_ssim(images)).abs().max() < 1e-5
    a, b = images[:10], images[10:]
    assert (ms_ssim(a.cuda(), b.cuda()).cpu() - ms_ssim(a, b)).abs().max() < 1e-5
