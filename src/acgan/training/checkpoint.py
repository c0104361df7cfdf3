"""The resume state of a model: one file, replaced atomically, safe to load, checked by its own
digest.

It lies in the model's `state/` folder, which Snakemake does not know of: declared outputs of a
failed job are deleted, and with them hours of training would be.
"""

import contextlib
import hashlib
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from acgan.io import locks
from acgan.io.errors import UserError
from acgan.io.files import replacing

MAGIC = b"acgan checkpoint 1 "


def save(path: Path, state: dict[str, Any]) -> None:
    """Write tensors, numbers and strings: a first line with the digest, then torch's own format."""
    buffer = io.BytesIO()
    torch.save(state, buffer)
    payload = buffer.getbuffer()
    with replacing(path) as temporary, open(temporary, "wb") as handle:
        handle.write(MAGIC + hashlib.sha256(payload).hexdigest().encode() + b"\n")
        handle.write(payload)


def load(path: Path) -> dict[str, Any]:
    """Read a checkpoint. Raises UserError when it is missing, truncated or tampered with."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"cannot read the checkpoint {path}: {error.strerror}") from error
    head, _, payload = content.partition(b"\n")
    if head != MAGIC + hashlib.sha256(payload).hexdigest().encode():
        raise UserError(
            f"{path} is damaged: its content does not have the digest it was written with; "
            "delete it and train anew"
        )
    return torch.load(io.BytesIO(payload), map_location="cpu", weights_only=True)


@contextlib.contextmanager
def locked(state: Path, wait: bool) -> Iterator[None]:
    """Hold the model's folder: only one trainer may work in it.

    A second trainer waits if `wait` (the workflow's way: after kill -9 of Snakemake an orphan
    trains on) or raises UserError.
    """
    state.mkdir(parents=True, exist_ok=True)
    with locks.locked(state / "lock", f"{state.parent} is being trained", wait):
        for rest in state.glob(".*.tmp"):  # of a trainer that was killed while it wrote
            rest.unlink(missing_ok=True)
        yield


def engine_of(path: Path, hashes: tuple[str, str | None]) -> dict[str, Any] | None:
    """By which speed-ups the run was begun whose checkpoint this is; None for none, or another's.
    Raises UserError for a damaged one.
    """
    if not path.exists():
        return None
    state = load(path)
    return state["made_by"].get("engine") if state["spec_hash"] in hashes else None


def resume_state(
    path: Path, hashes: tuple[str, str | None], resume: Path | None
) -> dict[str, Any] | None:
    """The state to go on from, or None to start anew.

    `hashes` are what the spec may be called: its own hash, and the one that it had when specs still
    held what is the default.

    A folder's own checkpoint that another spec made is moved aside with one line. A checkpoint that
    the user names with `resume` must fit: UserError otherwise.
    """
    if resume is None and not path.exists():
        return None
    state = load(resume or path)
    if state["spec_hash"] in hashes:
        return state
    if resume is not None:
        raise UserError(
            f"{resume} belongs to another config (spec {state['spec_hash'][:12]}, this model is "
            f"{hashes[0][:12]}); leave out --resume to train anew"
        )
    aside = path.with_name(f"checkpoint-{state['spec_hash'][:12]}.pt")
    os.replace(path, aside)
    print(f"{path} belongs to another config: moved to {aside.name}, training anew", flush=True)
    return None
