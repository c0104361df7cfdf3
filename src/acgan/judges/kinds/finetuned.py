"""A new last layer on the features of EfficientNet-Lite0, which has seen ImageNet: a rule trains it
on any data set, in minutes on a CPU.

    judges:
      own: {kind: finetuned, train: own, test: own_heldout, side: 64, flip: true}

The backbone stays as its package has it (efficientnet_lite0.py); of each class so many training
images are shown to it that all together are at most IMAGES, and with `flip` mirrored too. The layer
is a logistic regression on the standardised features, its weights shrunk by L2 (PENALTY).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from acgan.data import packed
from acgan.io.rng import numpy_rng
from acgan.judges import cnn
from acgan.judges.base import Judge, batch_for, in_batches
from acgan.judges.kind import Kind, Settings, any_source, known_once_trained
from acgan.judges.kinds import efficientnet_lite0

if TYPE_CHECKING:  # torch takes seconds to load: each function does so for itself
    from torch import Tensor

IMAGES = 5_000  # training images at most: about two minutes of one core for a thousand
PENALTY = 1e-3
ITERATIONS = 200
PART = 200  # images between two lines of progress


def training_images(data: Path, seed: int) -> tuple[list[str], list[np.ndarray]]:
    """The class ids of a packed folder, and of each class the same number of its images, drawn at
    random, or all.
    """
    index = packed.read_index(data)
    most, found = max(1, IMAGES // len(index)), []
    for entry in index:
        images = packed.load_class(data, entry)
        rng = numpy_rng(seed, f"judge_images/{entry.id}")
        found.append(np.array(images[np.sort(rng.permutation(len(images))[:most])]))
    return [entry.id for entry in index], found


def train(settings: Settings, seed: int, data: Path, weights: Path) -> None:
    import torch

    torch.set_num_threads(settings["threads"])
    ids, images = training_images(data, seed)
    labels = torch.repeat_interleave(
        torch.arange(len(ids)), torch.tensor([len(of_class) for of_class in images])
    )
    shown = torch.from_numpy(np.concatenate(images)).permute(0, 3, 1, 2)
    if settings["flip"]:
        shown, labels = torch.cat([shown, shown.flip(3)]), labels.repeat(2)
    backbone = efficientnet_lite0.load("backbone", settings, None, "cpu")
    assert backbone.features is not None
    parts = []
    for start in range(0, len(shown), PART):
        parts.append(backbone.features(shown[start : start + PART]))
        print(f"features of {min(start + PART, len(shown))} of {len(shown)} images", flush=True)
    features = torch.cat(parts)
    mean, std = features.mean(0), features.std(0) + 1e-6
    weight, bias = last_layer((features - mean) / std, labels, len(ids))
    # of features as they come: (f - mean) / std . weight + bias
    state = {"weight": weight / std, "bias": bias - weight @ (mean / std)}
    cnn.write(weights, state, ids)


def last_layer(features: Tensor, labels: Tensor, classes: int) -> tuple[Tensor, Tensor]:
    """Weight (classes, d) and bias (classes,) of the logistic regression; it has one optimum, so no
    random state.
    """
    import torch
    from torch.nn import functional as F

    weight = torch.zeros(classes, features.shape[1], requires_grad=True)
    bias = torch.zeros(classes, requires_grad=True)
    optimiser = torch.optim.LBFGS(
        [weight, bias], max_iter=ITERATIONS, line_search_fn="strong_wolfe"
    )

    def loss() -> Tensor:
        optimiser.zero_grad()
        value = F.cross_entropy(F.linear(features, weight, bias), labels)
        value = value + PENALTY * weight.square().sum()
        value.backward()
        return value

    optimiser.step(loss)
    print(f"last layer: loss {loss().item():.3f}", flush=True)
    return weight.detach(), bias.detach()


def load(name: str, settings: Settings, weights: Path, device: str) -> Judge:
    """The trained judge. Raises UserError for a damaged file, and without the package."""
    from torch.nn import functional as F

    from acgan.judges.state import load_state

    state = {key: value.to(device) for key, value in load_state(weights).items()}
    backbone = efficientnet_lite0.load(name, settings, None, device)
    assert backbone.features is not None

    def probabilities(images: Tensor) -> Tensor:
        found = backbone.features(images).to(device)  # type: ignore[misc]
        return F.linear(found, state["weight"], state["bias"]).softmax(1)

    batch = batch_for(device, cpu=PART)
    ids = cnn.class_ids_in(weights)
    return Judge(name, "finetuned", ids, in_batches(probabilities, batch), backbone.features)


KIND = Kind(
    about="a new last layer on EfficientNet-Lite0, trained by a rule on any data set",
    load=load,
    knows=any_source,
    class_ids=known_once_trained,
    gflop=0.8,
    train=train,
    package=efficientnet_lite0.PACKAGE,
    keys=("flip",),
)
