"""From a model's spec to its nets and back from disk; shared by training and sampling.

A *spec* is the resolved, JSON-able description of one model that `acgan config spec` prints: suite,
model, dataset, side, classes (a count), seed, and the sections nets, objective and training.
"""

from pathlib import Path
from typing import Any

import safetensors
import torch
from safetensors.torch import load_file, save
from torch import Tensor

from acgan.io.errors import UserError
from acgan.io.files import replacing
from acgan.nets import nets

Spec = dict[str, Any]


def build_generator(spec: Spec) -> nets.Generator:
    """The generator of a spec, on the CPU, uninitialised."""
    keys = ("latent", "width", "linear_row")
    return nets.Generator(spec["side"], spec["classes"], **{k: spec["nets"][k] for k in keys})


def build_discriminator(spec: Spec) -> nets.Discriminator:
    """The discriminator of a spec, on the CPU, uninitialised."""
    keys = ("width", "dropout", "leaky_slope", "activation_noise", "noise_layers", "layer_order")
    return nets.Discriminator(spec["side"], spec["classes"], **{k: spec["nets"][k] for k in keys})


def draw_noise(spec: Spec, count: int, rng: torch.Generator) -> Tensor:
    """Latent vectors (count, latent) of a spec."""
    return nets.draw_latent(count, spec["nets"]["latent"], spec["nets"]["latent_distribution"], rng)


def to_uint8(images: Tensor) -> Tensor:
    """[-1, 1] -> uint8, rounded."""
    return ((images.float() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)


def save_weights(path: Path, generator: nets.Generator, discriminator: nets.Discriminator) -> None:
    """Both final nets in one safetensors file, keys `generator.*` and `discriminator.*`."""
    tensors = {f"generator.{k}": v for k, v in generator.state_dict().items()}
    tensors |= {f"discriminator.{k}": v for k, v in discriminator.state_dict().items()}
    with replacing(path) as temporary:
        temporary.write_bytes(save({k: v.cpu().contiguous() for k, v in tensors.items()}))


def load_generator(path: Path, spec: Spec) -> nets.Generator:
    """The trained generator, in evaluation mode. Raises UserError for a missing, damaged or
    foreign file.
    """
    if not path.is_file():
        raise UserError(f"{spec['suite']}/{spec['model']} is not trained: there is no {path}")
    net = build_generator(spec)
    try:
        tensors = load_file(path)
        net.load_state_dict(
            {
                k.removeprefix("generator."): v
                for k, v in tensors.items()
                if k.startswith("generator.")
            }
        )
    except (OSError, safetensors.SafetensorError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"{path} does not hold the weights of this model: {reason}") from error
    return net.eval()
