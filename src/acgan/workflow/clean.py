"""Free the resume states of finished models: `acgan clean states --config config/paper.yaml`.

A finished model's state is its weights once more, and all that survives when Snakemake deletes the
outputs of a rule before it makes them again. So hard links to the model's files stay in its state
folder, which take no room, and a trainer that is called again takes them (training/reuse.py).
"""

import os
import shutil
from pathlib import Path

from acgan.config import resolve
from acgan.config.resolve import Config
from acgan.io import locks
from acgan.io.errors import UserError
from acgan.io.words import counted
from acgan.training.reuse import KEPT, files_of


def states(config: Config, results: Path, dry_run: bool = False) -> str:
    """Free them; what was freed, as text. A model that is being trained, or lacks a file, is left
    alone.
    """
    freed, cleaned = 0, 0
    for suite, chosen in config["suites"].items():
        names = files_of(chosen["snapshots"])
        for model in resolve.models(config, suite):
            found = of_model(results / "models" / suite / model.id, names, dry_run)
            freed, cleaned = freed + found, cleaned + bool(found)
    would = "would be " if dry_run else ""
    return f"{freed / 1e9:,.2f} GB of {counted(cleaned, 'finished model')} {would}freed"


def of_model(folder: Path, names: list[str], dry_run: bool) -> int:
    """Bytes freed of one model."""
    state, kept = folder / "state", folder / KEPT
    files = list(state.glob("checkpoint*.pt"))
    if not files or not all((folder / name).is_file() for name in names):
        return 0
    try:
        with locks.locked(state / "lock", f"{folder} is being trained", wait=False):
            size = sum(f.stat().st_size for f in files)
            if dry_run:
                return size
            new = kept.with_name(f".{kept.name}.new")
            shutil.rmtree(new, ignore_errors=True)
            new.mkdir()
            for name in names:
                link(folder / name, new / name)
            shutil.rmtree(kept, ignore_errors=True)
            new.rename(kept)
            for file in files:
                file.unlink()
            return size
    except UserError:  # a trainer holds it
        return 0


def link(file: Path, to: Path) -> None:
    """A second name of the same bytes; a copy where the disk knows no such thing."""
    try:
        os.link(file, to)
    except OSError:
        shutil.copyfile(file, to)
