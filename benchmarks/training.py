"""The training step beside a plain one: `python -m benchmarks.training [--device cuda]`.

Needs torch, numpy and safetensors only, so that a GPU host can run it.
"""

import argparse
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from acgan.config.spec import completed
from acgan.data.batches import real_batch
from acgan.io.rng import torch_rng
from acgan.training import speedups
from acgan.training import step as engine
from benchmarks.plain import plain_step
from benchmarks.timing import alternate, markdown

TITLE = "Training step"
ABOUT = """One step of D and one of G. Plain: eager, float32, DataLoader over uint8 arrays, textbook
dropout and transposed convolutions, D's gradients computed in G's step and thrown away
(benchmarks/plain.py). Loading is the time to draw, gather, flip and normalise a batch, as a share
of the step. A CPU step runs on one thread, as the workflow runs it."""
SIZES = {  # name: side, width, batch on a CPU
    "demo (32x32, quarter width)": (32, 0.25, 100),
    "CIFAR-10 (32x32)": (32, 1.0, 100),
    "ImageNet (64x64)": (64, 1.0, 20),
    "ImageNet (128x128)": (128, 1.0, 10),
}
NOT_MEASURED = "not measured"


def spec_of(side: int, width: float, batch: int) -> dict[str, Any]:
    """A model of the paper's settings at this size."""
    return completed(
        {
            "side": side,
            "classes": 10,
            "seed": 0,
            "nets": {"width": width},
            "training": {"batch_size": batch, "flip": True},
        }
    )


def our_step(spec: dict[str, Any], chosen: speedups.Speedups, images, labels, device: str):
    """A function that takes one step of ours, numbered by itself."""
    step = engine.stepper(spec, chosen, engine.build(spec, device, chosen), images, labels, device)
    number = iter(range(10**9))
    return lambda: step(next(number))


def versions_of(device: str) -> dict[str, speedups.Speedups]:
    """The speed-ups worth comparing on this device."""
    ours = speedups.speedups(device, "auto")
    found = {"ours": ours, "float32": ours._replace(precision="float32")}
    found["other last layer"] = ours._replace(subpixel_last=not ours.subpixel_last)
    found["NCHW"] = ours._replace(channels_last=False)
    if speedups.has_bfloat16(device):
        found["bfloat16"] = ours._replace(precision="bfloat16")
    if device.startswith("cuda"):
        found["bfloat16, CUDA graph"] = found["bfloat16"]._replace(cuda_graph=True)
    return {n: s for n, s in found.items() if n == "ours" or s != ours}


def share_of_matrix_rate(
    step: Callable[[], object], seconds: float, device: str, precision: str
) -> float:
    """Operations per second of a step over those of a large matrix product on the same device."""
    with FlopCounterMode(display=False) as counter:
        step()
    side = 8192 if device != "cpu" else 1024
    matrix = torch.randn(side, side, device=device, dtype=getattr(torch, precision))
    (product,) = alternate(lambda: matrix @ matrix, repeats=10, warm_up=2)
    return counter.get_total_flops() / seconds / (2 * side**3 / product)


def measure(name: str, device: str) -> dict[str, str]:
    side, width, batch = SIZES[name]
    batch = 100 if device != "cpu" else batch
    rng = np.random.default_rng(0)
    raw, classes = rng.integers(0, 256, (2000, side, side, 3), np.uint8), rng.integers(0, 10, 2000)
    images = torch.from_numpy(raw).to(device).permute(0, 3, 1, 2)
    labels = torch.from_numpy(classes).to(device)
    spec = spec_of(side, width, batch)
    versions = {"plain": plain_step(side, width, 10, batch, raw, classes, device)}
    versions |= {
        n: our_step(spec, s, images, labels, device) for n, s in versions_of(device).items()
    }
    real_rng = torch_rng(0, "real", 0, device)
    versions["loading"] = lambda: real_batch(images, labels, batch, True, real_rng)
    rounds = 50 if device != "cpu" else 20 if width < 1 else 8 if side == 32 else 3
    best = alternate(*versions.values(), repeats=rounds, warm_up=2)
    seconds = dict(zip(versions, best, strict=True))
    plain, ours, loading = (seconds.pop(n) for n in ("plain", "ours", "loading"))
    row = {
        "size": f"{name}, batch {batch}",
        "plain": f"{1000 * plain:.1f} ms",
        "ours": f"{1000 * ours:.1f} ms",
        "ratio": f"{plain / ours:.2f}",
        "loading": f"{100 * loading / ours:.2f} %",
        "images/s": f"{batch / ours:.0f}",
        "s/kimg": f"{1000 * ours / batch:.2f}",
        "ratio of plain to ours with": "; ".join(
            f"{n} {plain / s:.2f}" for n, s in seconds.items()
        ),
    }
    chosen = speedups.speedups(device, "auto")
    native = ours if chosen.precision == "bfloat16" else seconds.get("bfloat16")
    row["native bfloat16"] = (
        f"{plain / native:.2f}" if native else f"{NOT_MEASURED}: this device has none"
    )
    share = share_of_matrix_rate(versions["ours"], ours, device, chosen.precision)
    row["share of the matrix rate"] = f"{100 * share:.0f} %"
    if device != "cpu":
        row["memory"] = f"{torch.cuda.max_memory_allocated() / 1e6:.0f} MB"
    return row


def rows(device: str = "cpu") -> list[dict[str, str]]:
    """One row per size."""
    torch.set_num_threads(1)
    found = []
    for name in SIZES:
        found.append(measure(name, device))
        print(found[-1], flush=True)
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    print(markdown(rows(parser.parse_args().device)))
