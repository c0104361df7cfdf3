"""From a model's spec to its system and nets; shared by training, sampling and planning.

A *spec* is the JSON-able description of one model that `acgan config spec` prints: suite, model,
dataset, side, classes (a count), seed, and the sections nets, objective and training. The functions
here take a complete one (config/spec.py).
"""

from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from acgan.nets.discriminator import Discriminator
from acgan.nets.generator import Generator
from acgan.nets.layers import draw_latent
from acgan.nets.weights import load_into
from acgan.systems.base import System

Spec = dict[str, Any]


def system_of(spec: Spec) -> System:
    """The system that a spec names."""
    return import_module(f"acgan.systems.{spec['objective']['system']}").SYSTEM


def build_generator(spec: Spec) -> Generator:
    """The generator of a spec, on the CPU, uninitialised."""
    condition = system_of(spec).condition_size(spec["classes"])
    keys = ("latent", "width", "linear_row")
    return Generator(spec["side"], condition, **{k: spec["nets"][k] for k in keys})


def build_discriminator(spec: Spec) -> Discriminator:
    """The discriminator of a spec, on the CPU, uninitialised."""
    heads = system_of(spec).heads(spec["classes"])
    keys = ("width", "dropout", "leaky_slope", "activation_noise", "noise_layers", "layer_order")
    return Discriminator(spec["side"], heads, **{k: spec["nets"][k] for k in keys})


def draw_noise(spec: Spec, count: int, rng: torch.Generator) -> Tensor:
    """Latent vectors (count, latent) of a spec."""
    return draw_latent(count, spec["nets"]["latent"], spec["nets"]["latent_distribution"], rng)


def generated(spec: Spec, net: Generator, z: Tensor, labels: Tensor) -> Tensor:
    """Images in [-1, 1] of noise (N, latent) and classes (N,)."""
    return net(z, system_of(spec).condition(labels, spec["classes"], z.dtype))


def load_generator(path: Path, spec: Spec) -> Generator:
    """The trained generator, in evaluation mode. Raises UserError for a missing, damaged or
    foreign file.
    """
    net = build_generator(spec)
    load_into(net, path, f"{spec['suite']}/{spec['model']}")
    return net.eval()
