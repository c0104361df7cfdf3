"""The training step: mixed precision and speed-ups do not change what is learned, nothing is
wasted.
"""

import copy

import pytest
import torch

from acgan.config.spec import completed
from acgan.speed import agreement
from acgan.systems import SYSTEMS
from acgan.training import speedups
from acgan.training import step as engine
from acgan.training.speedups import Speedups

PLAIN = Speedups("float32", False, False, False)


@pytest.fixture(scope="module")
def images():
    rng = torch.Generator().manual_seed(0)
    smooth = torch.nn.functional.interpolate(
        torch.rand(64, 3, 4, 4, generator=rng), (32, 32), mode="bilinear"
    )
    return (smooth * 255).to(torch.uint8), torch.arange(64) % 3


SPEC = completed(
    {"side": 32, "classes": 3, "seed": 5, "nets": {"width": 0.25}, "training": {"batch_size": 32}}
)


def gradients(players):
    return [torch.cat([p.grad.flatten().double() for p in net.parameters()]) for net in players[:2]]


@pytest.fixture(scope="module")
def reference(images):
    """The first five steps in float64: state before, losses (2,), gradients of G and D."""
    torch.set_num_threads(1)
    return [
        (r.before, r.losses, gradients(r.players))
        for r in agreement.references(SPEC, *images, "cpu")
    ]


# Speed-ups, relative error of a gradient; measured: half of it and less.
BOUNDS = [
    (PLAIN, 1e-4),
    (PLAIN._replace(channels_last=True), 1e-4),
    (PLAIN._replace(subpixel_last=True), 1e-4),
    (PLAIN._replace(precision="bfloat16", channels_last=True), 0.4),
    (PLAIN._replace(precision="bfloat16", subpixel_last=True), 0.4),
]


def name(value):
    on = [n for n, v in value._asdict().items() if v is True] if isinstance(value, Speedups) else ""
    return "-".join([value.precision, *on]) if on != "" else ""


@pytest.mark.parametrize(("chosen", "gradient_bound"), BOUNDS, ids=name)
def test_losses_and_gradients_of_the_first_five_steps_against_float64(
    images, reference, chosen, gradient_bound
):
    """Each step starts from the reference's state: what is bounded is the arithmetic, not the chaos
    of a GAN, in which Adam's first steps turn a gradient's sign into a full step.
    """
    torch.set_num_threads(1)
    players = engine.build(SPEC, "cpu", chosen)
    step = engine.stepper(SPEC, chosen, players, *images, "cpu")
    worst_loss, worst_gradient = 0.0, 0.0
    for number, (before, losses, wanted) in enumerate(reference):
        agreement.restore(players, before)
        worst_loss = max(worst_loss, (step(number)[:2] - losses).abs().max().item())
        for ours, theirs in zip(gradients(players), wanted, strict=True):
            worst_gradient = max(worst_gradient, ((ours - theirs).norm() / theirs.norm()).item())
            assert torch.dot(ours, theirs) / (ours.norm() * theirs.norm()) > 0.9
    print(f"loss {worst_loss:.2g}, gradient {worst_gradient:.2g}")
    assert worst_loss < agreement.bound(chosen, "cpu")
    assert worst_gradient < gradient_bound


@pytest.mark.parametrize("chosen", [c for c, _ in BOUNDS], ids=name)
def test_left_to_itself_five_steps_lead_to_the_same_losses(images, reference, chosen):
    torch.set_num_threads(1)
    players = engine.build(SPEC, "cpu", chosen)
    step = engine.stepper(SPEC, chosen, players, *images, "cpu")
    for number, (_, losses, _) in enumerate(reference):
        bound = 0.15 if chosen.precision == "bfloat16" else 2e-3
        assert (step(number)[:2] - losses).abs().max() < bound


OTHERS = [name for name in SYSTEMS if name not in ("acgan", "frozen_judge")]


@pytest.mark.parametrize("system", OTHERS)
def test_the_first_step_of_every_system_in_bfloat16_against_float64(images, system):
    torch.set_num_threads(1)
    spec = copy.deepcopy(SPEC)
    spec["objective"] |= {"system": system, "embedding": 16}
    found = []
    for precision in ("float64", "bfloat16"):
        chosen = PLAIN._replace(precision=precision)
        players = engine.build(spec, "cpu", chosen)
        found.append(engine.stepper(spec, chosen, players, *images, "cpu")(0))
    assert found[1].isfinite().all()
    assert (found[1] - found[0])[:2].abs().max() < 0.05  # measured: 0.02 and less


def test_the_generators_step_computes_no_gradient_of_ds_weights(images):
    """D's gradients after a step are those of its own loss: G's backward pass adds nothing."""
    players = engine.build(SPEC, "cpu", PLAIN)
    wanted = []
    real = players.d_adam.step
    players.d_adam.step = lambda: (
        wanted.extend(p.grad.clone() for p in players.d.parameters()),
        real(),
    )
    engine.stepper(SPEC, PLAIN, players, *images, "cpu")(0)
    assert all(torch.equal(p.grad, w) for p, w in zip(players.d.parameters(), wanted, strict=True))
    assert all(p.requires_grad for p in players.d.parameters())


@pytest.mark.parametrize(("reuse", "calls"), [(True, 1), (False, 2)])
def test_fakes_are_drawn_as_often_as_the_config_says(images, reuse, calls):
    spec = copy.deepcopy(SPEC)
    spec["training"]["reuse_fakes"] = reuse
    players = engine.build(spec, "cpu", PLAIN)
    drawn = []
    players.g.register_forward_hook(lambda *_: drawn.append(1))
    engine.stepper(spec, PLAIN, players, *images, "cpu")(0)
    assert len(drawn) == calls


def test_every_capability_has_a_row_and_precision_is_one_key_away():
    assert speedups.capability("cuda:1") == "cuda"
    assert speedups.capability("cpu") in speedups.SPEEDUPS
    assert speedups.speedups("cpu", "auto") == speedups.SPEEDUPS[speedups.capability("cpu")]
    for precision in ("float32", "bfloat16"):
        assert speedups.speedups("cpu", precision).precision == precision
