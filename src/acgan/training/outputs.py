"""What a training run leaves behind: weights, logs, cost, and where they came from."""

from pathlib import Path
from typing import Any

import torch

from acgan.io.files import write_csv, write_json
from acgan.nets.weights import save_weights
from acgan.training.log import peak_memory_mb
from acgan.training.run import Run

TIMING = ("steps", "seconds", "images_per_second", "seconds_per_kimg", "peak_memory_mb")


def write_outputs(run: Run, state: dict[str, Any]) -> None:
    """Write the files of a run that is over; `state` is what its last checkpoint holds."""
    out, players = run.out, run.players
    save_weights(out / "weights.safetensors", players.g, players.d, run.about)
    write_csv(out / "training.csv", run.columns, run.rows)
    write_csv(out / "trajectory.csv", ("step", *run.row_ids), run.trajectory)
    write_timing(out / "timing.csv", state["step"], run.batch, state["seconds"])
    about = {"spec": run.short_spec, "class_ids": run.class_ids, "spec_sha256": run.spec_hash}
    write_json(out / "provenance.json", {**about, **run.made_by})


def divergence(window: torch.Tensor, step: int, columns: tuple[str, ...]) -> dict[str, Any]:
    """The first step of the window (n, columns), which ends at `step`, that is not finite.

    Its losses come with it, as text, since JSON has no infinity. Weights alone can be what is not
    finite.
    """
    bad = (~torch.isfinite(window).all(1)).nonzero().flatten().tolist()
    row = bad[0] if bad else len(window) - 1
    losses = dict(zip(columns[:2], map(str, window[row, :2].tolist()), strict=True))
    return {"step": step - len(window) + row + 1, **losses}


def write_timing(path: Path, steps: int, batch: int, seconds: float) -> None:
    """Seconds, images/s, s/kimg and peak memory: never compared between runs."""
    kimg = max(steps, 1) * batch / 1000
    row = (
        steps,
        round(seconds, 3),
        round(1000 * kimg / seconds, 1),
        round(seconds / kimg, 4),
        round(peak_memory_mb()),
    )
    write_csv(path, TIMING, [row])
