"""What `acgan speed` measured, by device: speed/<device>.json."""

from pathlib import Path
from typing import Any, NamedTuple

from acgan.io.errors import UserError
from acgan.io.files import read_json, write_json
from acgan.systems import Spec
from acgan.training.choice import MEASURED, model_kind, place, speedups_of
from acgan.training.speedups import Speedups


def keep(found: dict[str, Any]) -> Path:
    """Add kinds of models to the file of their device; those measured anew are replaced, and all
    are where the versions of the packages changed.
    """
    file = place(found["device"])
    file.parent.mkdir(exist_ok=True)
    known = read_json(file) if file.is_file() else {}
    same = known.get("versions") == found["versions"]
    models = {**(known["models"] if same else {}), **found["models"]}
    write_json(file, {**found, "models": models})
    return file


def files(folder: Path = MEASURED) -> list[Path]:
    """All of them, the latest first."""
    return sorted(folder.glob("*.json"), key=lambda f: f.stat().st_mtime, reverse=True)


class Rate(NamedTuple):
    """How fast a kind of model trains on a device."""

    images_per_second: float
    memory_mb: float
    gains: dict[int, float]  # k models at once: images/s of all together over those of one


class Record(NamedTuple):
    """A file of measurements."""

    file: Path
    found: dict[str, Any]

    @property
    def device(self) -> str:
        return self.found["device"]

    def rate(self, spec: Spec) -> Rate | None:
        """Of a model's kind with the speed-ups that were chosen; None where it was not measured."""
        mine = self.found["models"].get(model_kind(spec))
        if mine is None:
            return None
        chosen = Speedups(**mine["chosen"])
        row = next(r for r in mine["variants"] if speedups_of(r) == chosen)
        halves = row["images_per_second"]
        gains = {int(k): gain for k, gain in mine["together"].items()}
        return Rate(sum(halves) / len(halves), row["memory_mb"], gains)

    def judged_per_second(self, kind: str, side: int) -> float | None:
        """Images that a judge of this kind is shown; None where it was not measured."""
        return self.found.get("judges", {}).get(judge_kind(kind, side))


def judge_kind(kind: str, side: int) -> str:
    """What decides how long a judge takes."""
    return f"{kind}, {side}x{side}"


def read(file: Path | None = None) -> Record | None:
    """A file that is named, or the latest measurement of a GPU, else of a processor; None where
    there is none. Raises UserError for a file that is no such measurement.
    """
    records = [Record(f, read_json(f)) for f in ([file] if file else files())]
    for record in records:
        if not {"device", "hardware", "models"} <= set(record.found):
            raise UserError(f"{record.file} was not written by `acgan speed`")
    of_gpu = [r for r in records if "gpu" in r.found["hardware"]]
    return next(iter([*of_gpu, *records]), None)
