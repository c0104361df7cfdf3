"""Whether the training code of another checkout gives the same bytes as this one's: small models of
several settings are trained by both, and their weights and logs compared. A log may have more
columns than the older one had, and a weights file say more of itself.

    python workflow/scripts/equal_code.py ../before --record

--record adds the pair to src/acgan/training/equal_code.csv, so that the report does not flag the
models that the other code made. OTHER is a checkout of any commit, with or without an environment.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from safetensors.torch import load_file

from acgan.config.spec import FORMER, completed
from acgan.training import provenance

ROOT = Path(__file__).parents[2]
RECORD = ROOT / "src/acgan/training/equal_code.csv"
MADE = ("weights.safetensors", "training.csv", "trajectory.csv")
CLASSES = ("0", "1", "2")
TRAINING = {
    "steps": 20,
    "batch_size": 8,
    "log_every": 5,
    "trajectory_every": 10,
    "trajectory_pairs": 2,
    "g_learning_rate": 0.001,
    "d_learning_rate": 0.001,
    "precision": "float32",  # what "auto" is may differ
}
# Every branch of the step, both tables of nets, both precisions.
SETTINGS = {
    "the defaults, 16": {"side": 16},
    "the defaults, 32": {"side": 32},
    "the defaults, 64": {"side": 64},
    "saturating, two steps of D, fakes drawn anew": {
        "side": 32,
        "nets": {
            "noise_layers": "all",
            "layer_order": "nonlinearity-batch_norm-dropout",
            "latent_distribution": "uniform",
            "linear_row": "numbers",
            "dropout": 0.25,
        },
        "objective": {
            "generator_loss": "saturating",
            "classify_fakes": False,
            "d_class_weight": 0.5,
            "g_class_weight": 2.0,
        },
        "training": {"d_steps": 2, "reuse_fakes": False, "flip": True},
    },
    "bfloat16": {"side": 32, "training": {"precision": "bfloat16"}},
}
# Runs in the other checkout too, whatever its layout.
PACK = """
import numpy, sys
from pathlib import Path
from acgan.data import packed
folder, side = Path(sys.argv[1]), int(sys.argv[2])
rng = numpy.random.default_rng(0)
for name in ("0", "1", "2"):
    images = rng.integers(0, 256, (30, side, side, 3)).astype(numpy.uint8)
    packed.write_class(folder, name, images)
packed.write_index(folder, {n: n for n in ("0", "1", "2")})
"""
HASH = """
try:
    from acgan.training import provenance
    print(provenance.code_hash("acgan"))
except ImportError:
    from acgan import provenance
    print(provenance.code_hash())
"""


def python(checkout: Path, *arguments: str, folder: Path) -> str:
    """What this Python prints with the code of a checkout."""
    environment = {**os.environ, "PYTHONPATH": str(checkout.resolve() / "src")}
    run = subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        cwd=folder,
        check=False,
        stdout=subprocess.PIPE,
        text=True,
    )
    if run.returncode:
        sys.exit(f"error: the code of {checkout} failed; it has said why")
    return run.stdout


def spec_of(name: str, changes: dict) -> dict:
    """A whole spec, without keys that the other code cannot know."""
    spec = {
        "suite": "s",
        "model": "m",
        "dataset": "d",
        "side": changes["side"],
        "classes": 3,
        "seed": 1,
        "nets": {"width": 0.125, **changes.get("nets", {})},
        "objective": changes.get("objective", {}),
        "training": {**TRAINING, **changes.get("training", {})},
    }
    whole = completed(spec)
    return {**whole, **{s: {k: whole[s][k] for k in known} for s, known in FORMER.items()}}


def trained(checkout: Path, spec: dict, folder: Path) -> Path:
    """The folder of a model that a checkout trains."""
    folder.mkdir(parents=True)
    (folder / "spec.json").write_text(json.dumps(spec))
    rows = ["model,position,class", *(f"m,{i},{c}" for i, c in enumerate(CLASSES))]
    (folder / "groups.csv").write_text("\n".join(rows) + "\n")
    python(checkout, "-c", PACK, "data", str(spec["side"]), folder=folder)
    python(
        checkout,
        "-m",
        "acgan.cli",
        "train",
        "--spec",
        "spec.json",
        "--data",
        "data",
        "--groups",
        "groups.csv",
        "--out",
        "out",
        "--device",
        "cpu",
        folder=folder,
    )
    return folder / "out"


def is_equal(theirs: Path, ours: Path) -> bool:
    """Whether two weights files have the same tensors, bit for bit, or a log the same numbers in
    the columns of theirs.
    """
    if theirs.suffix != ".csv":
        one, two = (load_file(file) for file in (theirs, ours))
        one, two = ({k: v.numpy().tobytes() for k, v in each.items()} for each in (one, two))
        return one == two
    one, two = (list(csv.reader(f.read_text().splitlines())) for f in (theirs, ours))
    return one == [row[: len(one[0])] for row in two]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("other", type=Path, help="a checkout of another commit")
    parser.add_argument("--record", action="store_true", help="add the pair to equal_code.csv")
    args = parser.parse_args()
    differ = []
    with tempfile.TemporaryDirectory() as scratch:
        former = python(args.other, "-c", HASH, folder=Path(scratch)).strip()
        for number, (name, changes) in enumerate(SETTINGS.items()):
            spec = spec_of(name, changes)
            theirs, ours = (
                trained(c, spec, Path(scratch, str(number), who))
                for who, c in (("theirs", args.other), ("ours", ROOT))
            )
            said = [file for file in MADE if not is_equal(theirs / file, ours / file)]
            print(f"{name}: {'equal' if not said else 'differs in ' + ', '.join(said)}", flush=True)
            differ += said
    if differ:
        sys.exit("the two do not give the same bytes")
    present = provenance.code_hash("acgan")
    print(f"{former[:12]} and {present[:12]} give the same bytes")
    if args.record and former != present:
        with open(RECORD, "a", newline="", encoding="utf-8") as handle:
            shown = f"{len(SETTINGS)} settings of {TRAINING['steps']} steps"
            csv.writer(handle, lineterminator="\n").writerow((former, present, "acgan", shown))


if __name__ == "__main__":
    main()
