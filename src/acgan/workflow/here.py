"""This machine: what it is, and how long a step of a model takes on it, or showing an image to a
judge, by a few of them.
"""

import os
import time
from functools import partial
from typing import Any, NamedTuple

import torch

from acgan.io.words import counted, memory
from acgan.systems import Spec, system_of
from acgan.training import provenance, speedups, step

# A step that would take longer is measured at a cut-down batch: a plan shall not take minutes.
LONGEST_STEP = 1.5
SECONDS = 2.0  # of steps that are measured
LEAST_BATCH = 4
IMAGES = 32  # that a judge is shown


class Machine(NamedTuple):
    """What trains here."""

    cores: int  # that this process may use
    processor: str
    megabytes: float  # of memory
    gpu: str | None

    @property
    def device(self) -> str:
        return "cuda" if self.gpu else "cpu"

    def __str__(self) -> str:
        parts = [f"{counted(self.cores, 'core')} ({self.processor})", memory(self.megabytes)]
        return ", ".join([*parts, self.gpu or "no GPU here"])


def machine() -> Machine:
    """This one."""
    found = provenance.hardware("cuda" if torch.cuda.is_available() else "cpu")
    megabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e6
    return Machine(found["cores"] or 1, found["cpu"], megabytes, found.get("gpu"))


def step_seconds(spec: Spec, device: str) -> float:
    """Of a whole training step of a model, the median of a few; with the spec's own threads. Where
    one would take more than LONGEST_STEP, of a smaller batch, times as many.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(spec["training"]["threads"])
    try:
        batch = spec["training"]["batch_size"]
        first = seconds_of(spec, LEAST_BATCH, device, 0.0) / LEAST_BATCH
        cut = min(batch, max(LEAST_BATCH, int(LONGEST_STEP / first)))
        return seconds_of(spec, cut, device, SECONDS) * batch / cut
    finally:
        torch.set_num_threads(threads)


def image_seconds(kind: str, side: int, threads: int) -> float:
    """Of showing a judge of this kind an image of this side, by a few batches of noise."""
    from acgan.config.spec import filled
    from acgan.judges import cnn
    from acgan.judges.kinds import efficientnet_lite0, trained_cnn

    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        settings = filled({"kind": kind, "side": side, "threads": threads}, "judge")
        if kind == "trained_cnn":
            shape = trained_cnn.shape(settings)
            net = cnn.build(shape, 10).eval()

            def ask(images: torch.Tensor) -> torch.Tensor:
                with torch.no_grad():
                    return net(cnn.preprocess(images, shape))
        else:  # the others are EfficientNet-Lite0, with its own last layer or another
            judge = efficientnet_lite0.load("judge", settings, None, "cpu")

            def ask(images: torch.Tensor) -> torch.Tensor:
                return judge.probabilities(images)

        images = torch.randint(0, 256, (IMAGES, 3, side, side), dtype=torch.uint8)
        taken = []
        for _ in range(3):
            began = time.perf_counter()
            ask(images)
            taken.append((time.perf_counter() - began) / IMAGES)
        return min(taken)
    finally:
        torch.set_num_threads(before)


def some_logits(classes: int, images: torch.Tensor) -> torch.Tensor:
    """In the place of a frozen judge's; its own cost is small beside that of a step."""
    return images.mean((1, 2, 3))[:, None].expand(-1, classes)


def seconds_of(spec: Spec, batch: int, device: str, at_least: float) -> float:
    """Of a step on `batch` images: the median over so many seconds of steps, after a first one."""
    small: dict[str, Any] = {**spec, "training": {**spec["training"], "batch_size": batch}}
    chosen = speedups.speedups(device, spec["training"]["precision"])
    images = torch.zeros(max(2, batch), 3, spec["side"], spec["side"], dtype=torch.uint8)
    labels = torch.zeros(len(images), dtype=torch.long)
    players = step.build(small, device, chosen)
    setting = small, chosen, players, images.to(device), labels.to(device), device
    is_judged = system_of(spec).judge(spec["objective"])
    take = step.stepper(*setting, partial(some_logits, spec["classes"]) if is_judged else None)

    def once(number: int) -> float:
        began = time.perf_counter()
        take(number)
        if device.startswith("cuda"):
            torch.cuda.synchronize()
        return time.perf_counter() - began

    taken = [once(0)]
    ends = time.perf_counter() + at_least
    while len(taken) < 3 or time.perf_counter() < ends:
        taken.append(once(len(taken)))
    return sorted(taken[1:])[(len(taken) - 1) // 2]
