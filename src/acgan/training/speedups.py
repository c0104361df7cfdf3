"""Which speed-ups of the training step are on where: a table by device, never a timing at run time,
so that the same machine always does the same sums.
"""

from typing import Any, NamedTuple

import torch


class Speedups(NamedTuple):
    """How the same step is computed."""

    # Of convolutions and products: float32 or bfloat16; weights and Adam stay float32.
    precision: str
    channels_last: bool
    subpixel_last: bool  # G's last layer as a 3x3 convolution and a pixel shuffle
    cuda_graph: bool  # replay the step as one recorded graph


# Each is on only where docs/benchmarks.md (`make bench`) shows a gain on such a device; a device on
# which it has not been measured takes the plain choice. `precision: bfloat16` turns it on by hand.
SPEEDUPS = {
    #                                precision  channels_last  subpixel_last  cuda_graph
    "cpu": Speedups("float32", True, False, False),
    # not measured: as "cpu"
    "cpu with AVX-512": Speedups("float32", True, False, False),
    # without AMX; with it not measured
    "cpu with bfloat16": Speedups("float32", True, False, False),
    # not measured
    "cuda": Speedups("float32", False, False, False),
}


def capability(device: str) -> str:
    """The row of SPEEDUPS that a device belongs to."""
    if device.startswith("cuda"):
        return "cuda"
    for instructions in ("avx512_bf16", "amx_tile"):
        if getattr(torch.cpu, f"_is_{instructions}_supported", lambda: False)():
            return "cpu with bfloat16"
    wide = torch.backends.cpu.get_cpu_capability().startswith("AVX512")
    return "cpu with AVX-512" if wide else "cpu"


def speedups(device: str, precision: str) -> Speedups:
    """What is on for this device.

    `precision` "auto" leaves the table's choice, else it replaces it.
    """
    chosen = SPEEDUPS[capability(device)]
    return chosen if precision == "auto" else chosen._replace(precision=precision)


def describe(device: str, chosen: Speedups) -> dict[str, Any]:
    """For provenance: the device's capability and what was on."""
    return {"capability": capability(device), **chosen._asdict()}
