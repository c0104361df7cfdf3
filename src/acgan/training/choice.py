"""The speed-ups of an experiment's models: fixed at the first start of a model, so that no bit
depends on a clock.

results/<experiment>/speedups.json has a line for each kind of device and each kind of model that
was trained on it; whatever is measured later, models of that kind, resumed or restarted, take it.
It is the table's choice (speedups.py), unless `acgan speed` has measured one on this kind of device
that is faster by GAIN in both halves of its runs: speed/<device>.json.
"""

import re
from pathlib import Path
from typing import Any, NamedTuple

from acgan.io import locks
from acgan.io.errors import UserError
from acgan.io.files import read_json, write_json
from acgan.systems import Spec
from acgan.training import provenance
from acgan.training.speedups import SPEEDUPS, Speedups, capability, with_precision

GAIN = 1.1
FILE = "speedups.json"
MEASURED = Path("speed")
BY_TABLE = "the shipped table"


class Choice(NamedTuple):
    """Speed-ups, and why these."""

    speedups: Speedups
    why: str


def device_kind(device: str) -> str:
    """What is alike enough to share a choice: the card's name, or the processor's with its
    instructions.
    """
    found = provenance.hardware(device)
    return str(found.get("gpu") or f"{found['cpu']} ({capability(device)})")


def model_kind(spec: Spec) -> str:
    """What decides how long a step takes: system, nets, side, width and batch."""
    nets = spec["nets"]
    named = "" if nets["architecture"] == "paper" else f"{nets['architecture']}, "
    return (
        f"{spec['objective']['system']}, {named}{spec['side']}x{spec['side']}, "
        f"width {nets['width']:g}, batch {spec['training']['batch_size']}"
    )


def place(kind: str) -> Path:
    """Where measurements of a kind of device lie."""
    name = re.sub(r"[^a-z0-9]+", "-", kind.lower()).strip("-")
    return MEASURED / f"{name}.json"


def measured(device: str, spec: Spec) -> dict[str, Any] | None:
    """What `acgan speed` found of a kind of model on this kind of device."""
    file = place(device_kind(device))
    return read_json(file)["models"].get(model_kind(spec)) if file.is_file() else None


def choose(device: str, found: dict[str, Any] | None) -> Choice:
    """The table's choice, or a measured one that beats it."""
    table = SPEEDUPS[capability(device)]
    rows = [(speedups_of(row), row) for row in (found or {}).get("variants", ())]
    base = next((row["images_per_second"] for chosen, row in rows if chosen == table), None)
    if base is None:
        return Choice(table, BY_TABLE)
    gains = {
        chosen: min(new / old for new, old in zip(row["images_per_second"], base, strict=True))
        for chosen, row in rows
        if row["agrees"]
    }
    best = max(gains, key=lambda chosen: gains[chosen], default=table)
    if gains.get(best, 0.0) < GAIN:
        return Choice(table, BY_TABLE)
    why = f"measured: {gains[best]:.2f} times the table's ({table})"
    return Choice(best, f"{why}, {place(device_kind(device))}")


def speedups_of(row: dict[str, Any] | None) -> Speedups:
    return Speedups(*((row or {})[name] for name in Speedups._fields))


def fixed(
    file: Path | None, device: str, spec: Spec, begun: dict[str, Any] | None = None
) -> Speedups:
    """The choice of an experiment for a model's kind on this device, which `file` keeps; the
    table's where there is no such file to keep it. A precision that the spec names replaces it. A
    run that was `begun` before there was such a line goes on as its checkpoint says.

    Raises UserError for a file that is damaged.
    """
    precision = spec["training"]["precision"]
    former = speedups_of(begun) if set(Speedups._fields) <= set(begun or {}) else None
    if file is None:
        return with_precision(former or SPEEDUPS[capability(device)], precision)
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = file.with_name(f".{file.name}.lock")
    with locks.locked(lock, f"{file} is being written", wait=True, remove=True):
        known = read_json(file) if file.is_file() else {}
        lines = known.setdefault(device_kind(device), {})
        kind = model_kind(spec)
        if kind not in lines:
            chosen = choose(device, measured(device, spec))
            if former:
                chosen = Choice(former, "as a model of this kind was begun")
            lines[kind] = {**chosen.speedups._asdict(), "why": chosen.why}
            write_json(file, known)
    try:
        return with_precision(speedups_of(lines[kind]), precision)
    except KeyError as error:
        raise UserError(f"{file}: {kind} has no {error.args[0]}") from None
