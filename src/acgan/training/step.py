"""One training step: of the discriminator, then of the generator.

A step draws its images on the device, draws the fakes once, computes no gradient that nobody uses,
and takes every random number from a generator seeded by (seed, purpose, step). What is learned from
them the system says (systems/base.py); how fast the same sums are done, speedups.py.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from acgan.data.batches import real_batch
from acgan.io.rng import derive_seed, torch_rng
from acgan.nets.discriminator import Discriminator
from acgan.nets.generator import Generator
from acgan.nets.layers import initialise
from acgan.systems.base import Seen, System, weighted
from acgan.systems.build import (
    Spec,
    build_discriminator,
    build_generator,
    draw_noise,
    generated,
    system_of,
)
from acgan.training.speedups import Speedups

LOSSES = ("discriminator_loss", "generator_loss")
PURPOSES = ("real", "fake", "noise")  # of a step's random numbers


class Players(NamedTuple):
    """Generator and discriminator with their optimisers."""

    g: Generator
    d: Discriminator
    g_adam: torch.optim.Optimizer
    d_adam: torch.optim.Optimizer


class Setting(NamedTuple):
    """All that a step needs; `images` are uint8 (N, 3, side, side), `labels` (N,)."""

    spec: Spec
    system: System
    chosen: Speedups
    players: Players
    images: Tensor
    labels: Tensor
    rngs: dict[str, torch.Generator]


def build(spec: Spec, device: str, chosen: Speedups) -> Players:
    """Freshly initialised nets of a spec on the device, with their Adam optimisers (appendix A)."""
    seed, sigma, options = spec["seed"], spec["nets"]["init_sigma"], spec["training"]
    g = initialise(build_generator(spec), torch_rng(seed, "init_generator"), sigma)
    d = initialise(build_discriminator(spec), torch_rng(seed, "init_discriminator"), sigma)
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


def statistics(spec: Spec) -> tuple[str, ...]:
    """The names of what a step returns: the losses, then the system's own columns."""
    return (*LOSSES, *system_of(spec).columns)


def generators(device: str) -> dict[str, torch.Generator]:
    """The generators that a step draws from."""
    return {purpose: torch.Generator(device) for purpose in PURPOSES}


def reseed(rngs: dict[str, torch.Generator], seed: int, step: int) -> None:
    """Make the generators those of this step."""
    for purpose, rng in rngs.items():
        rng.manual_seed(derive_seed(seed, purpose, step))


def gan_step(s: Setting) -> Tensor:
    """One step of D (or `d_steps` of them) and one of G; returns the `statistics`, on the device.

    Nothing in here waits for the device. Afterwards D's gradients are those of its own step, G's
    those of its own.
    """
    for _ in range(s.spec["training"]["d_steps"]):
        d_loss, fakes, seen = discriminator_step(s)
    g_loss = generator_step(s, fakes, seen.fake_labels)
    with torch.no_grad():
        found = s.system.statistics(seen).values()
        return torch.stack([d_loss, g_loss, *(v.to(d_loss.dtype).mean() for v in found)])


def discriminator_step(s: Setting) -> tuple[Tensor, Tensor, Seen]:
    """Of D, on a real and a fake batch: its loss, the fakes, and what it said of both."""
    options, device = s.spec["training"], s.labels.device
    dtype = s.players.g.linear.weight.dtype
    real, real_labels = real_batch(
        s.images, s.labels, options["batch_size"], options["flip"], s.rngs["real"], dtype
    )
    z, fake_labels = fake_inputs(s)
    with autocast(s.chosen, device):
        fakes = generated(s.spec, s.players.g, z, fake_labels)
        on_real = s.players.d(real, s.rngs["noise"])
        on_fake = s.players.d(fakes.detach(), s.rngs["noise"])
    seen = Seen(on_real, on_fake, real_labels, fake_labels)
    objective = s.spec["objective"]
    terms = s.system.discriminator_terms(objective, seen)
    loss = weighted(terms, s.system.discriminator_weights, objective)
    s.players.d_adam.zero_grad()
    loss.backward()
    s.players.d_adam.step()
    return loss, fakes, seen


def generator_step(s: Setting, fakes: Tensor, labels: Tensor) -> Tensor:
    """Of G, through D's new weights, for which no gradients are computed: its loss.

    `fakes` of the classes `labels` are those that D has just seen; without `reuse_fakes` others are
    drawn in their place.
    """
    again = not s.spec["training"]["reuse_fakes"]
    s.players.d.requires_grad_(False)
    if again:
        z, labels = fake_inputs(s)
    with autocast(s.chosen, s.labels.device):
        if again:
            fakes = generated(s.spec, s.players.g, z, labels)
        judged = s.players.d(fakes, s.rngs["noise"])
    objective = s.spec["objective"]
    terms = s.system.generator_terms(objective, judged, labels)
    loss = weighted(terms, s.system.generator_weights, objective)
    s.players.g_adam.zero_grad()
    loss.backward()
    s.players.g_adam.step()
    s.players.d.requires_grad_(True)
    return loss


def fake_inputs(s: Setting) -> tuple[Tensor, Tensor]:
    """Noise (batch, latent) and classes (batch,), drawn on the device."""
    batch, rng = s.spec["training"]["batch_size"], s.rngs["fake"]
    z = draw_noise(s.spec, batch, rng).to(s.players.g.linear.weight.dtype)
    return z, torch.randint(s.spec["classes"], (batch,), generator=rng, device=s.labels.device)


def autocast(chosen: Speedups, device: torch.device) -> torch.autocast:
    """Products in bfloat16, where the speed-ups say so."""
    return torch.autocast(device.type, torch.bfloat16, enabled=chosen.precision == "bfloat16")


def stepper(
    spec: Spec, chosen: Speedups, players: Players, images: Tensor, labels: Tensor, device: str
) -> Callable[[int], Tensor]:
    """A function that takes step number `step` and returns its `statistics`.

    With `cuda_graph` the fourth call records the step, and later ones replay it: the same kernels
    with the same random numbers, launched at once instead of one by one from Python.
    """
    rngs = generators(device)
    setting = Setting(spec, system_of(spec), chosen, players, images, labels, rngs)
    if not chosen.cuda_graph:

        def plain(number: int) -> Tensor:
            reseed(rngs, spec["seed"], number)
            return gan_step(setting)

        return plain
    return recorded(setting)


def recorded(setting: Setting) -> Callable[[int], Tensor]:
    """The same as one CUDA graph."""
    seed, rngs = setting.spec["seed"], setting.rngs
    graph, result, calls = None, None, 0
    side = torch.cuda.Stream()

    def step(number: int) -> Tensor:
        nonlocal graph, result, calls
        reseed(rngs, seed, number)
        calls += 1
        # Before recording, libraries must have made their choices, off the main stream.
        if calls <= 3:
            side.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(side):
                result = gan_step(setting)
            torch.cuda.current_stream().wait_stream(side)
            return result
        if graph is None:
            graph = torch.cuda.CUDAGraph()
            for rng in rngs.values():
                graph.register_generator_state(rng)
            with torch.cuda.graph(graph):
                result = gan_step(setting)
            # Recording moved the generators but trained nothing.
            reseed(rngs, seed, number)
        graph.replay()
        assert result is not None
        return result

    return step
