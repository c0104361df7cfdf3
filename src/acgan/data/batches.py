"""A group's images on the device, and batches of them."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from acgan.data import packed
from acgan.io.errors import UserError


def load_images(folder: Path, class_ids: list[str], side: int) -> tuple[Tensor, Tensor, list[str]]:
    """A group's images, uint8 (N, 3, side, side), labels (N,) within the group, and the sha256
    of each class.
    """
    index = {entry.id: entry for entry in packed.read_index(folder)}
    missing = [c for c in class_ids if c not in index]
    if missing:
        raise UserError(
            f"{folder}/index.csv has no class {', '.join(missing)}; {packed.cure(folder)}"
        )
    arrays = [packed.load_class(folder, index[c]) for c in class_ids]
    if arrays[0].shape[1] != side:
        raise UserError(f"{folder} holds {arrays[0].shape[1]}-pixel images, the model wants {side}")
    labels = np.repeat(np.arange(len(arrays)), [len(a) for a in arrays])
    images = torch.from_numpy(np.concatenate(arrays)).permute(0, 3, 1, 2)
    return images, torch.from_numpy(labels), [index[c].sha256 for c in class_ids]


def real_batch(
    images: Tensor,
    labels: Tensor,
    count: int,
    flip: bool,
    rng: torch.Generator,
    dtype: torch.dtype = torch.float32,
) -> tuple[Tensor, Tensor]:
    """Images in [-1, 1] with labels: drawn with replacement, gathered, flipped and normalised on
    the device.
    """
    chosen = torch.randint(len(images), (count,), generator=rng, device=rng.device)
    batch = images[chosen].to(dtype).div_(127.5).sub_(1)
    if flip:
        mirrored = torch.rand(count, generator=rng, device=rng.device) < 0.5
        batch = torch.where(mirrored[:, None, None, None], batch.flip(3), batch)
    return batch.contiguous(memory_format=torch.channels_last), labels[chosen]
