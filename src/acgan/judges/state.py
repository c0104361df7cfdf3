"""Reading a judge's weight file, of which nothing is executed, and filling a net with it."""

from __future__ import annotations

import pickle
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acgan.io.errors import UserError

if TYPE_CHECKING:  # planning reads the kinds of judges and shall not wait for torch
    from torch import Tensor, nn

# Where checkpoints keep a net's state dict, and what DataParallel and torch.compile put before its
# names.
CHECKPOINT_KEYS = ("state_dict", "model_state_dict", "model")
WRAPPERS = ("module.", "_orig_mod.")


def load_state(path: Path) -> dict[str, Tensor]:
    """The tensors of a state dict (.pt, .pth or .safetensors); nothing in it is executed.

    Raises UserError when it is damaged or holds anything but tensors.
    """
    return tensors_of(read(path), path)


def load_net_state(path: Path) -> dict[str, Tensor]:
    """The same of a net that others saved: the state dict inside a checkpoint too, and names
    without what wrappers put before all of them.
    """
    content = read(path)
    if isinstance(content, dict):
        content = next(
            (content[k] for k in CHECKPOINT_KEYS if isinstance(content.get(k), dict)), content
        )
    state = tensors_of(content, path)
    for prefix in WRAPPERS:
        if state and all(name.startswith(prefix) for name in state):
            state = {name.removeprefix(prefix): value for name, value in state.items()}
    return state


def read(path: Path) -> Any:
    """Whatever a weight file holds. Raises UserError when that is more than tensors and plain
    values.
    """
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        if foreign := what_else(path):
            raise UserError(f"{path} {foreign}")
        if path.suffix == ".safetensors":
            return load_file(path)
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        found = re.search(r"Unsupported global: GLOBAL (\S+)", str(error))
        if found is None:
            raise damaged(path, error) from error
        raise UserError(
            f"{path} holds Python objects ({found.group(1)}), as a whole model pickled; "
            "save model.state_dict() alone"
        ) from error
    except (
        OSError,
        RuntimeError,
        EOFError,
        ValueError,
        LookupError,
        AttributeError,
        TypeError,
        ImportError,
        SafetensorError,
    ) as error:
        raise damaged(path, error) from error


def damaged(path: Path, error: Exception) -> UserError:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return UserError(f"{path} is damaged or no state dict ({reason}); get it again")


def what_else(path: Path) -> str | None:
    """What stands in the place of a weight file, as its first bytes tell."""
    with open(path, "rb") as handle:
        head = handle.read(100)
    if not head:
        return "is empty; get it again"
    if head.startswith(b"version https://git-lfs"):
        return "is git-lfs's pointer to the file, not the file: git lfs pull"
    if head.lstrip().startswith(b"<"):
        return "is a web page, not a weight file; get it again"
    return None


def tensors_of(content: Any, path: Path) -> dict[str, Tensor]:
    """A state dict. Raises UserError where the content of a file is none."""
    import torch

    if (
        isinstance(content, dict)
        and content
        and all(isinstance(v, torch.Tensor) for v in content.values())
    ):
        return content
    held = f"a {type(content).__name__}"
    if isinstance(content, dict):
        held = (
            f"a dict of {', '.join(map(str, list(content)[:4]))} ..."
            if content
            else "an empty dict"
        )
    raise UserError(
        f"{path} holds no state dict (names and tensors) but {held}; save model.state_dict()"
    )


def fill(net: nn.Module, state: dict[str, Tensor], path: Path, what: str) -> None:
    """Load a state dict into a net. Raises UserError in one line when it does not fit."""
    try:
        net.load_state_dict(state)
    except RuntimeError as error:
        reason = misfit(net.state_dict(), state) or " ".join(str(error).split())[:200]
        raise UserError(f"{path} does not hold {what}: {reason}") from error
    if bad := [name for name, v in state.items() if not v.isfinite().all()]:
        raise UserError(f"{path}: {bad[0]} holds numbers that are not finite; get it again")


def misfit(wanted: dict[str, Tensor], state: dict[str, Tensor]) -> str:
    """The first thing in which a state dict differs from the one that a net wants."""
    missing = [n for n in wanted if n not in state and not n.endswith("num_batches_tracked")]
    strange = [n for n in state if n not in wanted]
    other = [n for n in wanted if n in state and wanted[n].shape != state[n].shape]
    if missing:
        beside = f", but has {strange[0]}" if strange else ""
        return f"it lacks {missing[0]} and {len(missing) - 1} more{beside}"
    if strange:
        return f"it has {strange[0]} and {len(strange) - 1} more that the net has not"
    shapes = (" x ".join(map(str, s[n].shape)) for n in other[:1] for s in (state, wanted))
    return "{} is {}, not {}".format(other[0], *shapes) if other else ""
