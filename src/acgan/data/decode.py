"""From the bytes of an image file to the centre square at the sides of the models.

JPEG files are decoded at half, a quarter or an eighth of their size where that still covers the
largest side: the decoder then computes fewer frequencies, and pixels stay within a few levels of a
full decode (docs/benchmarks.md has the distance and the speed).
"""

import io
import warnings
from collections.abc import Sequence

import numpy as np
import simplejpeg
import torch
from PIL import Image, ImageOps, UnidentifiedImageError

from acgan.judges.images import resized

# Not all that Pillow knows: it would start Ghostscript on a PostScript file, whatever its name.
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "PPM")
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

    All sides come from one decode. Grey, CMYK and palette images become RGB; transparency is laid
    on white. `upright` obeys EXIF's orientation, which ImageNet's decoders do not; `reduced: False`
    decodes JPEG in full.

    Raises Unreadable for what is no image, truncated, or of more than MOST_PIXELS pixels.
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
        reason = "no image" if isinstance(error, UnidentifiedImageError) else str(error)
        raise Unreadable(reason) from error
    # Pillow's plugins raise whatever a damaged file leads them into.
    except (OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError, IndexError,
            OverflowError, MemoryError, RuntimeError, ZeroDivisionError) as error:  # fmt: skip
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
    # reshape, not [None]: only with these strides does torch see channels last, and is twice as fast
    pixels = torch.from_numpy(square.reshape(1, *square.shape)).permute(0, 3, 1, 2)
    return resized(pixels, side, resize).permute(0, 2, 3, 1)[0].numpy()


def as_rgb(image: Image.Image, upright: bool) -> Image.Image:
    """Decoded, in RGB, turned upright if asked."""
    image.load()
    if upright and image.getexif().get(0x0112, 1) != 1:
        image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I;16") or image.mode == "I":  # 16 bits of grey; convert would clip
        image = Image.fromarray((np.asarray(image, np.uint32) >> 8).clip(0, 255).astype(np.uint8))
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image if image.mode == "RGB" else image.convert("RGB")


def centre_square(width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the largest centre square."""
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    return left, top, left + side, top + side
