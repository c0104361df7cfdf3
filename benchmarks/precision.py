"""Final scores with float32 and bfloat16, several seeds a side: `python -m benchmarks.precision`.

Needs the demo's packed digits and judge: `snakemake data
results/demo/judges/digits_cnn.safetensors`.
"""

import argparse
import statistics
import tempfile
from pathlib import Path
from typing import Any

import torch
from scipy import stats

from acgan.config import loading, resolve
from acgan.data import packed
from acgan.judges import load_judge
from acgan.samples.draw import images, latents
from acgan.systems.build import load_generator
from acgan.training import speedups
from acgan.training.loop import train
from acgan.training.run import Runtime
from benchmarks.timing import markdown

TITLE = "Final scores by precision"
ABOUT = """The demo's main_32 model of the digits 0 to 4, as the demo trains it, several seeds, the
same on both sides; 200 samples of each class. Single runs swing, so the mean difference over seeds
stands with its 95 % interval (paired t)."""
JUDGE = Path("results/demo/judges/digits_cnn.safetensors")
DATA = Path("data/digits/32")


def scores(spec: dict[str, Any], folder: Path) -> dict[str, float]:
    """Train one model and judge its samples."""
    from acgan.metrics.ms_ssim import ms_ssim

    class_ids = [entry.id for entry in packed.read_index(DATA)][: spec["classes"]]
    train(spec, DATA, class_ids, folder, Runtime("cpu"))
    net, judge = (
        load_generator(folder / "weights.safetensors", spec),
        load_judge("digits_cnn", {"kind": "digits_cnn"}, JUDGE),
    )
    right, similar = [], []
    for label, class_id in enumerate(class_ids):
        drawn = torch.from_numpy(
            images(spec, net, latents(spec, "samples", label, 200), label)
        ).permute(0, 3, 1, 2)
        named = judge.probabilities(drawn).argmax(1)
        right.append((named == judge.class_ids.index(class_id)).float().mean().item())
        similar.append(ms_ssim(drawn[:100], drawn[100:]).mean().item())
    return {"accuracy": statistics.fmean(right), "MS-SSIM": statistics.fmean(similar)}


def rows(seeds: int = 8) -> list[dict[str, str]]:
    config = loading.load([Path("config/demo.yaml")])
    found: dict[str, dict[str, list[float]]] = {}
    for precision in ("float32", "bfloat16"):
        found[precision] = {"accuracy": [], "MS-SSIM": []}
        for seed in range(seeds):
            spec = resolve.spec(config, "main_32", "g000")
            steps = spec["training"]["steps"]
            spec["training"] |= {"precision": precision, "trajectory_every": steps}
            spec["seed"] = seed
            with tempfile.TemporaryDirectory() as folder:
                for name, value in scores(spec, Path(folder)).items():
                    found[precision][name].append(value)
            print(precision, seed, {n: v[-1] for n, v in found[precision].items()}, flush=True)
    table = []
    for name in ("accuracy", "MS-SSIM"):
        a, b = (found[p][name] for p in ("float32", "bfloat16"))
        difference = [y - x for x, y in zip(a, b, strict=True)]
        low, high = stats.ttest_1samp(difference, 0).confidence_interval(0.95)
        table.append(
            {
                "score": f"{name}, {steps} steps, {seeds} seeds a side",
                "float32": " ".join(f"{v:.3f}" for v in a),
                "bfloat16": " ".join(f"{v:.3f}" for v in b),
                "mean difference": (
                    f"{statistics.fmean(difference):+.3f} ({low:+.3f} to {high:+.3f})"
                ),
                "bfloat16 is": "native" if speedups.has_bfloat16("cpu") else "emulated by torch",
            }
        )
    return table


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=8)
    print(markdown(rows(**vars(parser.parse_args()))))
