"""Torchvision's Inception-v3 (77.3 % top-1 of ImageNet, 1,000 outputs). Not the 2015 graph: its
numbers are no Inception Scores.

Preprocessing: the whole image to 299 x 299 by Pillow's bilinear on uint8, then to [-1, 1], which is
what torchvision's two steps (ImageNet's mean and deviation, then `transform_input`) come to.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from acgan.data import imagenet
from acgan.judges.base import Judge, batch_for, in_batches
from acgan.judges.kind import Kind, Pinned, Settings, imagenet_ids, imagenets

if TYPE_CHECKING:  # torch takes seconds to load: each function does so for itself
    from torch import Tensor, nn

SIDE = 299


def preprocess(images: Tensor) -> Tensor:
    """uint8 (N, 3, H, W) -> float32 (N, 3, 299, 299) in [-1, 1]."""
    from acgan.io.images import resized

    return resized(images, SIDE, "bilinear").float() / 127.5 - 1


def build() -> nn.Module:
    """The net with random weights."""
    from acgan.io.vision import import_torchvision

    models = import_torchvision().models
    return models.inception_v3(weights=None, init_weights=False, transform_input=False)


def load(name: str, settings: Settings, weights: Path, device: str) -> Judge:
    """The judge. Raises UserError when its weight file holds another net."""
    from acgan.judges.state import fill, load_state

    net = build()
    fill(net, load_state(weights), weights, "torchvision's inception_v3")
    return judge_of(name, net, device)


def judge_of(name: str, net: Any, device: str) -> Judge:
    import torch
    from torch import nn

    net = net.eval().to(device, memory_format=torch.channels_last)
    head, net.fc = net.fc, nn.Identity()

    def features(images: Tensor) -> Tensor:
        return net(preprocess(images).to(device))

    def probabilities(images: Tensor) -> Tensor:
        return head(features(images)).softmax(1)

    batch = batch_for(device, cpu=16)
    return Judge(
        name,
        "inception_v3",
        imagenet.class_ids(),
        in_batches(probabilities, batch),
        in_batches(features, batch),
    )


KIND = Kind(
    about="torchvision's",
    load=load,
    knows=imagenets,
    class_ids=imagenet_ids,
    gflop=11.4,
    pinned=Pinned(
        "https://download.pytorch.org/models/inception_v3_google-0cc3c7bd.pth",
        "0cc3c7bd75056d25e46cba549dc184522069b81e9787eff6df84f397bd52a5ef",
    ),
    inception=True,
)
