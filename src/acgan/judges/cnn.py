"""A small convolutional classifier that is trained here: the net, its augmentation, its training.

The kinds `digits_cnn` and `trained_cnn` are two shapes of it. Blocks of a 3x3 convolution, batch
norm, ReLU and a pooling that halves the image; dropout; one linear layer. Its features are the
means of its last maps.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from acgan.data import packed
from acgan.io.files import replacing
from acgan.io.rng import derive_seed, torch_rng
from acgan.judges.base import Judge, batch_for, in_batches
from acgan.judges.kind import Settings

if TYPE_CHECKING:  # torch takes seconds to load: each function does so for itself
    import torch
    from torch import Tensor, nn

LAYERS = 4  # of a block
DROPOUT = 0.3
CLASSES = "class_ids"  # in the metadata of a weight file


class Shape(NamedTuple):
    """What a net reads, and its feature maps block by block."""

    side: int
    channels: int  # 1: the mean of the colours
    maps: tuple[int, ...]


class Augmentation(NamedTuple):
    """The largest random change of a training image, each image on its own."""

    rotate: float  # degrees
    zoom: float  # share
    shift: float  # share of the side
    flip: bool  # mirrored left to right, half of the images


def build(shape: Shape, classes: int) -> nn.Sequential:
    """(N, channels, side, side) in [0, 1] -> logits (N, classes)."""
    from torch import nn

    layers: list[nn.Module] = []
    for inputs, outputs in zip((shape.channels, *shape.maps), shape.maps, strict=False):
        layers += [
            nn.Conv2d(inputs, outputs, 3, padding=1),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
            nn.MaxPool2d(2),
        ]
    last = shape.maps[-1] * (shape.side >> len(shape.maps)) ** 2
    return nn.Sequential(*layers, nn.Flatten(), nn.Dropout(DROPOUT), nn.Linear(last, classes))


def preprocess(images: Tensor, shape: Shape) -> Tensor:
    """uint8 (N, 3, H, W) -> (N, channels, side, side) in [0, 1].

    Other sides are resized bilinearly (antialiased).
    """
    from torch.nn import functional as F

    x = images.float()
    x = (x.mean(1, keepdim=True) if shape.channels == 1 else x) / 255
    if x.shape[-1] != shape.side:
        x = F.interpolate(x, (shape.side, shape.side), mode="bilinear", antialias=True)
    return x


def augment(x: Tensor, how: Augmentation, rng: torch.Generator) -> Tensor:
    """Rotate, scale, shift and mirror each image on its own."""
    import torch
    from torch.nn import functional as F

    angle, scale, dx, dy = (torch.rand(4, len(x), generator=rng) * 2 - 1).unbind()
    angle, scale = angle * math.radians(how.rotate), 1 + how.zoom * scale
    shift = 2 * how.shift  # of a side that goes from -1 to 1
    theta = torch.stack(
        [
            scale * angle.cos(),
            -scale * angle.sin(),
            shift * dx,
            scale * angle.sin(),
            scale * angle.cos(),
            shift * dy,
        ],
        1,
    ).view(-1, 2, 3)
    if how.flip:
        mirrored = torch.rand(len(x), generator=rng) < 0.5
        theta[mirrored, :, 0] *= -1
    return F.grid_sample(
        x, F.affine_grid(theta, list(x.shape), align_corners=False), align_corners=False
    )


def load_split(folder: Path) -> tuple[Tensor, Tensor, list[str]]:
    """uint8 (N, 3, side, side), labels (N,), and the class ids that they count."""
    import torch

    index = packed.read_index(folder)
    images = [torch.from_numpy(np.array(packed.load_class(folder, entry))) for entry in index]
    labels = [torch.full((len(i),), label) for label, i in enumerate(images)]
    ids = [entry.id for entry in index]
    return torch.cat(images).permute(0, 3, 1, 2), torch.cat(labels), ids


def fit(
    shape: Shape, how: Augmentation, batch: int, settings: Settings, seed: int, data: Path
) -> tuple[dict[str, Tensor], list[str]]:
    """Train on a packed folder; the weights, and the class ids of the outputs."""
    import torch
    from torch import nn
    from torch.nn import functional as F

    torch.set_num_threads(settings["threads"])
    images, labels, ids = load_split(data)
    torch.manual_seed(derive_seed(seed, "judge_build"))  # biases keep the library's initial values
    net = build(shape, len(ids))
    with torch.no_grad():
        for parameter in net.parameters():
            if parameter.ndim > 1:
                nn.init.kaiming_normal_(
                    parameter, generator=torch_rng(seed, "judge_init", parameter.numel())
                )
            elif parameter.ndim == 1 and parameter is net[-1].bias:
                parameter.zero_()
    # on a CPU, 1.8 times as fast
    net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    epochs = settings["epochs"]
    optimiser = torch.optim.Adam(net.parameters(), fused=True)
    steps = epochs * math.ceil(len(images) / batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, settings["learning_rate"], total_steps=steps
    )
    for epoch in range(epochs):
        rng = torch_rng(seed, "judge_epoch", epoch)
        torch.manual_seed(rng.initial_seed())  # nn.Dropout draws from the global generator
        losses = []
        for chosen in torch.randperm(len(images), generator=rng).split(batch):
            x = augment(preprocess(images[chosen], shape), how, rng)
            loss = F.cross_entropy(net(x), labels[chosen])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        print(f"epoch {epoch + 1}/{epochs}  loss {sum(losses) / len(losses):.3f}", flush=True)
    return {k: v.contiguous() for k, v in net.state_dict().items()}, ids


def write(weights: Path, state: dict[str, Tensor], ids: list[str] | None = None) -> None:
    """A weight file, which names the classes of a judge that learnt them from its data."""
    from safetensors.torch import save

    metadata = None if ids is None else {CLASSES: json.dumps(ids)}
    with replacing(weights) as temporary:
        temporary.write_bytes(save(state, metadata))


def class_ids_in(weights: Path) -> list[str]:
    """The class ids that a judge was trained on, from its weight file."""
    from safetensors import safe_open

    with safe_open(weights, "pt") as file:
        return json.loads(file.metadata()[CLASSES])


def load(name: str, kind: str, shape: Shape, ids: list[str], weights: Path, device: str) -> Judge:
    """The trained judge. Raises UserError for a damaged file."""
    import torch

    from acgan.judges.state import fill, load_state

    net = build(shape, len(ids))
    fill(net, load_state(weights), weights, kind)
    net = net.eval().requires_grad_(False).to(device)
    net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    last_maps = LAYERS * len(shape.maps)

    def features(images: Tensor) -> Tensor:
        return net[:last_maps](preprocess(images, shape).to(device)).mean((2, 3))

    def probabilities(images: Tensor) -> Tensor:
        return net(preprocess(images, shape).to(device)).softmax(1)

    def logits(images: Tensor) -> Tensor:
        return net(preprocess(images, shape))

    batch = batch_for(device, cpu=max(16, 500 * 32**2 // shape.side**2))
    asked = in_batches(probabilities, batch), in_batches(features, batch)
    return Judge(name, kind, ids, *asked, logits)
