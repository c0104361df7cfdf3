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
from acgan.nets.spectral import normalise
from acgan.systems import Spec, system_of
from acgan.systems.base import Seen, System, weighted
from acgan.systems.build import (
    Drawn,
    build_discriminator,
    build_generator,
    draw_codes,
    draw_noise,
    generated,
)
from acgan.training import LOSSES
from acgan.training.speedups import Speedups

Judging = Callable[[Tensor], Tensor]  # images in [-1, 1] -> logits (N, classes), with gradients
Terms = dict[str, Tensor]  # parts of a loss by name
FIRST = 500  # real images by which nets begin, where they do
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
    judge: Judging | None = None


def build(spec: Spec, device: str, chosen: Speedups) -> Players:
    """Freshly initialised nets of a spec on the device, with their Adam optimisers (appendix A)."""
    seed, sigma, options = spec["seed"], spec["nets"]["init_sigma"], spec["training"]
    g = initialise(build_generator(spec), torch_rng(seed, "init_generator"), sigma)
    d = initialise(build_discriminator(spec), torch_rng(seed, "init_discriminator"), sigma)
    if spec["nets"]["discriminator_norm"] == "spectral":
        normalise(d, torch_rng(seed, "init_spectral_norm"))
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
    """The names of what a step returns: the losses, the system's own columns, then the terms of D's
    and of G's loss, unweighted.
    """
    of_d, of_g = term_names(spec)
    terms = (*(f"d_{name}" for name in of_d), *(f"g_{name}" for name in of_g))
    return (*LOSSES, *system_of(spec).columns, *terms)


def term_names(spec: Spec) -> tuple[list[str], list[str]]:
    """The terms of D's and of G's loss, by what the system makes of a batch of nothing."""
    system, objective = system_of(spec), spec["objective"]
    d = initialise(build_discriminator(spec), torch.Generator()).eval()
    labels = torch.zeros(2, dtype=torch.long)
    with torch.no_grad():
        said = d(torch.zeros(2, 3, spec["side"], spec["side"]), torch.Generator(), labels)
    if system.judge(objective):
        said["judge"] = torch.zeros(2, spec["classes"])
    codes = system.continuous(objective)
    seen = Seen(said, said, labels, labels, torch.zeros(2, codes) if codes else None)
    found = system.discriminator_terms(objective, seen), system.generator_terms(objective, seen)
    return list(found[0]), list(found[1])


def generators(device: str) -> dict[str, torch.Generator]:
    """The generators that a step draws from."""
    return {purpose: torch.Generator(device) for purpose in PURPOSES}


def reseed(rngs: dict[str, torch.Generator], seed: int, step: int) -> None:
    """Make the generators those of this step."""
    for purpose, rng in rngs.items():
        rng.manual_seed(derive_seed(seed, purpose, step))


def gan_step(s: Setting) -> Tensor:
    """One step of D (or `d_steps` of them) and one of G (or `g_steps`); returns the `statistics`,
    on the device.

    Nothing in here waits for the device. Afterwards D's gradients are those of its own step, G's
    those of its own.
    """
    for _ in range(s.spec["training"]["d_steps"]):
        d_loss, d_terms, fakes, drawn, seen = discriminator_step(s)
    again = not s.spec["training"]["reuse_fakes"]
    for _ in range(s.spec["training"]["g_steps"]):
        g_loss, g_terms = generator_step(s, None if again else (fakes, drawn))
        again = True  # its fakes are those of a G that has moved
    with torch.no_grad():
        found = s.system.statistics(seen).values()
        numbers = (*found, *d_terms.values(), *g_terms.values())
        return torch.stack([d_loss, g_loss, *(v.to(d_loss.dtype).mean() for v in numbers)])


def discriminator_step(s: Setting) -> tuple[Tensor, Terms, Tensor, Drawn, Seen]:
    """Of D, on a real and a fake batch: its loss and terms, the fakes and what they were drawn
    from, and what it said of both.
    """
    real, real_labels = reals(s)
    z, drawn = fake_inputs(s)
    with autocast(s.chosen, s.labels.device):
        fakes = generated(s.spec, s.players.g, z, drawn)
        on_real = s.players.d(real, s.rngs["noise"], real_labels)
        on_fake = s.players.d(fakes.detach(), s.rngs["noise"], drawn.labels)
    seen = Seen(on_real, on_fake, real_labels, drawn.labels, drawn.codes)
    objective = s.spec["objective"]
    terms = s.system.discriminator_terms(objective, seen)
    loss = weighted(terms, s.system.discriminator_weights, objective)
    s.players.d_adam.zero_grad()
    loss.backward()
    s.players.d_adam.step()
    return loss, terms, fakes, drawn, seen


def generator_step(s: Setting, given: tuple[Tensor, Drawn] | None) -> tuple[Tensor, Terms]:
    """Of G, through D's new weights, for which no gradients are computed: its loss and terms.

    `given` are the fakes that D has just seen, and what they were drawn from; without, others are
    drawn in their place.
    """
    s.players.d.requires_grad_(False)
    objective = s.spec["objective"]
    on_real: dict[str, Tensor] = {}
    if given is None:
        z, drawn = fake_inputs(s)
    else:
        fakes, drawn = given
    labels = drawn.labels
    with autocast(s.chosen, s.labels.device):
        if given is None:
            fakes = generated(s.spec, s.players.g, z, drawn)
        on_fake = s.players.d(fakes, s.rngs["noise"], drawn.labels)
        if s.system.reals_for_generator(objective):
            real, labels = reals(s)
            on_real = s.players.d(real, s.rngs["noise"], labels)
    if s.judge is not None:
        on_fake["judge"] = s.judge(fakes)
    seen = Seen(on_real, on_fake, labels, drawn.labels, drawn.codes)
    terms = s.system.generator_terms(objective, seen)
    loss = weighted(terms, s.system.generator_weights, objective)
    s.players.g_adam.zero_grad()
    loss.backward()
    s.players.g_adam.step()
    s.players.d.requires_grad_(True)
    return loss, terms


def reals(s: Setting) -> tuple[Tensor, Tensor]:
    """Real images and labels, drawn on the device."""
    options, dtype = s.spec["training"], s.players.g.linear.weight.dtype
    return real_batch(
        s.images, s.labels, options["batch_size"], options["flip"], s.rngs["real"], dtype
    )


def fake_inputs(s: Setting) -> tuple[Tensor, Drawn]:
    """Noise (batch, latent) and what else G is given, drawn on the device. The noise comes first,
    so that systems of one seed see the same.
    """
    batch, rng, device = s.spec["training"]["batch_size"], s.rngs["fake"], s.labels.device
    z = draw_noise(s.spec, batch, rng).to(s.players.g.linear.weight.dtype)
    if s.system.given == "nothing":
        return z, Drawn(torch.zeros(batch, dtype=torch.long, device=device))
    labels = torch.randint(s.spec["classes"], (batch,), generator=rng, device=device)
    return z, Drawn(labels, draw_codes(s.spec, batch, rng))


def autocast(chosen: Speedups, device: torch.device) -> torch.autocast:
    """Products in bfloat16, where the speed-ups say so."""
    return torch.autocast(device.type, torch.bfloat16, enabled=chosen.precision == "bfloat16")


def stepper(
    spec: Spec,
    chosen: Speedups,
    players: Players,
    images: Tensor,
    labels: Tensor,
    device: str,
    judge: Judging | None = None,
) -> Callable[[int], Tensor]:
    """A function that takes step number `step` and returns its `statistics`.

    With `cuda_graph` the fourth call records the step, and later ones replay it: the same kernels
    with the same random numbers, launched at once instead of one by one from Python.
    """
    rngs = generators(device)
    if hasattr(players.d, "begin"):  # nets that begin by what they see
        begin(spec, players, images, labels)
    setting = Setting(spec, system_of(spec), chosen, players, images, labels, rngs, judge)
    if not chosen.cuda_graph:

        def plain(number: int) -> Tensor:
            reseed(rngs, spec["seed"], number)
            return gan_step(setting)

        return plain
    return recorded(setting)


def begin(spec: Spec, players: Players, images: Tensor, labels: Tensor) -> None:
    """Let D begin by some real images; a run that goes on has its state put over it."""
    rng = torch_rng(spec["seed"], "begin", 0, str(labels.device))
    dtype = players.g.linear.weight.dtype
    real, _ = real_batch(images, labels, min(FIRST, len(labels)), False, rng, dtype)
    players.d.begin(real)  # type: ignore[operator]


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
