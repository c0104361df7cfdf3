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

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from acgan.data.class_names import as_class
from acgan.io.errors import UserError
from acgan.io.words import counted
from acgan.judges.base import Judge, batch_for, in_batches
from acgan.judges.kind import Kind, Problem, Settings, any_source

if TYPE_CHECKING:  # torch takes seconds to load: each function does so for itself
    from torch import Tensor, nn

ARCHITECTURE = re.compile(r"resnet20|resnet56|torchvision:[a-z0-9_]+")


def build(name: str, architecture: str, classes: int) -> nn.Module:
    """The net with random weights. Raises UserError for an architecture that does not exist."""
    from acgan.io.vision import import_torchvision
    from acgan.judges.resnet import DEPTHS, ResNet

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


def load(name: str, settings: Settings, weights: Path, device: str) -> Judge:
    """The judge. Raises UserError for a weight file of another net or number of classes than the
    config says.
    """
    import torch

    from acgan.io.images import resized
    from acgan.judges.state import fill, load_net_state

    known = class_ids(name, settings)
    architecture, side = settings["architecture"], settings["side"]
    net = build(name, architecture, len(known))
    what = f"a {architecture} of {counted(len(known), 'class', 'classes')}"
    fill(net, load_net_state(weights), weights, what)
    net = net.eval().to(device)
    mean, std = (torch.tensor(settings[k]).view(3, 1, 1) for k in ("mean", "std"))

    def probabilities(images: Tensor) -> Tensor:
        x = (resized(images, side, settings["resize"]).float() / 255 - mean) / std
        return net(x.to(device)).softmax(1)

    batch = batch_for(device, cpu=max(16, 250 * 32**2 // side**2))
    return Judge(name, "local_classifier", known, in_batches(probabilities, batch))


def tried(judge: Judge, settings: Settings) -> None:
    """Have the judge name one image. Raises UserError where it cannot."""
    import torch

    side = settings["side"]
    try:
        found = judge.probabilities(torch.zeros(1, 3, side, side, dtype=torch.uint8))
    except (RuntimeError, AssertionError, ValueError, IndexError, TypeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise UserError(
            f"{settings['architecture']} cannot read images of {side}x{side} ({reason}); fix "
            f"judges.{judge.name}.side"
        ) from error
    if found.shape != (1, len(judge.class_ids)) or not found.isfinite().all():
        raise UserError(
            f"{settings['weights']}: the judge {judge.name} does not give a probability of each of "
            f"its {len(judge.class_ids)} classes; fix its architecture, weights, mean or std"
        )


def class_ids(name: str, settings: Settings) -> list[str]:
    """The class ids as they stand in the config, or one per line in the file that it names."""
    classes = settings["classes"]
    if isinstance(classes, str):
        try:
            lines = Path(classes).read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(
                f"cannot read the classes of the judge {name} from {classes}: {error}; "
                f"judges.{name}.classes is a list, or a text file with one class id per line"
            ) from error
        classes = [line.strip() for line in lines if line.strip()]
    classes = [as_class(c) for c in classes]
    if len(set(classes)) < len(classes):
        twice = next(c for c in classes if classes.count(c) > 1)
        raise UserError(f"judges.{name}.classes: the class {twice} stands there twice")
    return classes


def problems(settings: Settings) -> Iterator[Problem]:
    mean, std, architecture = (settings[k] for k in ("mean", "std", "architecture"))
    for field, given in (("mean", mean), ("std", std)):
        if given is not None and len(given) != 3:
            yield (field,), f"three numbers (red, green, blue), not {given}"
    for field, given in (("mean", mean), ("std", std)):
        if given and max(given) > 1:
            divided = [round(v / 255, 4) for v in given]
            yield (field,), f"of pixels from 0 to 1: divide by 255, as in {divided}, not {given}"
    if mean and min(mean) < 0:
        yield ("mean",), f"numbers from 0 to 1, not {mean}"
    if std and min(std) <= 0:
        yield ("std",), f"numbers above 0, not {std}"
    if architecture and not ARCHITECTURE.fullmatch(architecture):
        yield (
            ("architecture",),
            f"{architecture} is not known; allowed: resnet20, resnet56, torchvision:NAME",
        )


KIND = Kind(
    about="your own, described by the keys below",
    load=load,
    knows=any_source,
    class_ids=class_ids,
    gflop=4.0,  # of a resnet18 at 224
    features=False,
    keys=("architecture", "classes", "mean", "std", "resize"),
    more_keys=("sha256",),
    problems=problems,
    tried=tried,
)
