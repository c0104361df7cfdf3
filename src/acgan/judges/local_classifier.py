"""A classifier of your own, from a state dict: architecture, class list and preprocessing stand in
the config.

    judges:
      cifar_resnet:
        {kind: local_classifier, architecture: resnet56, weights: own/resnet56.pt, side: 32,
         classes: [airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck],
         mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]}

`architecture` is resnet20 or resnet56 (resnet.py), or torchvision:NAME for any of torchvision's
classifiers.
"""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from acgan.io.errors import UserError
from acgan.io.images import resized
from acgan.io.vision import import_torchvision
from acgan.io.words import counted
from acgan.judges import Judge, batch_for, in_batches
from acgan.judges.resnet import DEPTHS, ResNet
from acgan.judges.weights import checked, class_list, fill, load_net_state


def build(name: str, architecture: str, classes: int) -> nn.Module:
    """The net with random weights. Raises UserError for an architecture that does not exist."""
    if architecture in DEPTHS:
        return ResNet(DEPTHS[architecture], classes)
    models, wanted = import_torchvision().models, architecture.removeprefix("torchvision:")
    known = models.list_models(module=models)
    if wanted not in known:
        raise UserError(
            f"judges.{name}.architecture: torchvision has no classifier {wanted}; it has "
            f"{', '.join(known)}"
        )
    extra = {"init_weights": False} if wanted in ("inception_v3", "googlenet") else {}
    return models.get_model(wanted, weights=None, num_classes=classes, **extra)


def load(name: str, settings: dict[str, Any], weights: Path | None, device: str) -> Judge:
    """The judge. Raises UserError for a weight file that is missing, of another checksum, or of
    another net or number of classes than the config says.
    """
    path = checked(name, settings, weights)
    class_ids = class_list(name, settings["classes"])
    architecture, side = settings["architecture"], settings["side"]
    net = build(name, architecture, len(class_ids))
    fill(
        net,
        load_net_state(path),
        path,
        f"a {architecture} of {counted(len(class_ids), 'class', 'classes')}",
    )
    net = net.eval().to(device)
    mean, std = (torch.tensor(settings[k]).view(3, 1, 1) for k in ("mean", "std"))

    def probabilities(images: Tensor) -> Tensor:
        x = (resized(images, side, settings["resize"]).float() / 255 - mean) / std
        return net(x.to(device)).softmax(1)

    batch = batch_for(device, cpu=max(16, 250 * 32**2 // side**2))
    return Judge(name, "local_classifier", class_ids, in_batches(probabilities, batch))


def tried(name: str, settings: dict[str, Any]) -> None:
    """Load the judge and have it name one image. Raises UserError where it cannot."""
    judge, side = load(name, settings, None, "cpu"), settings["side"]
    try:
        found = judge.probabilities(torch.zeros(1, 3, side, side, dtype=torch.uint8))
    except (RuntimeError, AssertionError, ValueError, IndexError, TypeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise UserError(
            f"{settings['architecture']} cannot read images of {side}x{side} ({reason}); mend "
            f"judges.{name}.side"
        ) from error
    if found.shape != (1, len(judge.class_ids)) or not found.isfinite().all():
        raise UserError(
            f"{settings['weights']}: the judge {name} does not give a probability of each of its "
            f"{len(judge.class_ids)} classes; mend its architecture, weights, mean or std"
        )
