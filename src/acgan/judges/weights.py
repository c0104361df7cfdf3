"""Weight files of judges: where each lies, what it must hold, and how it gets there.

    acgan fetch-weights inception_v3_tf2015

A published file is pinned by its whole sha256, checked after the download and at every use. The
first eight digits stand in the file's name, as its publisher put them; the rest are those that
several independent projects state for these files.
"""

from __future__ import annotations

import pickle
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from acgan import fetch as fetching
from acgan.data.class_names import as_class
from acgan.io.errors import UserError

if TYPE_CHECKING:  # planning reads this module and shall not wait for torch
    from torch import Tensor, nn

FOLDER = Path("data/weights")
# Where checkpoints keep a net's state dict, and what DataParallel and torch.compile put before its
# names.
CHECKPOINT_KEYS = ("state_dict", "model_state_dict", "model")
WRAPPERS = ("module.", "_orig_mod.")


class Pinned(NamedTuple):
    """A published weight file."""

    url: str
    sha256: str

    @property
    def file(self) -> str:
        return self.url.rpartition("/")[2]


PINNED = {
    "inception_v3_tf2015": Pinned(
        "https://github.com/toshas/torch-fidelity/releases/download/v0.2.0/weights-inception-2015-12-05-6726825d.pth",
        "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2",
    ),
    "inception_v3": Pinned(
        "https://download.pytorch.org/models/inception_v3_google-0cc3c7bd.pth",
        "0cc3c7bd75056d25e46cba549dc184522069b81e9787eff6df84f397bd52a5ef",
    ),
}


def place(settings: dict[str, Any]) -> Path | None:
    """Where the config says that a judge's weights lie; None if a rule or a package holds them."""
    if settings.get("weights"):
        return Path(settings["weights"])
    pinned = PINNED.get(settings["kind"])
    return FOLDER / pinned.file if pinned else None


def is_fetched(settings: dict[str, Any]) -> bool:
    """Whether the weights are a published file that `acgan fetch-weights` puts where they lie."""
    return settings["kind"] in PINNED and not settings.get("weights")


def missing(name: str, settings: dict[str, Any]) -> str:
    """One line: which file is missing, where to get it, its checksum, where to put it."""
    path, pinned = place(settings), PINNED.get(settings["kind"])
    if pinned:
        return (
            f"the weights of the judge {name} are missing: get {pinned.url} (sha256 "
            f"{pinned.sha256}) and put it at {path}, or run: acgan fetch-weights "
            f"{settings['kind']} --out {path}"
        )
    checksum = f" (sha256 {settings['sha256']})" if settings.get("sha256") else ""
    return (
        f"the weights of the judge {name} are missing: put the state dict of its "
        f"{settings['architecture']}{checksum} at {path}, or change judges.{name}.weights"
    )


def checked(name: str, settings: dict[str, Any], weights: Path | None) -> Path:
    """The weight file, there and of the right checksum. Raises UserError otherwise."""
    settings = settings | ({"weights": str(weights)} if weights else {})
    path, pinned = place(settings), PINNED.get(settings["kind"])
    if path is None or not path.is_file():
        raise UserError(missing(name, settings))
    verify(path, pinned.sha256 if pinned else settings.get("sha256"), name)
    return path


def verify(path: Path, sha256: str | None, name: str) -> None:
    """Raise UserError unless the file has this sha256 (None: any)."""
    if sha256:
        fetching.verify(path, f"sha256:{sha256}", f"the weight file of {name}")


def fetch(name: str, pinned: Pinned, out: Path) -> None:
    """Download to `out`, unless it is there already; a repeated call goes on where the last one
    stopped. Raises UserError when it cannot be had, when it is another file, and when it cannot be
    written; nothing wrong is ever left at `out`.
    """
    remote = fetching.Remote(pinned.url, f"sha256:{pinned.sha256}")
    cure = f"get it from {pinned.url} (sha256 {pinned.sha256}) and put it at {out}"
    fetching.download(remote, out, what=f"the weight file of {name}", cure=cure)


def class_list(name: str, classes: list[str] | str) -> list[str]:
    """The class ids as they stand in the config, or one per line in the file that it names."""
    if isinstance(classes, str):
        try:
            lines = Path(classes).read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(
                f"cannot read the classes of the judge {name} from {classes}: {error}; "
                f"judges.{name}.classes is a list, or a text file with one class id per line"
            ) from error
        classes = [line.strip() for line in lines if line.strip()]
    classes = [as_class(name) for name in classes]
    if len(set(classes)) < len(classes):
        twice = next(c for c in classes if classes.count(c) > 1)
        raise UserError(f"judges.{name}.classes: the class {twice} stands there twice")
    return classes


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
