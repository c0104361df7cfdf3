"""The first steps of a model, trained again from its seed and compared with its training.csv.

On the same kind of processor, with the same versions, threads and precision, the first 200 steps
give the same bytes. Elsewhere only the first five can be compared, within 1 %, as far as the log
has rows of them, and MS-SSIM before the first step: another layout of the same sums alone moves D's
loss by 13 % at step 20.
"""

import contextlib
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from acgan.groups.grouping import classes_of
from acgan.io.errors import UserError
from acgan.io.files import read_json, write_json
from acgan.training import choice, provenance
from acgan.training.loop import train
from acgan.training.run import FrozenJudge, Runtime
from acgan.verify.files import DIFFERS, NOT_HERE, SAME, WITHIN, Finding, cells
from acgan.verify.place import Place

STEPS, ELSEWHERE, TOLERANCE = 200, 5, 0.01
LINK = "first steps of training from the seed"
DECIDING = ("python", "torch", "numpy")  # versions by which bits follow


def first_steps(place: Place, model: str) -> Iterator[Finding]:
    """The rows of training.csv and trajectory.csv that can be compared."""
    from acgan.config.spec import completed

    e = place.experiment
    folder, suite = place.given / "models" / model, model.partition("/")[0]
    file = f"models/{model}/training.csv"
    inputs = [e.index(suite), e.groups(suite), *e.frozen_judge(suite)]
    if missing := place.there(*inputs):
        yield Finding(LINK, file, NOT_HERE, f"{missing[0]} is not at hand")
        return
    made = read_json(folder / "provenance.json")
    spec = completed(made["spec"])
    if "diverged" in made:
        yield Finding(LINK, file, NOT_HERE, "it diverged, and ends before its last step")
        return
    alike = same_kind(made)
    spec["training"]["steps"] = steps_of(spec, alike)
    out = place.made(f"models/{model}")
    taken = place.made(f"{model}/{choice.FILE}")  # the speed-ups by which it was trained
    line = {choice.model_kind(spec): {**made["engine"], "why": "as it was trained"}}
    write_json(taken, {choice.device_kind("cpu"): line})
    judge = None
    if weights := e.frozen_judge(suite):
        name = spec["objective"]["judge"]
        judge = FrozenJudge(name, e.config["judges"][name], Path(weights[0]))
    data, groups = Path(e.packed(suite)), Path(e.groups(suite))
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            train(spec, data, classes_of(groups, spec), out, Runtime("cpu"), judge, (), taken)
    except UserError as error:
        yield Finding(LINK, file, DIFFERS, str(error).splitlines()[0])
        return
    for name in ("training.csv", "trajectory.csv"):
        yield rows_alike(f"models/{model}/{name}", folder / name, out / name, alike)


def same_kind(made: dict[str, Any]) -> bool:
    """Whether this machine gives the same bits as the one that trained a model, as far as its
    provenance says.
    """
    here, versions = provenance.hardware(), provenance.versions()
    return (
        made["device"] == "cpu"
        and made["hardware"].get("cpu") == here["cpu"]
        and all(made["versions"].get(name) == versions.get(name) for name in DECIDING)
    )


def steps_of(spec: dict[str, Any], alike: bool) -> int:
    """So many steps that the log has a row at the last, or as many as can be compared."""
    every, steps = spec["training"]["log_every"], spec["training"]["steps"]
    most = STEPS if alike else ELSEWHERE
    return min(steps, max(1, most // every) * every if alike else most)


def rows_alike(file: str, theirs: Path, ours: Path, alike: bool) -> Finding:
    """Their first rows beside all of ours."""
    if not theirs.is_file():
        return Finding(LINK, file, DIFFERS, "it is missing")
    one, two = (list(csv.reader(p.read_text().splitlines())) for p in (theirs, ours))
    last = int(float(two[-1][0])) if len(two) > 1 else 0
    kept = [row for row in two[1:] if any(row[0] == other[0] for other in one[1:])]
    mine = [row for row in one[1:] if any(row[0] == other[0] for other in kept)]
    if one[:1] != two[:1]:
        return Finding(LINK, file, DIFFERS, "other columns")
    if alike and len(kept) < len(two) - 1:
        return Finding(LINK, file, DIFFERS, f"rows up to step {last} are missing")
    if not kept:
        said = f"its first row is of step {one[1][0]}" if len(one) > 1 else "it has no row"
        return Finding(LINK, file, NOT_HERE, f"{said}, and only {last} can be compared")
    steps = f"{len(kept)} rows, to step {kept[-1][0]}"
    if mine == kept:
        return Finding(LINK, file, SAME, f"{steps}; later rows are not checked")
    worst = cells(mine, kept)
    if not alike and worst <= TOLERANCE:
        return Finding(LINK, file, f"{WITHIN} {TOLERANCE:g} relative", steps)
    return Finding(LINK, file, DIFFERS, f"{steps}, by {worst:.3g} relative")
