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

from acgan.io.files import read_csv

# What a trained model depends on, beside its own system: whole packages, and the files that bring
# the data. Changing one of these retrains nothing: a model keeps the hash of the code that made it,
# and the report flags models that another code made (docs/reproducibility.md).
PACKAGES_OF_TRAINING = ("nets", "training")
MODULES_OF_TRAINING = (
    "io/rng.py",
    "declarations/architecture.py",
    "data/packed.py",
    "data/batches.py",
    "metrics/ms_ssim.py",
    "systems/base.py",
    "systems/build.py",
    "systems/losses.py",
)
# Of the package, but unable to change a weight: they say what happens, and when to stop.
HARMLESS = ("commands", "log", "parallel", "progress", "provenance", "reuse", "signals", "slurm")
PACKAGES = ("torch", "numpy", "safetensors", "pandas", "matplotlib", "snakemake", "scipy")


def training_modules(system: str) -> list[str]:
    """The files of ours that a model of this system depends on, from the package's folder."""
    root = Path(__file__).parents[1]
    inside = [
        file.relative_to(root).as_posix()
        for package in PACKAGES_OF_TRAINING
        for file in (root / package).glob("*.py")
        if file.stem not in HARMLESS
    ]
    return sorted([*inside, *MODULES_OF_TRAINING, f"systems/{system}.py"])


def code_hash(system: str) -> str:
    """sha256 over the code that trains a model of this system."""
    root = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for module in training_modules(system):
        digest.update(module.encode() + b"\0" + (root / module).read_bytes())
    return digest.hexdigest()


def is_current(code: str, system: str) -> bool:
    """Whether the code that made a model is the present one, or was shown to give the same bytes.

    equal_code.csv has a row for each two versions that workflow/scripts/equal_code.py compared.
    """
    found, to_do = set(), [code_hash(system)]
    rows = read_csv(Path(__file__).with_name("equal_code.csv"))
    while to_do:
        one = to_do.pop()
        if one not in found:
            found.add(one)
            to_do += [r["former"] for r in rows if r["present"] == one]
            to_do += [r["present"] for r in rows if r["former"] == one]
    # A model that one code began and another finished names both.
    return set(code.split(", then ")) <= found


def made_by(device: str, system: str) -> dict[str, Any]:
    """The code, versions and hardware of a training run that starts now."""
    return {
        "code_sha256": code_hash(system),
        "versions": versions(),
        "hardware": hardware(device),
        "device": device,
    }


def continued(before: dict[str, Any], now: dict[str, Any], finished: bool) -> dict[str, Any]:
    """Who made a model whose state was found: the former run if it was finished, else both."""
    if finished or before["code_sha256"].split(", then ")[-1] == now["code_sha256"]:
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
