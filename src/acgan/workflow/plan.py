"""What an experiment costs before it is run: `acgan plan --config config/paper.yaml --gpus 16`.

Arithmetic of training is counted on the nets themselves, disk from their shapes, jobs on the list
that the rules are made of. Speeds are those of models that this experiment has already trained,
else those that `acgan speed` measured, else the stated one.
"""

import heapq
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch.utils.flop_counter import FlopCounterMode

from acgan.config import resolve
from acgan.config.resolve import Config
from acgan.data.sources import expected_images, published
from acgan.io.words import counted, duration, memory
from acgan.speed.record import Rate, Record, read
from acgan.systems import Spec, system_of
from acgan.systems.build import Drawn, build_discriminator, build_generator, generated
from acgan.systems.counting import parameters
from acgan.tables import wanted
from acgan.tables.wanted import suites_of
from acgan.workflow.experiment import Experiment
from acgan.workflow.jobs import rules

FETCHED_PER_SECOND = 50e6  # bytes, stated: a good connection
PACKED_PER_SECOND = 600  # images, by one core (docs/benchmarks.md)
# Of every submission beside its arithmetic, stated: queue, start, imports, MS-SSIM.
JOB_MINUTES = 2.0
OF_MODELS, MEASURED, STATED = "its models'", "acgan speed", "stated"  # whose a speed is
TFLOPS = 10.0  # of a GPU in these nets; stated


class Suite(NamedTuple):
    """What the models of one suite cost; times in hours."""

    name: str
    models: int
    steps: int
    job_hours: tuple[float, ...]  # of each submission: train, sample and score
    weights: int  # bytes of all models
    samples: int
    speed: str  # whose it is
    memory_mb: float | None  # of the device, a model's peak

    @property
    def hours(self) -> float:
        return sum(self.job_hours)


def count(forward: Callable[..., Any], *inputs: Any) -> int:
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        forward(*inputs)
    return counter.get_total_flops()


def forward_operations(spec: Spec) -> tuple[int, int]:
    """Additions and multiplications of G and D on one image."""
    with torch.device("meta"):
        g, d = build_generator(spec).eval(), build_discriminator(spec).eval()
        z = torch.empty(1, spec["nets"]["latent"])
        label = torch.zeros(1, dtype=torch.long)
        codes = system_of(spec).continuous(spec["objective"])
        drawn = Drawn(label, torch.empty(1, codes) if codes else None)
        image = torch.empty(1, 3, spec["side"], spec["side"])
    of_d = count(d, image, torch.Generator(), label)
    return count(partial(generated, spec, g), z, drawn), of_d


def step_operations(spec: Spec) -> int:
    """Of one step on one image of the batch.

    A backward pass costs a forward one for the gradients of the weights and another for those of
    the inputs. D sees a real and a fake image forwards and backwards, and one more in G's step,
    where its weights get no gradients (and a real one forwards, where G's loss asks for it); G goes
    forwards once (again where fakes are not used twice) and backwards.
    """
    g, d = forward_operations(spec)
    options = spec["training"]
    d_steps, g_steps = options["d_steps"], options["g_steps"]
    g_forwards = d_steps + g_steps - options["reuse_fakes"]
    reals = system_of(spec).reals_for_generator(spec["objective"])
    return g * (g_forwards + 2 * g_steps) + d * (6 * d_steps + (2 + reals) * g_steps)


def measured_speed(results: Path, suite: str) -> float | None:
    """Images/s, mean over the models of a suite that are trained."""
    from acgan.io.frames import read_frame

    found = [
        read_frame(f)["images_per_second"].iloc[0]
        for f in sorted(results.glob(f"models/{suite}/*/timing.csv"))
    ]
    return sum(found) / len(found) if found else None


def known_speed(
    config: Config, suite: str, results: Path, record: Record | None
) -> tuple[float | None, str, Rate | None]:
    """Images/s of a suite's models if any are known, whose speed that is, and what `acgan speed`
    measured of them.
    """
    first = resolve.models(config, suite)[0].id
    rate = record.rate(resolve.spec(config, suite, first)) if record else None
    if speed := measured_speed(results, suite):
        return speed, OF_MODELS, rate
    return (rate.images_per_second, MEASURED, rate) if rate else (None, STATED, None)


def gain_of(k: int, gains: dict[int, float]) -> float:
    """What k models at once gain over one, by the largest measured number that is not above k."""
    return gains[max(n for n in gains if n <= k)] if any(n <= k for n in gains) else 1.0


def times_judged(config: Config, suite: str) -> int:
    """How often each sample of a suite is shown to its judge."""
    metrics = wanted.metrics(config, suite)
    at_sides = len(wanted.sides(config, suite)) if "accuracy" in metrics else 0
    return at_sides + ("class_score" in metrics)


def judged_images(config: Config, suite: str) -> int:
    """What its judge is shown of its largest model."""
    classes = max(m.classes for m in resolve.models(config, suite))
    return classes * config["suites"][suite]["samples_per_class"] * times_judged(config, suite)


def suite_costs(
    config: Config, name: str, results: Path, tflops: float, record: Record | None = None
) -> Suite:
    """By what its trained models took, else by what `acgan speed` measured, else by the stated
    speed.
    """
    suite, kind = config["suites"][name], resolve.kind_of(config, name)
    judged_at = times_judged(config, name)
    speed, told, rate = known_speed(config, name, results, record)
    hours: dict[str, float] = {}
    weights, samples = 0, 0
    # by classes per model: the grid changes no shape
    operations: dict[int, tuple[int, int, int]] = {}
    for model in resolve.models(config, name):
        spec = resolve.spec(config, name, model.id)
        if model.classes not in operations:
            operations[model.classes] = (
                step_operations(spec),
                forward_operations(spec)[0],
                parameters(spec),
            )
        step, sample, numbers = operations[model.classes]
        images = spec["training"]["steps"] * spec["training"]["batch_size"]
        drawn = model.classes * suite["samples_per_class"]
        judged = drawn * judged_at * (kind.gflop if kind else 0) * 1e9
        seconds = images / speed if speed else images * step / (tflops * 1e12)
        hours[model.id] = (seconds + (drawn * sample + judged) / (tflops * 1e12)) / 3600
        weights += 4 * numbers
        shown = drawn + model.classes * (suite["interpolation_steps"] + 8)
        samples += 3 * shown * suite["side"] ** 2
    # Models of one job share a device and with it the stated speed; that of trained ones is of
    # sharers.
    jobs = [
        sum(hours[m] for m in ids)
        / (len(ids) if told == OF_MODELS else gain_of(len(ids), rate.gains if rate else {}))
        + JOB_MINUTES / 60
        for ids in resolve.jobs(config, name).values()
    ]
    steps = suite["training"]["steps"]
    return Suite(
        name, len(hours), steps, tuple(jobs), weights, samples, told, rate and rate.memory_mb
    )


def lines_of_here(config: Config, results: Path) -> Iterator[str]:
    """Training on this machine, as text: each kind of model measured by a few steps, unless models
    of the suite are trained already or `acgan speed` measured it here.
    """
    from acgan.speed import here
    from acgan.training.choice import device_kind, place

    machine = here.machine()
    file = place(device_kind(machine.device))
    record = read(file) if file.is_file() else None
    yield f"this machine: {machine}"
    rows: list[tuple[Any, ...]] = [
        ("suite", "models", "steps", "seconds a step", "time here", "speed")
    ]
    measured: dict[str, float] = {}
    total = 0.0
    for name in config["suites"]:
        models = resolve.models(config, name)
        spec = resolve.spec(config, name, models[0].id)
        speed, told, _ = known_speed(config, name, results, record)
        options = spec["training"]
        kind = str([spec[key] for key in ("side", "nets", "objective")] + [options["batch_size"]])
        if speed:
            measured[kind] = options["batch_size"] / speed
        elif kind not in measured:
            measured[kind] = here.step_seconds(spec, machine.device)
        together = 1 if machine.gpu else max(1, machine.cores // options["threads"])
        seconds = len(models) * options["steps"] * measured[kind] / min(together, len(models))
        total += seconds
        shown = f"{measured[kind]:.3f}", duration(seconds)
        rows.append(
            (name, len(models), options["steps"], *shown, told if speed else "a few steps'")
        )
    yield from table(rows)
    yield f"training here takes about {duration(total)}, with as many models at a time as fit"
    yield ""


def wall_hours(jobs: list[float], gpus: int) -> float:
    """Until the last of the jobs ends, each given to the first free GPU, the longest first."""
    free = [0.0] * gpus
    for hours in sorted(jobs, reverse=True):
        heapq.heappush(free, heapq.heappop(free) + hours)
    return max(free)


def archive_bytes(config: Config) -> int:
    archives = {
        a.file: a.about
        for d in Experiment(config).datasets
        for a in published(config["datasets"][d])
    }
    return sum(archives.values())


def packed_images(config: Config) -> dict[str, int | None]:
    return {d: expected_images(config["datasets"][d]) for d in Experiment(config).datasets}


def packed_bytes(config: Config) -> int:
    return sum(
        3 * side**2 * (images or 0)
        for dataset, images in packed_images(config).items()
        for side in Experiment(config).sides(dataset)
    )


def stage_counts(e: Experiment) -> dict[str, int]:
    """How many jobs each stage of the pipeline has."""
    found: dict[str, int] = {}
    for rule in rules(e):
        found[rule.stage] = found.get(rule.stage, 0) + rule.jobs
    return {stage: n for stage, n in found.items() if n}


def submissions(e: Experiment) -> int:
    """How many of the jobs a cluster gets, those of a model as one."""
    return sum(rule.jobs for rule in rules(e) if rule.submitted)


def table(rows: list[tuple[Any, ...]]) -> Iterator[str]:
    """Rows under a head, the first column to the left."""
    texts = [
        tuple(
            f"{v:,.1f}" if isinstance(v, float) else f"{v:,}" if isinstance(v, int) else v
            for v in r
        )
        for r in rows
    ]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    for row in texts:
        cells = (
            v.ljust(w) if i == 0 else v.rjust(w)
            for i, (v, w) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells).rstrip()


def gigabytes(count: float) -> str:
    return f"{count / 1e9:,.1f} GB"


def costs(config: Config, results: Path, tflops: float, record: Record | None) -> dict[str, Suite]:
    """Every suite's."""
    return {n: suite_costs(config, n, results, tflops, record) for n in config["suites"]}


def speed_lines(suites: dict[str, Suite], tflops: float, record: Record | None) -> Iterator[str]:
    """Whose speeds these are."""
    told = {s.speed for s in suites.values()}
    if record and MEASURED in told:
        yield f"speed: of {record.device}, as `acgan speed` measured it ({record.file})"
    if OF_MODELS in told:
        yield "speed: of a suite that says so, what its trained models took"
    if STATED in told:
        yield (
            f"speed: {tflops:g} TFLOP/s of a GPU, stated (--tflops), not measured: `acgan speed` "
            "measures it; a job of k models takes k times one model's time"
        )


def lines(
    config: Config, results: Path, gpus: int, tflops: float, record: Record | None = None
) -> Iterator[str]:
    """The plan as text."""
    e = Experiment(config)
    suites = costs(config, results, tflops, record)
    jobs = [hours for s in suites.values() for hours in s.job_hours]
    models = sum(s.models for s in suites.values())
    total = sum(jobs)
    yield f"{config['experiment']}: {counted(models, 'model')}, {total:,.1f} GPU-hours"
    yield from speed_lines(suites, tflops, record)
    yield ""
    known = any(s.memory_mb for s in suites.values())
    head = "suite", "models", "jobs", "steps", "hours a model", "hours a job", "GPU-hours"
    yield from table(
        [
            (*head, "weights", "samples", *(["memory"] if known else []), "speed"),
            *(
                (
                    s.name,
                    s.models,
                    len(s.job_hours),
                    s.steps,
                    s.hours / s.models,
                    s.hours / len(s.job_hours),
                    s.hours,
                    gigabytes(s.weights),
                    gigabytes(s.samples),
                    *([memory(s.memory_mb) if s.memory_mb else "–"] if known else []),
                    s.speed,
                )
                for s in suites.values()
            ),
        ]
    )
    yield ""
    rows: list[tuple[Any, ...]] = [("figure or table alone", "of suites", "models", "GPU-hours")]
    for item, entry in e.items.items():
        own = [suites[name] for name in suites if name in suites_of(config, entry)]
        names = ", ".join(s.name for s in own) or "none"
        rows.append((item, names, sum(s.models for s in own), sum((s.hours for s in own), 0.0)))
    yield from table(rows)
    yield ""
    archives, packed = archive_bytes(config), packed_bytes(config)
    weights, samples = (sum(getattr(s, k) for s in suites.values()) for k in ("weights", "samples"))
    unknown = ", ".join(d for d, n in packed_images(config).items() if n is None)
    uncounted = f" and {unknown}, not counted" if unknown else ""
    # A finished model's state is its weights once more; one in training keeps Adam's two moments
    # too.
    yield from table(
        [
            ("disk", ""),
            ("archives", gigabytes(archives)),
            ("packed data", gigabytes(packed) + uncounted),
            ("weights", gigabytes(weights)),
            ("resume states", f"{gigabytes(weights)}, three times that in training"),
            ("samples", gigabytes(samples)),
            ("in all", gigabytes(archives + packed + 2 * weights + samples)),
            ("DVC's cache, if used", f"{gigabytes(packed + weights + samples)} more"),
        ]
    )
    yield ""
    images = sum(n or 0 for n in packed_images(config).values())
    data = archives / FETCHED_PER_SECOND / 3600 + images / PACKED_PER_SECOND / gpus / 3600
    wall = wall_hours(jobs, gpus)
    yield (
        f"wall time with {counted(gpus, 'GPU')}: {data + wall:,.1f} hours, {data:,.1f} of them "
        f"fetching at 50 MB/s and packing; the longest job takes {max(jobs):,.1f}"
    )
    stages = stage_counts(e)
    yield f"jobs: {sum(stages.values()):,} in all, {submissions(e):,} SLURM submissions"
    yield "  " + ", ".join(f"{n:,} {stage}" for stage, n in stages.items())
