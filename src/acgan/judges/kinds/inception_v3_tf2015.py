"""The Inception-v3 graph of 2015-12-05, which gives the Inception Score and FID: torch-fidelity's
conversion, with the resize of TensorFlow 1 and its 1008 outputs.

As Salimans et al.'s code does, the class probabilities leave out the last layer's bias
(openai/improved-gan multiplies by the weights alone) and keep all 1008 outputs. Features are the
2048 that this layer reads.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acgan.data import imagenet
from acgan.io.errors import UserError
from acgan.judges.base import Judge, batch_for, in_batches
from acgan.judges.kind import Kind, Pinned, Settings, imagenet_ids, imagenets

if TYPE_CHECKING:  # torch takes seconds to load: each function does so for itself
    from torch import Tensor

LAYERS = ["2048", "logits_unbiased"]


def extractor(path: Path) -> Any:
    """torch-fidelity's net with the weights of a file."""
    import torch
    from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3

    from acgan.judges.state import load_state

    buffer = io.BytesIO()  # it unpickles what it loads: hand it tensors that were read safely
    torch.save(load_state(path), buffer)
    buffer.seek(0)
    try:
        return FeatureExtractorInceptionV3(
            "inception_v3_tf2015", list(LAYERS), feature_extractor_weights_path=buffer
        )
    except RuntimeError as error:
        reason = " ".join(str(error).split())[:200]
        raise UserError(f"{path} does not hold the 2015 Inception graph: {reason}") from error


def load(name: str, settings: Settings, weights: Path, device: str) -> Judge:
    """The judge. Raises UserError when its weight file holds another net."""
    return judge_of(name, extractor(weights), device)


def judge_of(name: str, net: Any, device: str) -> Judge:
    net = net.to(device)

    def features(images: Tensor) -> Tensor:
        return net(images.to(device))[0]

    def probabilities(images: Tensor) -> Tensor:
        return net(images.to(device))[1].softmax(1)

    batch = batch_for(device, cpu=16)
    return Judge(
        name,
        "inception_v3_tf2015",
        imagenet.inception2015_class_ids(),
        in_batches(probabilities, batch),
        in_batches(features, batch),
    )


KIND = Kind(
    about="the graph of the Inception Score and FID",
    load=load,
    knows=imagenets,
    class_ids=imagenet_ids,
    gflop=11.4,
    pinned=Pinned(
        "https://github.com/toshas/torch-fidelity/releases/download/v0.2.0/weights-inception-2015-12-05-6726825d.pth",
        "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2",
    ),
    inception=True,
    standard="tf2015",
)
