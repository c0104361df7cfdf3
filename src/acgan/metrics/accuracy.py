"""Accuracy by resolution (section 4.1, Figure 2): shrink an image, enlarge it back, ask the
judge what it shows.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F


def at_resolution(images: Tensor, side: int) -> Tensor:
    """uint8 (N, 3, H, H) shrunk bilinearly to `side` and enlarged bilinearly back to H, as Figure 2
    does it.

    A side above H is pure enlargement (the paper's sanity check that more pixels add nothing).
    Shrinking takes the plain two-tap bilinear interpolation of the paper's time, without
    antialiasing.
    """
    own = images.shape[-1]
    if side == own:
        return images
    resized = F.interpolate(images.float(), (side, side), mode="bilinear", align_corners=False)
    if side < own:
        resized = F.interpolate(resized, (own, own), mode="bilinear", align_corners=False)
    return resized.round().clamp(0, 255).to(torch.uint8)


def resized_there_and_back(image: np.ndarray, side: int) -> np.ndarray:
    """One uint8 (H, H, 3) image as it looks at resolution `side`, at its own size: a tile of
    Figure 2.
    """
    tensor = torch.from_numpy(np.array(image)).permute(2, 0, 1)[None]
    own = tensor.shape[-1]
    return at_resolution(tensor, min(side, own))[0].permute(1, 2, 0).numpy()


def right_answers(
    images: Tensor,
    output: int,
    side: int,
    probabilities: Callable[[Tensor], Tensor],
    batch: int = 500,
) -> np.ndarray:
    """bool (N,): whether the judge's first answer is `output` for each image seen at resolution
    `side`.
    """
    answers = [
        probabilities(at_resolution(part, side)).argmax(1).cpu() for part in images.split(batch)
    ]
    return (torch.cat(answers) == output).numpy()


def subset_means(values: np.ndarray, subsets: int) -> np.ndarray:
    """Means (subsets,) over consecutive, equal parts.

    Samples are independent, so consecutive parts are random ones.
    """
    usable = len(values) // subsets * subsets
    return values[:usable].reshape(subsets, -1).mean(1)
