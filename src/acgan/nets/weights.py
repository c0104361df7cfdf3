"""Trained nets on disk: one safetensors file, keys `generator.*` and `discriminator.*`.

Its one metadata entry says what the model is (config/spec.py, `described`); one, since safetensors
writes several in any order, and two processes shall write the same bytes.
"""

from pathlib import Path

import safetensors
from safetensors.torch import load_file, save
from torch import nn

from acgan.io.errors import UserError
from acgan.io.files import replacing

SNAPSHOTS = "snapshots"  # folder of a model's
ABOUT = "acgan"  # the metadata entry


def save_weights(
    path: Path, generator: nn.Module, discriminator: nn.Module, about: str | None = None
) -> None:
    """Write both final nets, and what they are."""
    tensors = {f"generator.{k}": v for k, v in generator.state_dict().items()}
    tensors |= {f"discriminator.{k}": v for k, v in discriminator.state_dict().items()}
    with replacing(path) as temporary:
        whole = {k: v.cpu().contiguous() for k, v in tensors.items()}
        temporary.write_bytes(save(whole, metadata(about)))


def metadata(about: str | None) -> dict[str, str] | None:
    return None if about is None else {ABOUT: about}


def save_generator(path: Path, generator: nn.Module, about: str | None = None) -> None:
    """Write a generator alone, and what it is."""
    tensors = {f"generator.{k}": v.cpu().contiguous() for k, v in generator.state_dict().items()}
    with replacing(path) as temporary:
        temporary.write_bytes(save(tensors, metadata(about)))


def snapshot_file(step: int) -> str:
    """Where G after so many steps lies in the model's folder, if its suite keeps it."""
    return f"{SNAPSHOTS}/{step:07d}.safetensors"


def load_into(generator: nn.Module, path: Path, name: str) -> None:
    """Fill a generator with what a file holds of it; `name` is the model's, suite/id.

    Raises UserError for a missing, damaged or foreign file.
    """
    if not path.is_file() and path.parent.name == SNAPSHOTS:
        raise UserError(
            f"{name} kept no snapshot of step {int(path.stem)}: suites.{name.partition('/')[0]}."
            f"snapshots did not ask for it when it was trained; remove {path.parents[1]} to train "
            f"it anew"
        )
    if not path.is_file():
        raise UserError(f"{name} is not trained: there is no {path}")
    try:
        tensors = load_file(path)
        generator.load_state_dict(
            {
                key.removeprefix("generator."): value
                for key, value in tensors.items()
                if key.startswith("generator.")
            }
        )
    except (OSError, safetensors.SafetensorError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"{path} does not hold the weights of this model: {reason}") from error
