"""One training step, and which speed-ups are on where.

A step draws its images on the device, draws the fakes once, computes no gradient that nobody uses,
and takes every random number from a generator seeded by (seed, purpose, step). What follows from
the device is a table below, never a timing at run time: the same machine always does the same sums.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from acgan.data.batches import real_batch
from acgan.io.rng import derive_seed, generator
from acgan.nets import nets
from acgan.nets.build import Spec, build_discriminator, build_generator, draw_noise
from acgan.systems.acgan import discriminator_loss, generator_loss

STATISTICS = (  # of one step, in the order that `gan_step` returns them
    "discriminator_loss",
    "generator_loss",
    "source_accuracy_real",
    "source_accuracy_fake",
    "class_accuracy_real",
    "class_accuracy_fake",
)
PURPOSES = ("real", "fake", "noise")  # of a step's random numbers


class Speedups(NamedTuple):
    """How the same step is computed."""

    precision: (
        str  # of convolutions and products: float32 or bfloat16; weights and Adam stay float32
    )
    channels_last: bool
    subpixel_last: bool  # G's last layer as a 3x3 convolution and a pixel shuffle
    cuda_graph: bool  # replay the step as one recorded graph


# Each is on only where docs/benchmarks.md (`make bench`) shows a gain on such a device; a device on
# which it has not been measured takes the plain choice. `precision: bfloat16` turns it on by hand.
SPEEDUPS = {
    #                                precision  channels_last  subpixel_last  cuda_graph
    "cpu": Speedups("float32", True, False, False),
    "cpu with AVX-512": Speedups("float32", True, False, False),  # not measured: as "cpu"
    "cpu with bfloat16": Speedups(
        "float32", True, False, False
    ),  # without AMX; with it not measured
    "cuda": Speedups("float32", False, False, False),  # not measured
}


class Players(NamedTuple):
    """Generator and discriminator with their optimisers."""

    g: nets.Generator
    d: nets.Discriminator
    g_adam: torch.optim.Optimizer
    d_adam: torch.optim.Optimizer


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
    """What is on for this device; `precision` "auto" leaves the table's choice, else it replaces
    it.
    """
    chosen = SPEEDUPS[capability(device)]
    return chosen if precision == "auto" else chosen._replace(precision=precision)


def build(spec: Spec, device: str, chosen: Speedups) -> Players:
    """Freshly initialised nets of a spec on the device, with their Adam optimisers (appendix A)."""
    seed, sigma, options = spec["seed"], spec["nets"]["init_sigma"], spec["training"]
    g = nets.initialise(build_generator(spec), generator(seed, "init_generator"), sigma)
    d = nets.initialise(build_discriminator(spec), generator(seed, "init_discriminator"), sigma)
    g.subpixel_last = chosen.subpixel_last  # type: ignore[assignment]
    layout = torch.channels_last if chosen.channels_last else torch.contiguous_format
    dtype = torch.float64 if chosen.precision == "float64" else torch.float32

    def adam(net: nn.Module, rate: float) -> torch.optim.Optimizer:
        betas = (options["beta1"], options["beta2"])
        return torch.optim.Adam(
            net.parameters(), rate, betas, fused=True, capturable=chosen.cuda_graph
        )

    for net in (g, d):
        net.to(device=device, dtype=dtype)
        net.to(memory_format=layout)  # type: ignore[call-overload]
    g_adam, d_adam = adam(g, options["g_learning_rate"]), adam(d, options["d_learning_rate"])
    return Players(g.train(), d.train(), g_adam, d_adam)  # type: ignore[arg-type]


def load_adam(adam: torch.optim.Optimizer, state: dict[str, Any]) -> None:
    """Restore an optimiser, its moments in the layout of their weights.

    The fused step walks through memory as it lies: moments from a run with another layout would
    silently meet the wrong weights.
    """
    adam.load_state_dict(state)
    for weight, moments in adam.state.items():
        for name in ("exp_avg", "exp_avg_sq"):
            moments[name] = torch.empty_like(weight).copy_(moments[name])


def generators(device: str) -> dict[str, torch.Generator]:
    """The generators that a step draws from."""
    return {purpose: torch.Generator(device) for purpose in PURPOSES}


def reseed(rngs: dict[str, torch.Generator], seed: int, step: int) -> None:
    """Make the generators those of this step."""
    for purpose, rng in rngs.items():
        rng.manual_seed(derive_seed(seed, purpose, step))


def gan_step(
    spec: Spec,
    chosen: Speedups,
    players: Players,
    images: Tensor,
    labels: Tensor,
    rngs: dict[str, torch.Generator],
) -> Tensor:
    """One step of D (or `d_steps` of them) and one of G; returns the STATISTICS (6,), on the
    device.

    `images` are uint8 (N, 3, side, side) and `labels` (N,), both on the device. Nothing in here
    waits for the device. Afterwards D's gradients are those of its own step, G's those of its own.
    """
    g, d, g_adam, d_adam = players
    options, objective, classes = spec["training"], spec["objective"], spec["classes"]
    batch, device = options["batch_size"], labels.device
    dtype = g.linear.weight.dtype
    autocast = torch.autocast(device.type, torch.bfloat16, enabled=chosen.precision == "bfloat16")

    def fake_inputs() -> tuple[Tensor, Tensor]:
        z = draw_noise(spec, batch, rngs["fake"]).to(dtype)
        return z, torch.randint(classes, (batch,), generator=rngs["fake"], device=device)

    # -- discriminator: the paper's L_S + L_C on a real and a fake batch
    for _ in range(options["d_steps"]):
        real, real_labels = real_batch(images, labels, batch, options["flip"], rngs["real"], dtype)
        z, fake_labels = fake_inputs()
        with autocast:
            fakes = g(z, fake_labels)
            on_real, on_fake = d(real, rngs["noise"]), d(fakes.detach(), rngs["noise"])
        d_loss = discriminator_loss(
            on_real,
            on_fake,
            real_labels,
            fake_labels,
            class_weight=objective["d_class_weight"],
            classify_fakes=objective["classify_fakes"],
        )
        d_adam.zero_grad()
        d_loss.backward()
        d_adam.step()

    # -- generator: L_C - L_S through D's new weights, for which no gradients are computed
    d.requires_grad_(False)
    g_labels = fake_labels
    if not options["reuse_fakes"]:
        z, g_labels = fake_inputs()
    with autocast:
        if not options["reuse_fakes"]:
            fakes = g(z, g_labels)
        judged = d(fakes, rngs["noise"])
    g_loss = generator_loss(
        judged, g_labels, form=objective["generator_loss"], class_weight=objective["g_class_weight"]
    )
    g_adam.zero_grad()
    g_loss.backward()
    g_adam.step()
    d.requires_grad_(True)

    with torch.no_grad():
        accuracies = (
            on_real[0] > 0,
            on_fake[0] < 0,
            on_real[1].argmax(1) == real_labels,
            on_fake[1].argmax(1) == fake_labels,
        )
        return torch.stack([d_loss, g_loss, *(a.to(d_loss.dtype).mean() for a in accuracies)])


def stepper(
    spec: Spec, chosen: Speedups, players: Players, images: Tensor, labels: Tensor, device: str
) -> Callable[[int], Tensor]:
    """A function that takes step number `step` and returns its STATISTICS.

    With `cuda_graph` the fourth call records the step, and later ones replay it: the same kernels
    with the same random numbers, launched at once instead of one by one from Python.
    """
    rngs, graph, result, calls = generators(device), None, None, 0
    side = torch.cuda.Stream() if chosen.cuda_graph else None

    def step(number: int) -> Tensor:
        nonlocal graph, result, calls
        reseed(rngs, spec["seed"], number)
        if side is None:
            return gan_step(spec, chosen, players, images, labels, rngs)
        calls += 1
        if (
            calls <= 3
        ):  # before recording, libraries must have made their choices, off the main stream
            side.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(side):
                result = gan_step(spec, chosen, players, images, labels, rngs)
            torch.cuda.current_stream().wait_stream(side)
            return result
        if graph is None:
            graph = torch.cuda.CUDAGraph()
            for rng in rngs.values():
                graph.register_generator_state(rng)
            with torch.cuda.graph(graph):
                result = gan_step(spec, chosen, players, images, labels, rngs)
            reseed(rngs, spec["seed"], number)  # recording moved the generators but trained nothing
        graph.replay()
        return result

    return step


def describe(device: str, chosen: Speedups) -> dict[str, Any]:
    """For provenance: the device's capability and what was on."""
    return {"capability": capability(device), **chosen._asdict()}
