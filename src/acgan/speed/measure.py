"""Every speed-up that a device could use, for every kind of model that an experiment has.

Of each kind: images/s in two halves, for which all versions take turns, so that a machine that
grows warm or busy troubles all alike; peak memory; how far the losses of the first steps are from
those in float64; and what several models at once gain.
"""

import itertools
import multiprocessing
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch

from acgan.config import resolve
from acgan.config.resolve import Config
from acgan.io.words import memory
from acgan.speed import agreement, here
from acgan.speed.record import judge_kind
from acgan.systems import Spec
from acgan.training import choice, provenance, speedups
from acgan.training.choice import device_kind, model_kind
from acgan.training.log import peak_memory_mb
from acgan.training.speedups import Speedups

SECONDS = {"cuda": 0.4, "cpu": 1.0}  # of steps in each half
LONGEST_STEP = {"cuda": 5.0, "cpu": 0.4}  # a longer one is measured with fewer images
FIRST = 5  # steps that do not count, on a GPU: libraries choose, a graph is recorded
COMPARED = 32  # images of 32x32, or fewer larger ones, in steps compared with float64
STEPS_COMPARED = 3
SECONDS_TOGETHER = 3.0
Say = Callable[[str], None]


def kinds(config: Config) -> dict[str, Spec]:
    """A spec of each kind of model, in the order of the suites."""
    found: dict[str, Spec] = {}
    for suite in config["suites"]:
        for model in resolve.models(config, suite):
            spec = resolve.spec(config, suite, model.id)
            found.setdefault(model_kind(spec), spec)
    return found


def versions(device: str) -> list[Speedups]:
    """All that the device could use, the table's choice first."""
    table = speedups.speedups(device, "auto")
    every = [Speedups(*values) for values in itertools.product(*here.choices(device).values())]
    return [table, *(v for v in every if v != table)]


def measure(config: Config, device: str, say: Say) -> dict[str, Any]:
    """What speed/<device>.json holds of an experiment's kinds of models."""
    models = {}
    specs = kinds(config)
    for number, (kind, spec) in enumerate(specs.items(), 1):
        say(f"{number} of {len(specs)}: {kind}")
        models[kind] = of_kind(spec, device, say)
    return {
        "device": device_kind(device),
        "hardware": provenance.hardware(device),
        "versions": provenance.versions(),
        "measured": time.strftime("%Y-%m-%d"),
        "models": models,
        "judges": judges(config, device, say),
        "host_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3),
    }


def judges(config: Config, device: str, say: Say) -> dict[str, float]:
    """Images/s of each kind of judge that some suite asks, at the side of its images."""
    asked = {
        judge_kind(judge["kind"], chosen["side"]): (judge["kind"], chosen["side"], judge["threads"])
        for suite, chosen in config["suites"].items()
        if resolve.has_judge(config, suite) and (judge := config["judges"][chosen["judge"]])
    }
    found = {}
    for name, judge in asked.items():
        seconds = here.image_seconds(*judge, device)
        if seconds is not None:
            found[name] = round(1 / seconds, 1)
            say(f"judge: {name}: {found[name]:,.0f} images/s")
    return found


def of_kind(spec: Spec, device: str, say: Say) -> dict[str, Any]:
    """One kind of model."""
    before = torch.get_num_threads()
    torch.set_num_threads(spec["training"]["threads"])
    try:
        kind = "cuda" if device.startswith("cuda") else "cpu"
        every = versions(device)
        batch = here.affordable_batch(spec, every[0], device, LONGEST_STEP[kind])
        rows = {v: version_row(v, batch, spec["training"]["batch_size"]) for v in every}
        errors = dict(loss_errors(spec, every, device))
        for _ in range(2):
            for chosen, row in rows.items():
                once = here.stepping(here.of_batch(spec, batch), chosen, device)
                base = start_of_peak(device)
                first = FIRST if kind == "cuda" else 1
                seconds = here.median_seconds(once, SECONDS[kind], first)
                row["images_per_second"].append(round(batch / seconds, 2))
                peak = base + (peak_memory_mb() - base) * row["of_batch"] / batch
                row["memory_mb"] = max(row["memory_mb"], round(peak))
                del once
        for chosen, row in rows.items():
            row["loss_error"] = float(f"{errors[chosen]:.2g}")
            row["agrees"] = errors[chosen] <= agreement.bound(chosen, device)
        found: dict[str, Any] = {"batch": batch, "variants": list(rows.values())}
        best = choice.choose(device, found)
        found["chosen"], found["why"] = best.speedups._asdict(), best.why
        found["together"] = together(spec, best.speedups, batch, device)
        for line in lines(found):
            say(line)
        return found
    finally:
        torch.set_num_threads(before)


def version_row(chosen: Speedups, batch: int, of_batch: int) -> dict[str, Any]:
    about = {"batch": batch, "of_batch": of_batch, "images_per_second": [], "memory_mb": 0}
    return {**chosen._asdict(), **about}


def loss_errors(spec: Spec, every: list[Speedups], device: str) -> Iterator[tuple[Speedups, float]]:
    """The largest error of a loss of the first steps, of few images."""
    compared = COMPARED * 32 // max(32, spec["side"])
    small = here.of_batch(spec, compared)
    images, labels = here.made_up_images(spec, 2 * compared, device)
    judge = here.judging(spec)
    expected = [
        (r.before, r.losses)
        for r in agreement.references(small, images, labels, device, STEPS_COMPARED, judge)
    ]
    seen: dict[Speedups, float] = {}
    for chosen in every:
        plain = chosen._replace(cuda_graph=False)
        if plain not in seen:
            seen[plain] = agreement.worst_error(
                small, plain, expected, images, labels, device, judge
            )
        yield chosen, seen[plain]


def start_of_peak(device: str) -> float:
    """Begin to watch the peak of memory; what is taken already, in MB."""
    if device.startswith("cuda"):
        torch.cuda.reset_peak_memory_stats()
        return torch.cuda.memory_allocated() / 1e6
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")
        return status_mb("VmRSS")
    except OSError:  # not on Linux
        return 0.0


def status_mb(key: str) -> float:
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith(key))


def together(spec: Spec, chosen: Speedups, batch: int, device: str) -> dict[str, float]:
    """What k models at once, a process each, gain over one: {k: ratio of images/s}."""
    counts = [2, 4] if device.startswith("cuda") else [min(4, here.machine().cores)]
    counts = [k for k in counts if k > 1]
    if not counts:
        return {}
    asked = spec, chosen, batch, device
    alone = in_processes(1, *asked)
    return {str(k): round(in_processes(k, *asked) / alone, 2) for k in counts}


def in_processes(k: int, *asked: Any) -> float:
    """Images/s of k models at once, all together."""
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, context.Pool(k) as pool:
        jobs = [(*asked, manager.Barrier(k))] * k
        return sum(pool.starmap(of_one_process, jobs, chunksize=1))


def of_one_process(spec: Spec, chosen: Speedups, batch: int, device: str, barrier: Any) -> float:
    """Images/s of one of them, while the others work."""
    torch.set_num_threads(spec["training"]["threads"])
    once = here.stepping(here.of_batch(spec, batch), chosen, device)
    for number in range(FIRST if device.startswith("cuda") else 1):
        once(number)
    barrier.wait()
    began, steps = time.perf_counter(), 0
    while (taken := time.perf_counter() - began) < SECONDS_TOGETHER or steps < 2:
        once(FIRST + steps)
        steps += 1
    return steps * batch / taken


def lines(found: dict[str, Any]) -> Iterator[str]:
    """One kind of model as text."""
    if found["batch"] < found["variants"][0]["of_batch"]:
        yield (
            f"  measured with {found['batch']} images a step, where a step of the whole batch "
            "takes seconds; memory is extrapolated"
        )
    base = found["variants"][0]["images_per_second"]
    chosen = Speedups(**found["chosen"])
    for row in found["variants"]:
        one = choice.speedups_of(row)
        gains = [new / old for new, old in zip(row["images_per_second"], base, strict=True)]
        mark = "*" if one == chosen else " "
        agrees = "" if row["agrees"] else "  losses differ from float64's: never taken"
        yield (
            f"{mark} {one!s:<58} {sum(row['images_per_second']) / 2:>9,.1f} images/s  "
            f"{gains[0]:.2f} {gains[1]:.2f} times  {memory(row['memory_mb']):>8}  "
            f"loss off by {row['loss_error']:.1g}{agrees}"
        )
    yield f"  taken: {chosen} ({found['why']})"
    for k, gain in found["together"].items():
        yield f"  {k} models at once: {gain:.2f} times the images/s of one"
