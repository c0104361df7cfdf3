"""Judges: classifiers that say what a sample shows, each under its own name, with its own
preprocessing. One file per kind; `load_judge` is the registry.

Only the 2015 Inception graph may be called Inception; a number that another judge gave bears that
judge's name.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

from acgan.io.errors import UserError

# Each is a module of this package with `load(name, settings, weights, device)`.
KINDS = (
    "digits_cnn",
    "efficientnet_lite0",
    "inception_v3_tf2015",
    "inception_v3",
    "local_classifier",
)

Net = Callable[[Tensor], Tensor]


class Judge(NamedTuple):
    """A loaded classifier. Both functions take uint8 (N, 3, H, W) of any side on the CPU and
    answer there, in batches of their own: what they say of an image does not depend on the others
    beyond float32 rounding.
    """

    name: str  # its key in the config's `judges`
    kind: str
    class_ids: list[str]  # what each output stands for; "unused_0" and the like for no class
    probabilities: Net  # -> softmax (N, outputs), float32
    features: Net | None = None  # -> (N, dimensions), float32: what the last layer reads


def load_judge(
    name: str, settings: dict[str, Any], weights: Path | None = None, device: str = "cpu"
) -> Judge:
    """The judge `name` of the config section `settings`, on `device`.

    `weights` overrides where its weight file lies (see judge_weights.py). Raises UserError for a
    kind that does not exist and for a weight file that is missing, damaged or of something else.
    """
    kind = settings["kind"]
    if kind not in KINDS:
        raise UserError(f"the judge {name} is of no known kind: {kind}; known: {', '.join(KINDS)}")
    return import_module(f"acgan.judges.{kind}").load(name, settings, weights, device)


def settings_of(config: dict[str, Any], name: str) -> dict[str, Any]:
    """The section of a judge of the config. Raises UserError where it has none."""
    if name not in config["judges"]:
        raise UserError(f"the config has no judge {name}; it has {', '.join(config['judges'])}")
    return config["judges"][name]


def judge_of(config: dict[str, Any], name: str, weights: Path | None) -> Judge:
    """A judge of the config, on the config's device."""
    device = config["runtime"]["device"]
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    return load_judge(name, settings_of(config, name), weights, device)


def score_name(judge: Judge) -> str:
    """What the score of section 4.4 is called when this judge gives it."""
    if judge.kind == "inception_v3_tf2015":
        return "inception_score_tf2015"
    return f"class_score_{judge.name}"


def in_batches(forward: Net, batch: int) -> Net:
    """`forward` without gradients, over parts of `batch` images, answered in float32 on the CPU.

    TF32 is off: its ten bits of mantissa would make a GPU's answers differ visibly from a CPU's.
    """

    @torch.no_grad()
    def run(images: Tensor) -> Tensor:
        with torch.backends.cudnn.flags(enabled=True, deterministic=True, allow_tf32=False):
            return torch.cat([forward(part).float().cpu() for part in images.split(batch)])

    return run


def batch_for(device: str, cpu: int) -> int:
    """Images per batch: small ones stay in a CPU's caches, a GPU wants more at once."""
    return cpu if device == "cpu" else 256
