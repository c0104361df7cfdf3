"""The Inception-v3 graph of 2015-12-05, which gives the Inception Score and FID: torch-fidelity's
conversion, with the resize of TensorFlow 1 and its 1008 outputs.

As Salimans et al.'s code does, the class probabilities leave out the last layer's bias
(openai/improved-gan multiplies by the weights alone) and keep all 1008 outputs. Features are the
2048 that this layer reads.
"""

import io
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from acgan.data import imagenet
from acgan.io.errors import UserError
from acgan.judges import Judge, batch_for, in_batches
from acgan.judges.weights import checked, load_state

LAYERS = ["2048", "logits_unbiased"]


def extractor(path: Path) -> Any:
    """torch-fidelity's net with the weights of a file."""
    from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3

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


def load(name: str, settings: dict[str, Any], weights: Path | None, device: str) -> Judge:
    """The judge. Raises UserError when its weight file is missing, or another one."""
    return judge_of(name, extractor(checked(name, settings, weights)), device)


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
