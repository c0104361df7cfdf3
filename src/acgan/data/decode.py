"""From the bytes of an image file to the centre square at the sides of the models.

JPEG files are decoded at half, a quarter or an eighth of their size where that still covers the
largest side: the decoder then computes fewer frequencies, and pixels stay within a few levels of a
full decode (docs/benchmarks.md has the distance and the speed).
"""

import io
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import simplejpeg
import torch
from PIL import Image, ImageOps, UnidentifiedImageError

from acgan.io.images import resized

# Not all that Pillow knows: it would start Ghostscript on a PostScript file, whatever its name.
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "PPM")
TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")  # how one begins
BITS, PHOTOMETRIC, SAMPLE_FORMAT = 258, 262, 339  # TIFF's tags
WHITE_IS_ZERO, SIGNED = 0, 2  # and values of the last two
MOST_PIXELS = 100_000_000  # ImageNet's largest photograph has 61 million; 50,000 x 50,000 is a bomb


class Unreadable(Exception):
    """An image that cannot be decoded; the text is the reason."""


def squares(
    content: bytes,
    sides: Sequence[int],
    resize: str = "bilinear",
    *,
    upright: bool = False,
    reduced: bool = True,
) -> list[np.ndarray]:
    """The largest centre square of an image file, uint8 (side, side, 3) at each of `sides`.

    All sides come from one decode. Grey, CMYK, LAB and palette images become RGB; transparency is
    laid on white, 16 bits are brought to 8. `upright` obeys EXIF's orientation, which ImageNet's
    decoders do not; `reduced: False` decodes JPEG in full.

    Raises Unreadable for what is no image, truncated, or of more than MOST_PIXELS pixels, and for
    numbers of which the file does not say which is white: floats, signed ones, more than 16 bits.
    """
    pixels = colour_jpeg(content, max(sides)) if reduced and not upright else None
    if pixels is None:
        pixels = by_pillow(content, sides, upright, reduced)
    left, top, right, bottom = centre_square(*pixels.shape[1::-1])
    square = np.ascontiguousarray(pixels[top:bottom, left:right])
    return [at_side(square, side, resize) for side in sides]


def refuse_large(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise Unreadable(f"{width} x {height} pixels, more than {MOST_PIXELS:,}")


def colour_jpeg(content: bytes, side: int) -> np.ndarray | None:
    """The pixels that Pillow gives of an ordinary colour JPEG, reduced where that still covers
    `side`, a fifth sooner; None for any other file, and for one with any flaw: Pillow judges it.
    """
    try:
        height, width, colours, _ = simplejpeg.decode_jpeg_header(content)
        if colours != "YCbCr":
            return None
        refuse_large(width, height)
        fraction = next(f for f in (8, 4, 2, 1) if f == 1 or min(width, height) // side >= f)
        least = {"min_height": -(-height // fraction), "min_width": -(-width // fraction)}
        return simplejpeg.decode_jpeg(
            content, "RGB", **(least if fraction > 1 else {}), min_factor=1
        )
    except ValueError:
        return None


def by_pillow(content: bytes, sides: Sequence[int], upright: bool, reduced: bool) -> np.ndarray:
    """The pixels of any image, uint8 (height, width, 3). Raises Unreadable."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Pillow, about size and EXIF: judged here
            file = Image.open(io.BytesIO(content), formats=FORMATS)
            refuse_large(*file.size)
            if reduced:
                file.draft(None, (max(sides), max(sides)))
            image = as_rgb(file, upright)
    except Unreadable:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        unknown = "a TIFF of pixels unknown to Pillow" if content[:4] in TIFF else "no image"
        reason = unknown if isinstance(error, UnidentifiedImageError) else str(error)
        raise Unreadable(reason) from error
    # Pillow's plugins raise whatever a damaged file leads them into.
    except (
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        TypeError,
        KeyError,
        IndexError,
        OverflowError,
        MemoryError,
        RuntimeError,
        ZeroDivisionError,
    ) as error:
        raise Unreadable(str(error) or type(error).__name__) from error
    except Exception as error:
        if type(error).__module__ not in ("struct", "zlib"):
            raise
        raise Unreadable(str(error)) from error
    return np.array(image)


def at_side(square: np.ndarray, side: int, resize: str) -> np.ndarray:
    """A square uint8 image (n, n, 3) at another side."""
    if len(square) == side:
        return square
    # reshape, not [None]: only with these strides does torch see channels last, and is twice as
    # fast
    pixels = torch.from_numpy(square.reshape(1, *square.shape)).permute(0, 3, 1, 2)
    return resized(pixels, side, resize).permute(0, 2, 3, 1)[0].numpy()


def as_rgb(image: Image.Image, upright: bool) -> Image.Image:
    """Decoded, in RGB, turned upright if asked."""
    image.load()
    tags = getattr(image, "tag_v2", {})  # of a TIFF
    refuse_numbers(image.mode, tags)
    if upright and image.getexif().get(0x0112, 1) != 1:
        image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):  # 16 bits of grey; convert would clip
        image = Image.fromarray(eight_bits(np.asarray(image), tags, image.info))
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image if image.mode == "RGB" else image.convert("RGB")


def refuse_numbers(mode: str, tags: Mapping[int, Any]) -> None:
    """Raise Unreadable for pixels that are floats or, in a TIFF, signed bytes."""
    if mode == "F":
        raise Unreadable("pixels are floats")
    if mode != "I" and SIGNED in np.atleast_1d(tags.get(SAMPLE_FORMAT, 1)):
        raise Unreadable("pixels are signed numbers")


def eight_bits(grey: np.ndarray, tags: Mapping[int, Any], info: Mapping[Any, Any]) -> np.ndarray:
    """Grey pixels of 16 bits, or of 12 as TIFFs of scanners have them, as uint8.

    A transparent one is white. Raises Unreadable for numbers beyond 16 bits, and where one
    level would be left.
    """
    bits = 12 if 12 in np.atleast_1d(tags.get(BITS, 16)) else 16
    least, most = int(grey.min()), int(grey.max())
    if least < 0 or most >= 1 << 16:
        raise Unreadable(
            f"pixels are whole numbers from {least:,} to {most:,}, not of 8 or 16 bits"
        )
    if 0 < most < 1 << (bits - 8):
        raise Unreadable(
            f"pixels of {bits} bits that end at {most} of {(1 << bits) - 1:,}: all would look alike"
        )
    small = (grey >> (bits - 8)).clip(0, 255).astype(np.uint8)
    if tags.get(PHOTOMETRIC) == WHITE_IS_ZERO:  # of 8 bits Pillow sees to it
        small = 255 - small
    small[grey == info.get("transparency", -1)] = 255
    return small


def centre_square(width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the largest centre square."""
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    return left, top, left + side, top + side
