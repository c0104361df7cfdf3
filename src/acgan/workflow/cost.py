"""What a step of training takes, by suite.

For the bar of a run: `python -m acgan.workflow.cost results/demo/config.json`. It is a process of
its own, since it counts the nets' arithmetic with torch, which Snakemake itself does not load.
"""

import json
import os
import sys
from pathlib import Path

from acgan.config import resolve
from acgan.config.reading import read_config
from acgan.config.resolve import Config
from acgan.io.errors import UserError
from acgan.speed.record import read
from acgan.workflow.plan import TFLOPS, known_speed, step_operations

CPU_OPERATIONS = 40e9  # a second, of one core in these nets: what the demo's models reach


def step_seconds(config: Config, results: Path, gpu: bool) -> dict[str, float]:
    """{suite: seconds}: of models that are trained, else as `acgan speed` measured, else by the
    arithmetic, at the rate of the suites that are known or at a stated one.
    """
    try:
        record = read()
    except UserError:
        record = None
    images, speeds, work = {}, {}, {}
    for suite in config["suites"]:
        spec = resolve.spec(config, suite, resolve.models(config, suite)[0].id)
        images[suite] = spec["training"]["batch_size"]
        work[suite] = step_operations(spec)
        if speed := known_speed(config, suite, results, record)[0]:
            speeds[suite] = speed
    rates = [work[suite] * speed for suite, speed in speeds.items()]
    stated = TFLOPS * 1e12 if gpu else CPU_OPERATIONS
    rate = sum(rates) / len(rates) if rates else stated
    return {s: images[s] / speeds.get(s, rate / work[s]) for s in images}


if __name__ == "__main__":
    import torch

    os.nice(10)
    path = Path(sys.argv[1])
    print(json.dumps(step_seconds(read_config(path), path.parent, torch.cuda.is_available())))
