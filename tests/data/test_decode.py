"""Decoding: the centre square at each side, ImageNet's oddities, and how near a reduced decode
comes.
"""

import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from archives import encoded, picture
from PIL import Image

from acgan.data import decode
from acgan.data.decode import Unreadable, squares


def one(content: bytes, side: int = 32, **options) -> np.ndarray:
    return squares(content, [side], **options)[0]


def difference(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.abs(a.astype(int) - b.astype(int))


def reference(image: Image.Image, side: int, filter=Image.Resampling.BILINEAR) -> np.ndarray:
    """Crop and resize by Pillow, from all pixels."""
    short = min(image.size)
    left, top = ((n - short) // 2 for n in image.size)
    square = image.convert("RGB").crop((left, top, left + short, top + short))
    return np.asarray(square.resize((side, side), filter))


@pytest.mark.parametrize("size", [(50, 38), (38, 50), (64, 64), (33, 97)])
@pytest.mark.parametrize("resize", ["bilinear", "bicubic"])
def test_it_is_pillows_crop_and_resize(size, resize):
    image = picture(0, *size)
    filter = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}[resize]
    for side, found in zip((32, 16), squares(encoded(image, "PNG"), (32, 16), resize), strict=True):
        assert found.shape == (side, side, 3) and found.dtype == np.uint8
        assert difference(found, reference(image, side, filter)).max() <= 2


def test_both_sides_are_what_each_is_alone_from_the_same_decode():
    content = encoded(picture(1, 500, 375))
    large, small = squares(content, (128, 64))
    assert np.array_equal(large, one(content, 128))
    assert difference(small, one(content, 64)).mean() < 2  # alone it may be decoded at a quarter


def test_a_reduced_decode_stays_near_the_full_one():
    """Natural pictures: mean below 1.5 levels, 99 of 100 values within 8."""
    found = []
    for seed in range(4):
        content = encoded(picture(seed, 500, 375))
        found.append(difference(one(content, 128), one(content, 128, reduced=False)))
    assert 0 < np.mean(found) < 1.5  # 0: nothing was reduced
    assert np.percentile(found, 99) <= 8


def test_a_small_jpeg_is_not_reduced_below_its_side():
    content = encoded(picture(2, 200, 150))
    assert np.array_equal(one(content, 128), one(content, 128, reduced=False))


def test_cmyk_grey_and_a_png_named_jpeg():
    image = picture(3)
    grey = one(encoded(image.convert("L")))
    assert np.array_equal(grey[..., 0], grey[..., 2]) and grey.std() > 5
    cmyk = one(encoded(image.convert("CMYK")))
    assert difference(cmyk, reference(image, 32)).mean() < 4
    assert difference(one(encoded(image, "PNG")), reference(image, 32)).max() <= 2


def test_16_bits_of_grey_and_transparency():
    ramp = (np.arange(64 * 64).reshape(64, 64) * 16).astype(np.uint16)
    deep = one(encoded(Image.fromarray(ramp), "PNG"))
    assert difference(deep, reference(Image.fromarray((ramp >> 8).astype(np.uint8)), 32)).max() <= 2
    clear = Image.new("RGBA", (40, 40), (200, 0, 0, 0))
    assert one(encoded(clear, "PNG")).min() == 255  # what is behind the glass is white
    palette = clear.convert("P", palette=Image.Palette.ADAPTIVE)
    assert one(encoded(palette, "PNG", transparency=0)).min() == 255


def tiff(pixels: np.ndarray, bits: int, sample_format: int = 1, photometric: int = 1) -> bytes:
    """A grey TIFF in one strip; a row of 12-bit pixels is packed."""
    kinds = {3: "H", 4: "I"}
    tags = {
        256: pixels.shape[1],
        257: pixels.shape[0],
        258: bits,
        259: 1,
        262: photometric,
        273: 8 + 2 + 10 * 12 + 4,
        277: 1,
        278: pixels.shape[0],
        279: pixels.nbytes,
        339: sample_format,
    }
    if bits == 12:
        pairs = pixels.reshape(-1, 2).astype(int)
        packed = np.stack(
            [pairs[:, 0] >> 4, (pairs[:, 0] & 15) << 4 | pairs[:, 1] >> 8, pairs[:, 1] & 255], 1
        )
        pixels = packed.astype(np.uint8)
        tags[279] = pixels.nbytes
    entries = b""
    for tag, value in tags.items():
        kind = 4 if tag in (273, 279) else 3
        entries += struct.pack(f"<HHI{kinds[kind]}", tag, kind, 1, value).ljust(12, b"\0")
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4) + pixels.tobytes()


RAMP = np.linspace(0, 1, 64 * 64).reshape(64, 64)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (encoded(Image.fromarray(RAMP.astype(np.float32)), "TIFF"), "pixels are floats"),
        (encoded(Image.fromarray(255 * RAMP.astype(np.float32)), "TIFF"), "pixels are floats"),
        (b"Pf 64 64 -1.0\n" + RAMP.astype("<f4").tobytes(), "pixels are floats"),
        (tiff(RAMP.astype("<f8"), 64, 3), "a TIFF of pixels unknown to Pillow"),
        (tiff((100 * RAMP).astype("i1"), 8, 2), "pixels are signed numbers"),
        (tiff((65535 * (RAMP - 0.5)).astype("<i2"), 16, 2), "whole numbers from -32,767 to 32,767"),
        (tiff((2**32 * 0.9 * RAMP).astype("<u4"), 32), "not of 8 or 16 bits"),
        (
            encoded(Image.fromarray((2**31 * 0.9 * RAMP).astype(np.int32)), "TIFF"),
            "not of 8 or 16 bits",
        ),
        (
            encoded(Image.fromarray((200 * RAMP).astype(np.int32)), "TIFF"),
            "16 bits that end at 200",
        ),
        (
            encoded(Image.fromarray((200 * RAMP).astype(np.uint16)), "PNG"),
            "16 bits that end at 200",
        ),
    ],
)
def test_numbers_that_are_no_levels_are_no_black_picture(content, reason):
    with pytest.raises(Unreadable, match=reason):
        one(content)


@pytest.mark.parametrize(
    "content",
    [
        tiff((4095 * RAMP).astype(np.uint16), 12),
        tiff((65535 * RAMP).astype("<u2"), 16),
        tiff((65535 * (1 - RAMP)).astype("<u2"), 16, photometric=0),  # white is 0
        tiff((255 * (1 - RAMP)).astype("u1"), 8, photometric=0),
        encoded(Image.fromarray((65535 * RAMP).astype(np.int32)), "TIFF"),
        b"P5 64 64 1023\n" + (1023 * RAMP).astype(">u2").tobytes(),
        *(
            encoded(Image.fromarray((255 * RAMP).astype(np.uint8)).convert(mode), "TIFF")
            for mode in ("LA", "RGBA", "CMYK", "YCbCr")
        ),
        encoded(
            Image.fromarray(np.stack([(255 * RAMP).astype(np.uint8)] * 3, -1)).convert("P"), "GIF"
        ),
    ],
)
def test_every_mode_of_a_ramp_from_black_to_white_is_that_ramp(content):
    wanted = reference(Image.fromarray((255 * RAMP).astype(np.uint8)), 32)
    found = one(content)
    assert difference(found, wanted).mean() < 12 and found.min() < 20 and found.max() > 235


def test_black_of_16_bits_is_black_and_a_transparent_grey_is_white():
    black = encoded(Image.fromarray(np.zeros((40, 40), np.uint16)), "PNG")
    assert one(black).max() == 0
    chunk = b"tRNS\0\0"
    key = struct.pack(">I", 2) + chunk + struct.pack(">I", zlib.crc32(chunk))
    at = black.index(b"IDAT") - 4
    assert one(black[:at] + key + black[at:]).min() == 255


def test_exifs_orientation_is_obeyed_only_where_asked():
    image, exif = picture(4, 60, 60), Image.Exif()
    exif[0x0112] = 6  # the camera was held sideways
    content = encoded(image, exif=exif)
    lying, upright = one(content), one(content, upright=True)
    assert difference(lying, reference(image, 32)).mean() < 3
    assert difference(upright, reference(image.rotate(-90), 32)).mean() < 3
    broken = content.replace(b"Exif\0\0MM", b"Exif\0\0XX").replace(b"Exif\0\0II", b"Exif\0\0XX")
    assert broken != content and np.array_equal(one(broken, upright=True), lying)


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (2000, 1), (1, 3000), (4000, 7)])
def test_tiny_and_very_elongated_images(size):
    found = one(
        encoded(picture(5, *size) if min(size) > 4 else Image.new("RGB", size, (9, 99, 199)))
    )
    assert found.shape == (32, 32, 3)
    if min(size) < 4:
        assert difference(found[16, 16], np.array([9, 99, 199])).max() < 6


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "TIFF"])
def test_truncated_files_are_unreadable(form):
    content = encoded(picture(6, 200, 160), form)
    one(content)
    for share in (0.1, 0.5, 0.9):
        with pytest.raises(Unreadable):
            one(content[: int(len(content) * share)])


def test_any_damage_is_a_picture_or_unreadable():
    rng = np.random.default_rng(0)
    for form in ("JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP"):
        content = np.frombuffer(encoded(picture(7), form), np.uint8)
        for _ in range(60):
            damaged = content.copy()
            where = rng.integers(len(damaged), size=rng.integers(1, 30))
            damaged[where] = rng.integers(0, 256, len(where))
            try:
                assert one(damaged.tobytes()).shape == (32, 32, 3)
            except Unreadable as error:
                assert str(error)


def test_a_postscript_file_starts_no_interpreter(monkeypatch, tmp_path):
    (tmp_path / "gs").write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    (tmp_path / "gs").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    content = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n%%EndComments\n"
    with pytest.raises(Unreadable, match="no image"):
        one(content)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"<html>no image</html>", bytes(1000)])
def test_what_is_no_image_says_so(content):
    with pytest.raises(Unreadable, match=r"no image|image|truncated"):
        one(content)


def png_bomb(side: int) -> bytes:
    """A valid PNG of side x side black pixels in a few kilobytes per thousand rows."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
        )

    head = side.to_bytes(4, "big") * 2 + bytes([1, 0, 0, 0, 0])
    pack = zlib.compressobj(9)
    row = bytes(1 + side // 8)
    rows = b"".join(pack.compress(row * 100) for _ in range(side // 100)) + pack.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg_bomb(side: int) -> bytes:
    content = bytearray(encoded(Image.new("RGB", (64, 64))))
    at = content.index(b"\xff\xc0") + 5  # height and width in the frame's header
    content[at : at + 4] = side.to_bytes(2, "big") * 2
    return bytes(content)


@pytest.mark.parametrize("content", [png_bomb(50_000), jpeg_bomb(50_000)], ids=["png", "jpeg"])
def test_a_bomb_is_refused_in_bounded_memory(content):
    tracemalloc.start()
    with pytest.raises(Unreadable, match=r"50000 x 50000 pixels|exceeds limit"):
        one(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20e6


def test_pixels_without_a_file_go_the_same_way():
    pixels = np.array(picture(8, 32, 32))
    assert np.array_equal(decode.at_side(pixels, 32, "bilinear"), pixels)
    half = decode.at_side(pixels, 16, "bilinear")
    assert difference(half, reference(Image.fromarray(pixels), 16)).max() <= 2


def test_the_largest_photograph_of_imagenet_is_not_taken_for_a_bomb():
    assert 9331 * 6530 < decode.MOST_PIXELS < 50_000**2


@pytest.mark.parametrize(
    "options", [{}, {"subsampling": 0}, {"subsampling": 1}, {"progressive": True}, {"quality": 30}]
)
@pytest.mark.parametrize("size", [(500, 375), (300, 301), (131, 257), (1200, 900), (90, 70)])
def test_colour_jpegs_get_the_pixels_that_pillow_gives(options, size, monkeypatch):
    content = encoded(picture(9, *size), **options)
    quick = squares(content, (128, 64))
    assert decode.colour_jpeg(content, 128) is not None
    monkeypatch.setattr(decode, "colour_jpeg", lambda *_: None)
    for ours, pillows in zip(quick, squares(content, (128, 64)), strict=True):
        assert np.array_equal(ours, pillows)
