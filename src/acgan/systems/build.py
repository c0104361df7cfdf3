"""From a model's spec to its system and nets; shared by training, sampling and planning.

A *spec* is the JSON-able description of one model that `acgan config spec` prints: suite, model,
dataset, side, classes (a count), seed, and the sections nets, objective and training. The functions
here take a complete one (config/spec.py).
"""

from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn

from acgan.declarations.architecture import ARCHITECTURES
from acgan.nets import discriminator, generator, miyato, salimans
from acgan.nets.heads import Headed
from acgan.nets.layers import draw_latent
from acgan.nets.weights import load_into
from acgan.systems import Spec, system_of

GENERATORS = {
    "paper": generator.Generator,
    "miyato": miyato.Generator,
    "salimans": salimans.Generator,
}
DISCRIMINATORS = {
    "paper": discriminator.Discriminator,
    "miyato": miyato.Discriminator,
    "salimans": salimans.Discriminator,
}


class Drawn(NamedTuple):
    """What G is given beside the noise."""

    labels: Tensor  # (N,) classes, or values of the code; zeros where it is given nothing
    codes: Tensor | None = None  # (N, codes) continuous ones


def build_generator(spec: Spec) -> nn.Module:
    """The generator of a spec, on the CPU, uninitialised."""
    system, nets = system_of(spec), spec["nets"]
    condition, norm_classes = system.continuous(spec["objective"]), 0
    if nets["generator_norm"] == "conditional":
        norm_classes = spec["classes"]
    elif system.given != "nothing":
        condition += spec["classes"]
    of = nets["architecture"]
    more = {"norm_classes": norm_classes} if norm_classes else {}
    chosen = {k: nets[k] for k in ARCHITECTURES[of].generator}
    return GENERATORS[of](spec["side"], condition, **chosen, **more)


def build_discriminator(spec: Spec) -> Headed:
    """The discriminator of a spec, on the CPU, uninitialised."""
    system, nets, objective = system_of(spec), spec["nets"], spec["objective"]
    of = nets["architecture"]
    return DISCRIMINATORS[of](
        spec["side"],
        system.heads(spec["classes"], objective),
        **{k: nets[k] for k in ARCHITECTURES[of].discriminator},
        **system.discriminator(spec["classes"], objective),
    )


def draw_noise(spec: Spec, count: int, rng: torch.Generator) -> Tensor:
    """Latent vectors (count, latent) of a spec."""
    return draw_latent(count, spec["nets"]["latent"], spec["nets"]["latent_distribution"], rng)


def draw_codes(spec: Spec, count: int, rng: torch.Generator) -> Tensor | None:
    """Continuous codes (count, codes) from U(-1, 1), where the system has any."""
    codes = system_of(spec).continuous(spec["objective"])
    return draw_latent(count, codes, "uniform", rng) if codes else None


def generated(spec: Spec, net: nn.Module, z: Tensor, drawn: Drawn) -> Tensor:
    """Images in [-1, 1] of noise (N, latent) and what else G is given."""
    parts = [] if drawn.codes is None else [drawn.codes.to(z.dtype)]
    if net.norm_classes:
        return net(z, parts[0] if parts else None, drawn.labels)
    if system_of(spec).given != "nothing":
        parts = [one_hot(drawn.labels, spec["classes"], z.dtype), *parts]
    return net(z, torch.cat(parts, 1) if len(parts) > 1 else parts[0] if parts else None)


def one_hot(labels: Tensor, classes: int, dtype: torch.dtype) -> Tensor:
    """(N, classes): the class as G gets it."""
    return (labels[:, None] == torch.arange(classes, device=labels.device)).to(dtype)


def load_generator(path: Path, spec: Spec) -> nn.Module:
    """The trained generator, in evaluation mode. Raises UserError for a missing, damaged or
    foreign file.
    """
    net = build_generator(spec)
    load_into(net, path, f"{spec['suite']}/{spec['model']}")
    return net.eval()
