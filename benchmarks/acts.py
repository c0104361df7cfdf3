"""Sampling and scoring one model of ten classes at 128 pixels: `python -m benchmarks acts`.

The nets are untrained and the training images made up: neither changes how long an act takes.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from acgan.config import loading, resolve
from acgan.config.reading import read_config
from acgan.data import imagenet, packed
from acgan.io.files import write_csv, write_json
from acgan.nets.weights import save_weights
from acgan.systems.build import build_discriminator, build_generator
from acgan.tables import wanted
from benchmarks.timing import Rows, images, markdown

TITLE = "Sampling and scoring a model"
ABOUT = """`acgan sample` and `acgan score` of one model of ten classes at 128x128, as processes of
their own, on two threads of a CPU: seconds with start and imports, images per second, and the peak
memory of the process. Scores by EfficientNet-Lite0: accuracy at five resolutions, MS-SSIM of 100
random pairs of each class, and the nearest of 1,000 training images."""
SUITE = "imagenette_128"
REAL = 100  # training images of each class
COUNTS = (100, 500)  # samples of each class
SIDES = (16, 32, 64, 128, 256)
ACGAN = str(Path(sys.executable).with_name("acgan"))


def experiment(folder: Path, samples: int) -> Path:
    """Everything that the acts read, in a folder; returns the resolved config."""
    override = folder / f"of_{samples}.yaml"
    override.write_text(
        json.dumps({"suites": {SUITE: {"samples_per_class": samples, "training": {"threads": 2}}}})
    )
    config = loading.load([Path("config/imagenette.yaml"), override])
    config["judges"]["efficientnet_lite0"]["threads"] = 2
    resolved = folder / f"{samples}.json"
    write_json(resolved, config)
    return resolved


def prepare(folder: Path, resolved: Path) -> None:
    """Packed images of ten classes, their group, and untrained weights."""
    classes = imagenet.class_ids()[:10]
    for number, class_id in enumerate(classes):
        packed.write_class(folder / "data", class_id, images(REAL, 128, seed=number))
    packed.write_index(folder / "data", dict.fromkeys(classes, "made up"))
    write_csv(
        folder / "groups.csv",
        ("model", "position", "class"),
        [("g000", i, c) for i, c in enumerate(classes)],
    )
    spec = resolve.spec(read_config(resolved), SUITE, "g000")
    model = folder / "models" / SUITE / "g000"
    model.mkdir(parents=True)
    save_weights(
        model / "weights.safetensors", build_generator(spec).eval(), build_discriminator(spec)
    )
    write_json(model / "provenance.json", {})


def measured(arguments: Sequence[str]) -> tuple[float, float]:
    """Seconds and peak MB of a command."""
    program = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3)"
    )
    began = time.perf_counter()
    run = subprocess.run(
        [sys.executable, "-c", program, *arguments], check=True, capture_output=True, text=True
    )
    return time.perf_counter() - began, float(run.stdout)


def rows() -> Rows:
    """A row for each act and number of samples, and one for each score."""
    found = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        configs = {n: experiment(folder, n) for n in COUNTS}
        prepare(folder, configs[COUNTS[0]])
        for samples, config in configs.items():
            model = f"{SUITE}/g000"
            trained = ["--config", str(config), "--models", model]
            trained += ["--weights", str(folder / "models")]
            drawn, shown = folder / f"samples_{samples}", 10 * samples
            found.append(row("sample", shown, [*trained, "--out", str(drawn)]))
            read = ["--samples", str(drawn), "--groups", str(folder / "groups.csv")]
            read += ["--data", str(folder / "data"), "--sides", *map(str, SIDES)]
            read += ["--out", str(folder / "scores")]
            metrics = wanted.metrics(read_config(config), SUITE)
            for chosen in ([*metrics], *([m] for m in metrics)):
                act = "score" if len(chosen) > 1 else f"score: {chosen[0]}"
                found.append(row(act, shown, [*trained, *read, "--metrics", *chosen], "score"))
                print(found[-1], flush=True)
    return found


def row(act: str, shown: int, arguments: list[str], command: str = "") -> dict[str, str]:
    seconds, megabytes = measured([ACGAN, command or act, *arguments])
    return {
        "act": act,
        "samples": f"10 x {shown // 10}",
        "seconds": f"{seconds:.1f}",
        "images/s": f"{shown / seconds:.0f}",
        "peak memory": f"{megabytes:.0f} MB",
    }


if __name__ == "__main__":
    print(markdown(rows()))
