"""All benchmarks into docs/benchmarks.md: `make bench`; `python -m benchmarks NAME ...` for some.

Each module has TITLE, ABOUT and rows(). A section that is not asked for, or of another kind of
device, keeps its former numbers.
"""

import argparse
import importlib
import platform
import time
from importlib import metadata
from pathlib import Path

import torch

from acgan.training import provenance, speedups
from benchmarks.timing import markdown

NAMES = (
    "training",
    "together",
    "precision",
    "ms_ssim",
    "neighbours",
    "accuracy",
    "packing",
    "acts",
)
RESULTS = Path("docs/benchmarks.md")
HEAD = """# Benchmarks

Ours beside a plain version, measured in the same run, the versions taking turns; the fastest call
of each counts. Machines are noisy: ratios say more than seconds. `make bench` measures again (about
20 minutes on 2 cores), `python -m benchmarks training` one section. What is on by default on which
device stands in `src/acgan/training/speedups.py` (SPEEDUPS) and follows these tables.
"""

NO_GPU = """## On a GPU

Not measured yet: images/s, s/kimg, memory and the ratio to the plain version at 32, 64 and 128; one
and k models per GPU; CUDA graphs; the share of the card's matrix rate; 50,000 steps at 128x128. On
a host with one, `python -m benchmarks training together` measures them; it needs torch, numpy and
safetensors only.
"""


def conditions() -> str:
    hardware = provenance.hardware("cuda" if torch.cuda.is_available() else "cpu")
    versions = " ".join(f"{p} {metadata.version(p)}" for p in ("torch", "numpy"))
    return (
        f"Measured {time.strftime('%Y-%m-%d')} on {hardware['cpu']}, {hardware['cores']} cores"
        f"{', ' + hardware['gpu'] if 'gpu' in hardware else ''} (capability: "
        f"{speedups.capability('cpu')}), Python {platform.python_version()}, {versions}."
    )


def title(name: str) -> str:
    """Of a section: it names the kind of device, but for the plainest."""
    kind = speedups.capability("cuda" if torch.cuda.is_available() else "cpu")
    wanted = importlib.import_module(f"benchmarks.{name}").TITLE
    return wanted if kind == "cpu" else f"{wanted}: {kind}"


def section(name: str) -> str:
    module = importlib.import_module(f"benchmarks.{name}")
    print(f"\n== {title(name)}", flush=True)
    table = markdown(module.rows())
    print(table, flush=True)
    return f"## {title(name)}\n\n{module.ABOUT}\n\n{conditions()}\n\n{table}\n"


def sections(text: str) -> dict[str, str]:
    """{title: section} of a document."""
    parts = text.split("\n## ")[1:]
    return {part.partition("\n")[0]: f"## {part.rstrip()}\n" for part in parts}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", choices=[[], *NAMES], help="sections to measure; default: all"
    )
    names = parser.parse_args().names or NAMES
    found = sections(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for name in names:
        new = section(name)
        found[title(name)] = new
        found.pop("On a GPU", None)
        gpu = [] if any(t.endswith(": cuda") for t in found) else [NO_GPU]
        RESULTS.write_text("\n".join([HEAD, *found.values(), *gpu]), encoding="utf-8")
    print(f"\nwritten to {RESULTS}")


if __name__ == "__main__":
    main()
