"""Which speed-ups of the training step there are, and which are on where: a table by device, never
a timing at run time, so that the same machine always does the same sums (choice.py).
"""

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import torch


class Speedups(NamedTuple):
    """How the same step is computed."""

    # Of convolutions and products: float32 or bfloat16; weights and Adam stay float32.
    precision: str
    channels_last: bool
    subpixel_last: bool  # G's last layer as a 3x3 convolution and a pixel shuffle
    cuda_graph: bool  # replay the step as one recorded graph

    def __str__(self) -> str:
        on = {
            "channels last": self.channels_last,
            "sub-pixel last layer": self.subpixel_last,
            "CUDA graph": self.cuda_graph,
        }
        return ", ".join([self.precision, *(name for name, is_on in on.items() if is_on)])


# Each is on only where docs/benchmarks.md (`make bench`) shows a gain on such a device, and
# bfloat16 only where final scores were compared too. A device on which it has not been measured
# takes the plain choice; `acgan speed` measures yours.
SPEEDUPS = {
    #                            precision  channels_last  subpixel_last  cuda_graph
    "cpu": Speedups("float32", True, False, False),
    # not measured: as "cpu"
    "cpu with AVX-512": Speedups("float32", True, False, False),
    # Steps take half the time with bfloat16; final scores with it have not been compared there.
    "AMD with bfloat16": Speedups("float32", True, False, False),
    # Without AMX bfloat16 is slower.
    "Intel with bfloat16": Speedups("float32", True, False, False),
    # Steps take 0.36 to 0.93 of the time with bfloat16, and final scores do not differ.
    "Intel with AMX": Speedups("bfloat16", True, False, False),
    # not measured
    "cuda": Speedups("float32", False, False, False),
}
VENDORS = {"AuthenticAMD": "AMD", "GenuineIntel": "Intel"}


@cache
def vendor() -> str:
    """AMD, Intel, or nothing where the processor says neither."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    said = next((x.partition(":")[2].strip() for x in lines if x.startswith("vendor_id")), "")
    return VENDORS.get(said, "")


def capability(device: str) -> str:
    """The row of SPEEDUPS that a device belongs to."""
    if device.startswith("cuda"):
        return "cuda"
    for instructions, name in (("amx_tile", "AMX"), ("avx512_bf16", "bfloat16")):
        if getattr(torch.cpu, f"_is_{instructions}_supported", lambda: False)():
            found = f"{vendor()} with {name}"
            if found in SPEEDUPS:
                return found
    wide = torch.backends.cpu.get_cpu_capability().startswith("AVX512")
    return "cpu with AVX-512" if wide else "cpu"


def has_bfloat16(device: str) -> bool:
    """Whether it computes products in bfloat16 itself; else torch emulates them."""
    return capability(device).endswith(("bfloat16", "AMX", "cuda"))


def speedups(device: str, precision: str) -> Speedups:
    """What the table has for this device.

    `precision` "auto" leaves the table's choice, else it replaces it.
    """
    return with_precision(SPEEDUPS[capability(device)], precision)


def with_precision(chosen: Speedups, precision: str) -> Speedups:
    """The same, where a config names the precision."""
    return chosen if precision == "auto" else chosen._replace(precision=precision)


def describe(device: str, chosen: Speedups) -> dict[str, Any]:
    """For provenance: the device's capability and what was on."""
    return {"capability": capability(device), **chosen._asdict()}
