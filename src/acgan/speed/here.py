"""This machine: what it is, and how long a step of a model takes on it, or showing an image to a
judge, by a few of them.
"""

import os
import time
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import torch
from torch import Tensor

from acgan.io.rng import torch_rng
from acgan.io.words import counted, memory
from acgan.systems import Spec, system_of
from acgan.training import provenance, speedups, step
from acgan.training.speedups import Speedups

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
        chosen = speedups.speedups(device, spec["training"]["precision"])
        batch = spec["training"]["batch_size"]
        cut = affordable_batch(spec, chosen, device, LONGEST_STEP)
        return seconds_of(spec, chosen, cut, device, SECONDS) * batch / cut
    finally:
        torch.set_num_threads(threads)


def affordable_batch(spec: Spec, chosen: Speedups, device: str, longest: float) -> int:
    """The batch of a spec, or a smaller one with which a step takes no longer than `longest`."""
    first = seconds_of(spec, chosen, LEAST_BATCH, device, 0.0) / LEAST_BATCH
    return min(spec["training"]["batch_size"], max(LEAST_BATCH, int(longest / first)))


def image_seconds(kind: str, side: int, threads: int, device: str = "cpu") -> float | None:
    """Of showing a judge of this kind an image of this side, by a few batches of noise; None for a
    kind whose net cannot be made without its weights.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        ask = asking(kind, side, threads, device)
        if ask is None:
            return None
        images = torch.randint(0, 256, (IMAGES, 3, side, side), dtype=torch.uint8).to(device)
        taken = []
        for _ in range(3):
            began = time.perf_counter()
            ask(images).cpu()  # waits for it
            taken.append((time.perf_counter() - began) / IMAGES)
        return min(taken)
    finally:
        torch.set_num_threads(before)


def asking(kind: str, side: int, threads: int, device: str) -> Callable[[Tensor], Tensor] | None:
    """What a judge of this kind says of images, by weights that mean nothing."""
    from acgan.config.spec import filled
    from acgan.judges import cnn
    from acgan.judges.kinds import digits_cnn, efficientnet_lite0, inception_v3, trained_cnn

    settings = filled({"kind": kind, "side": side, "threads": threads}, "judge")
    if kind in ("trained_cnn", "digits_cnn"):
        shape = digits_cnn.SHAPE if kind == "digits_cnn" else trained_cnn.shape(settings)
        net = cnn.build(shape, 10).eval().to(device)

        def of_cnn(images: Tensor) -> Tensor:
            with torch.no_grad():
                return net(cnn.preprocess(images, shape))

        return of_cnn
    if kind in ("efficientnet_lite0", "finetuned"):  # with its own last layer or another
        return efficientnet_lite0.load("judge", settings, None, device).probabilities
    if kind == "inception_v3":
        return inception_v3.judge_of("judge", inception_v3.build(), device).probabilities
    return None


def some_logits(classes: int, images: torch.Tensor) -> torch.Tensor:
    """In the place of a frozen judge's; its own cost is small beside that of a step."""
    return images.mean((1, 2, 3))[:, None].expand(-1, classes)


def judging(spec: Spec) -> step.Judging | None:
    """What stands for the judge of a system that learns by one."""
    is_judged = system_of(spec).judge(spec["objective"])
    return partial(some_logits, spec["classes"]) if is_judged else None


def made_up_images(spec: Spec, count: int, device: str) -> tuple[Tensor, Tensor]:
    """uint8 (count, 3, side, side) of smooth colours, and labels (count,)."""
    rng = torch_rng(0, "made_up_images")
    colours = torch.rand(count, 3, 4, 4, generator=rng)
    size = (spec["side"], spec["side"])
    smooth = torch.nn.functional.interpolate(colours, size, mode="bilinear")
    labels = torch.arange(count) % spec["classes"]
    return (smooth * 255).to(torch.uint8).to(device), labels.to(device)


def of_batch(spec: Spec, batch: int) -> Spec:
    return {**spec, "training": {**spec["training"], "batch_size": batch}}


def stepping(spec: Spec, chosen: Speedups, device: str) -> Callable[[int], float]:
    """A function that takes a step on made-up images and returns how long that took."""
    shown = made_up_images(spec, max(2, spec["training"]["batch_size"]), device)
    take = step.stepper(
        spec, chosen, step.build(spec, device, chosen), *shown, device, judging(spec)
    )

    def once(number: int) -> float:
        began = time.perf_counter()
        take(number)
        if device.startswith("cuda"):
            torch.cuda.synchronize()
        return time.perf_counter() - began

    return once


def seconds_of(spec: Spec, chosen: Speedups, batch: int, device: str, at_least: float) -> float:
    """Of a step on `batch` images: the median over so many seconds of steps, after a first one."""
    once = stepping(of_batch(spec, batch), chosen, device)
    return median_seconds(once, at_least, first=1)


def median_seconds(once: Callable[[int], float], at_least: float, first: int) -> float:
    """Of steps for so many seconds, two at least; the `first` ones do not count."""
    for number in range(first):
        once(number)
    taken: list[float] = []
    ends = time.perf_counter() + at_least
    while len(taken) < 2 or time.perf_counter() < ends:
        taken.append(once(first + len(taken)))
    return sorted(taken)[(len(taken) - 1) // 2]


def choices(device: str) -> dict[str, Any]:
    """The values that each speed-up could have on this device."""
    on_cuda = device.startswith("cuda")
    return {
        "precision": ["float32", "bfloat16"] if speedups.has_bfloat16(device) else ["float32"],
        "channels_last": [False, True],
        "subpixel_last": [False, True],
        "cuda_graph": [False, True] if on_cuda else [False],
    }
