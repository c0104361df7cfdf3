"""Where a result came from: commit, versions, hardware, and the hash of the code that trained a
model.
"""

import hashlib
import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

# What a trained model depends on. Changing one of these does not retrain anything: models keep the
# hash of the code that made them, and the report flags those that another code made
# (docs/reproducibility.md).
TRAINING_MODULES = (
    "io/rng.py",
    "declarations/architecture.py",
    "nets/nets.py",
    "systems/acgan.py",
    "nets/build.py",
    "training/step.py",
    "training/loop.py",
    "data/packed.py",
    "data/batches.py",
    "metrics/ms_ssim.py",
)
PACKAGES = ("torch", "numpy", "safetensors", "pandas", "matplotlib", "snakemake", "scipy")


def code_hash(modules: tuple[str, ...] = TRAINING_MODULES) -> str:
    """sha256 over the named modules of this package."""
    root = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for module in modules:
        digest.update(module.encode() + b"\0" + (root / module).read_bytes())
    return digest.hexdigest()


def made_by(device: str) -> dict[str, Any]:
    """The code, versions and hardware of a training run that starts now."""
    return {
        "code_sha256": code_hash(),
        "versions": versions(),
        "hardware": hardware(device),
        "device": device,
    }


def continued(before: dict[str, Any], now: dict[str, Any], finished: bool) -> dict[str, Any]:
    """Who made a model whose state was found: the former run if it was finished, else both."""
    if finished or before["code_sha256"] == now["code_sha256"]:
        return before
    print("another code began this model; its provenance names both", flush=True)
    return {**now, "code_sha256": f"{before['code_sha256']}, then {now['code_sha256']}"}


def versions() -> dict[str, str]:
    """Python and the packages that numbers depend on, as installed."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


# What runs write themselves, some of it while git is asked.
NO_CODE = (":(exclude)results", ":(exclude,glob)**/dvc.lock")


def commit(project: Path = Path(__file__).parents[3]) -> str:
    """The git commit of the code, `+changes` where its tracked files differ from it, or "unknown"
    outside a checkout.
    """
    try:
        git = ["git", "--no-optional-locks", "-C", str(project)]
        name = subprocess.run(
            [*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True
        ).stdout.strip()
        changes = subprocess.run(
            [*git, "status", "--porcelain", "--untracked-files=no", "--", ".", *NO_CODE],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{name}+changes" if changes else name


def hardware(device: str = "cpu") -> dict[str, Any]:
    """Processor, core count and, when one was used, the GPU."""
    described = {
        "cpu": cpu_name(),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
    }
    if device.startswith("cuda"):
        import torch

        described["gpu"] = torch.cuda.get_device_name(device)
    return described


def cpu_name() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
