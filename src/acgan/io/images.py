"""Resizing as Pillow does it, on uint8 tensors."""

from torch import Tensor
from torch.nn import functional as F


def resized(images: Tensor, side: int, filter: str) -> Tensor:
    """uint8 (N, 3, H, W) -> uint8 (N, 3, side, side) by Pillow's `bilinear` or `bicubic`, enlarging
    or shrinking.

    torch's antialiased uint8 resize rounds after each of its two passes as Pillow does, and is
    about five times faster; they differ by at most two levels, in one value of a hundred (bicubic)
    or of twelve (bilinear): tests/judges/test_judges.py. It exists on the CPU only.
    """
    if images.shape[-2:] == (side, side):
        return images
    return F.interpolate(images.cpu(), (side, side), mode=filter, antialias=True)
