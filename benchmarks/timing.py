"""What the benchmarks share: seeded images, alternating timings, peak memory of a fresh process,
markdown.
"""

import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import torch
from torch.nn import functional as F

Rows = list[dict[str, str]]


def images(n: int, side: int, seed: int = 0) -> np.ndarray:
    """uint8 (n, side, side, 3): smooth colours and some noise, about as alike as photographs."""
    g = torch.Generator().manual_seed(seed)
    parts = []
    for start in range(0, n, 256):
        m = min(256, n - start)
        coarse = torch.rand(m, 3, 4, 4, generator=g) * 255
        smooth = F.interpolate(coarse, (side, side), mode="bicubic", align_corners=False)
        noisy = smooth + 12 * torch.randn(m, 3, side, side, generator=g)
        parts.append(noisy.clamp(0, 255).byte().permute(0, 2, 3, 1).contiguous().numpy())
    return np.concatenate(parts)


def alternate(*versions: Callable[[], object], repeats: int = 3, warm_up: int = 0) -> list[float]:
    """Best seconds of each version, run in turns so that a busy machine troubles all alike."""
    for version in versions * warm_up:
        version()
    best = [float("inf")] * len(versions)
    for _ in range(repeats):
        for i, version in enumerate(versions):
            synchronise()
            start = time.perf_counter()
            version()
            synchronise()
            best[i] = min(best[i], time.perf_counter() - start)
    return best


def synchronise() -> None:
    """Wait for the GPU, if there is one."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def peak_mib(statement: str, setup: str) -> float:
    """Growth of the peak resident memory by `statement`, in a process of its own, in MiB (Linux:
    ru_maxrss would do elsewhere, but a child inherits it from its parent).
    """
    program = (
        f"import torch; torch.set_num_threads(2)\n{setup}\n"
        "def memory(key):\n"
        "    lines = open('/proc/self/status').read().splitlines()\n"
        "    return int(next(line for line in lines if line.startswith(key)).split()[1])\n"
        "open('/proc/self/clear_refs', 'w').write('5')  # the peak starts here\n"
        f"before = memory('VmRSS')\n{statement}\nprint((memory('VmHWM') - before) / 1024)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return float(run.stdout)


def markdown(rows: Rows) -> str:
    """A markdown table; all rows have the same columns."""
    columns = list(rows[0])
    lines = [f"| {' | '.join(columns)} |", "|" + " --- |" * len(columns)]
    return "\n".join([*lines, *(f"| {' | '.join(r[c] for c in columns)} |" for r in rows)])
