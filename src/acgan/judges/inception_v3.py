"""Torchvision's Inception-v3 (77.3 % top-1 of ImageNet, 1,000 outputs). Not the 2015 graph: its
numbers are no Inception Scores.

Preprocessing: the whole image to 299 x 299 by Pillow's bilinear on uint8, then to [-1, 1], which is
what torchvision's two steps (ImageNet's mean and deviation, then `transform_input`) come to.
"""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from acgan.data import imagenet
from acgan.io.images import resized
from acgan.io.vision import import_torchvision
from acgan.judges import Judge, batch_for, in_batches
from acgan.judges.weights import checked, fill, load_state

SIDE = 299


def preprocess(images: Tensor) -> Tensor:
    """uint8 (N, 3, H, W) -> float32 (N, 3, 299, 299) in [-1, 1]."""
    return resized(images, SIDE, "bilinear").float() / 127.5 - 1


def build() -> nn.Module:
    """The net with random weights."""
    models = import_torchvision().models
    return models.inception_v3(weights=None, init_weights=False, transform_input=False)


def load(name: str, settings: dict[str, Any], weights: Path | None, device: str) -> Judge:
    """The judge. Raises UserError when its weight file is missing, or another one."""
    path = checked(name, settings, weights)
    net = build()
    fill(net, load_state(path), path, "torchvision's inception_v3")
    return judge_of(name, net, device)


def judge_of(name: str, net: Any, device: str) -> Judge:
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
