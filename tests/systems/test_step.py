"""One whole step of each system, at a tiny size in float64, equals a plain writing of it: which
labels, which fakes, which weights, whose gradients.
"""

import pytest
import torch
from torch.nn import functional as F

from acgan import systems
from acgan.config.spec import completed
from acgan.data.batches import real_batch
from acgan.nets.layers import draw_latent
from acgan.training import step
from acgan.training.speedups import SPEEDUPS

K, BATCH, SIDE = 3, 4, 16
PLAIN = SPEEDUPS["cpu"]._replace(precision="float64", channels_last=False)
CHANGES = {
    "acgan": {"d_class_weight": 0.7, "g_class_weight": 1.3},
    "auxiliary_classifier": {"d_class_weight": 0.7},
    "infogan": {"continuous_codes": 2, "code_weight": 0.6},
    "twin": {"d_twin_weight": 0.4, "g_twin_weight": 0.3, "d_class_weight": 2.0},
    "adc": {"d_class_weight": 0.5, "g_class_weight": 0.25},
    "reacgan": {"embedding": 5, "g_class_weight": 0.5},
    "frozen_judge": {"judge": "other", "g_class_weight": 0.5},
}
VARIANTS = [
    *((name, CHANGES.get(name, {}), {}, {}) for name in systems.SYSTEMS),
    ("acgan", {"classify_fakes": False, "generator_loss": "saturating"}, {}, {}),
    ("sgan", {"generator_loss": "saturating"}, {}, {}),
    ("cgan", {"label_input": "hidden", "label_row": 2}, {}, {}),
    ("improved_gan", {"matching": "features"}, {}, {"g_steps": 2}),
    (
        "projection",
        {"source_loss": "hinge"},
        {"discriminator_norm": "spectral", "generator_norm": "conditional", "pooling": "sum"},
        {"d_steps": 2},
    ),
    ("gan", {}, {"discriminator_norm": "none"}, {"reuse_fakes": False}),
    ("projection", {}, {"architecture": "miyato", "discriminator_norm": "spectral"}, {}),
    ("improved_gan", {}, {"architecture": "salimans"}, {}),
]


def spec_of(system, objective, nets, training):
    return completed(
        {
            "suite": "s",
            "model": "m",
            "dataset": "d",
            "side": 32 if "architecture" in nets else SIDE,
            "classes": K,
            "seed": 7,
            "nets": {"width": 0.0625, "latent": 6, **nets},
            "objective": {"system": system, **objective},
            "training": {"batch_size": BATCH, "g_learning_rate": 0.01, **training},
        }
    )


def judge(images):
    """Logits of three classes: means of the three colours."""
    return 4 * images.mean((2, 3))


def softmax_loss(logits, labels):
    """Cross-entropy, written out."""
    p = logits.exp() / logits.exp().sum(1, keepdim=True)
    return -p[torch.arange(len(labels)), labels].log().mean()


def log_sigmoid(x):
    return -(1 + (-x).exp()).log()


def with_fake(heads):
    return torch.cat([heads["classes"], heads["fake_class"][:, None]], 1)


def d_writing(o, name, r, f, y, c, codes):
    """D's loss of a system, written plainly."""
    if o["source_loss"] == "hinge":
        gan = (1 - r["source"]).clamp(min=0).mean() + (1 + f["source"]).clamp(min=0).mean()
    elif "source" in r:
        gan = -log_sigmoid(r["source"]).mean() - log_sigmoid(-f["source"]).mean()
    if name in ("gan", "conditional_generator", "cgan", "projection", "frozen_judge"):
        return gan
    if name == "acgan":
        fakes = softmax_loss(f["classes"], c) if o["classify_fakes"] else 0
        return gan + o["d_class_weight"] * (softmax_loss(r["classes"], y) + fakes)
    if name == "auxiliary_classifier":
        return gan + o["d_class_weight"] * softmax_loss(r["classes"], y)
    if name in ("sgan", "am_gan"):
        last = torch.full_like(c, K)
        return softmax_loss(with_fake(r), y) + softmax_loss(with_fake(f), last)
    if name == "improved_gan":
        z_r, z_f = (h["classes"].exp().sum(1) for h in (r, f))
        unlabelled = -(z_r / (z_r + 1)).log().mean() - (1 / (z_f + 1)).log().mean()
        return softmax_loss(r["classes"], y) + unlabelled / 2
    if name == "infogan":
        normal = torch.distributions.Normal(f["continuous"], 1.0)
        told = softmax_loss(f["code"], c) - normal.log_prob(codes).sum(1).mean()
        return gan + o["code_weight"] * told
    if name == "twin":
        of_twin = o["d_twin_weight"] * softmax_loss(f["twin"], c)
        return gan + o["d_class_weight"] * softmax_loss(r["classes"], y) + of_twin
    if name == "adc":
        pairs = softmax_loss(r["pairs"], 2 * y) + softmax_loss(f["pairs"], 2 * c + 1)
        return gan + o["d_class_weight"] * pairs
    assert name == "reacgan"
    return gan + o["d_class_weight"] * d2d(o, r, y)


def d2d(o, heads, labels):
    """Data-to-data cross-entropy, image by image."""
    e = [v / v.norm() for v in heads["embedding"]]
    proxies = [v / v.norm() for v in heads["proxies"]]
    total = 0
    for i, own in enumerate(labels.tolist()):
        pos = (o["margin"] - e[i].dot(proxies[own])).clamp(min=0) / o["temperature"]
        terms = [(-pos).exp()]
        for j, other in enumerate(labels.tolist()):
            if other != own:
                close = (e[i].dot(e[j]) - (1 - o["margin"])).clamp(min=0)
                terms.append((close / o["temperature"]).exp())
        total = total + pos + sum(terms).log()
    return total / len(labels)


def g_writing(o, name, r, f, c, codes):
    """G's loss of a system, written plainly."""
    if name == "improved_gan" and o["matching"] == "features":
        return (r["features"].mean(0) - f["features"].mean(0)).abs().mean()
    if name in ("sgan", "improved_gan"):
        u = f["fake_class"].exp() if name == "sgan" else 1
        z = f["classes"].exp().sum(1)
        if o["generator_loss"] == "saturating":
            return (u / (z + u)).log().mean()
        return -(z / (z + u)).log().mean()
    if name == "am_gan":
        return softmax_loss(with_fake(f), c)
    if o["source_loss"] == "hinge":
        gan = -f["source"].mean()
    elif o["generator_loss"] == "saturating":
        gan = log_sigmoid(-f["source"]).mean()
    else:
        gan = -log_sigmoid(f["source"]).mean()
    if name == "acgan":
        return gan + o["g_class_weight"] * softmax_loss(f["classes"], c)
    if name == "frozen_judge":
        return gan + o["g_class_weight"] * softmax_loss(f["judge"], c)
    if name == "infogan":
        normal = torch.distributions.Normal(f["continuous"], 1.0)
        told = softmax_loss(f["code"], c) - normal.log_prob(codes).sum(1).mean()
        return gan + o["code_weight"] * told
    if name == "twin":
        classes = o["g_class_weight"] * softmax_loss(f["classes"], c)
        return gan + classes - o["g_twin_weight"] * softmax_loss(f["twin"], c)
    if name == "adc":
        apart = softmax_loss(f["pairs"], 2 * c) - softmax_loss(f["pairs"], 2 * c + 1)
        return gan + o["g_class_weight"] * apart
    if name == "reacgan":
        return gan + o["g_class_weight"] * d2d(o, f, c)
    return gan


@pytest.mark.parametrize(("name", "objective", "nets", "training"), VARIANTS, ids=str)
def test_a_whole_step_is_the_plain_one(name, objective, nets, training):
    spec = spec_of(name, objective, nets, training)
    generator = torch.Generator().manual_seed(0)
    shape = 12, 3, spec["side"], spec["side"]
    images = torch.randint(0, 256, shape, generator=generator, dtype=torch.uint8)
    labels = torch.arange(12) % K
    ours, theirs = (step.build(spec, "cpu", PLAIN) for _ in range(2))
    shown = judge if name == "frozen_judge" else None
    step.stepper(spec, PLAIN, ours, images, labels, "cpu", shown)(0)
    plain_step(spec, theirs, images, labels)
    for one, other in ((ours.g, theirs.g), (ours.d, theirs.d)):
        for key, value in one.state_dict().items():
            # A bias before batch norm has no gradient but rounding, which Adam makes large.
            before = key.endswith("bias") and ("convs" in key or "shortcut" in key)
            close = 1e-6 if before else 1e-9
            other_value = other.state_dict()[key]
            torch.testing.assert_close(value, other_value, atol=close, rtol=0)


def plain_step(spec, players, images, labels):
    """Of D, then of G, from top to bottom."""
    g, d, o = players.g, players.d, spec["objective"]
    name, options = o["system"], spec["training"]
    if spec["nets"]["architecture"] == "salimans":
        step.begin(spec, players, images, labels)
    given = systems.load(name).given
    rngs = step.generators("cpu")
    step.reseed(rngs, spec["seed"], 0)

    def reals():
        return real_batch(images, labels, BATCH, False, rngs["real"], torch.float64)

    def draw():
        z = draw_latent(BATCH, 6, "normal", rngs["fake"]).double()
        if given == "nothing":
            return z, torch.zeros(BATCH, dtype=torch.long), None
        c = torch.randint(K, (BATCH,), generator=rngs["fake"])
        codes = None
        if o["continuous_codes"] and name == "infogan":
            codes = draw_latent(BATCH, o["continuous_codes"], "uniform", rngs["fake"])
        return z, c, codes

    def make(z, c, codes):
        if spec["nets"]["generator_norm"] == "conditional":
            return g(z, None, c)
        if given == "nothing":
            return g(z, None)
        one_hot = F.one_hot(c, K).double()
        return g(z, one_hot if codes is None else torch.cat([one_hot, codes.double()], 1))

    d_adam = torch.optim.Adam(d.parameters(), options["d_learning_rate"], (0.5, 0.999))
    g_adam = torch.optim.Adam(g.parameters(), options["g_learning_rate"], (0.5, 0.999))
    for _ in range(options["d_steps"]):
        x, y = reals()
        z, c, codes = draw()
        fakes = make(z, c, codes)
        d.zero_grad()
        on_real = d(x, rngs["noise"], y)
        on_fake = d(fakes.detach(), rngs["noise"], c)
        d_writing(o, name, on_real, on_fake, y, c, codes).backward()
        d_adam.step()
    for number in range(options["g_steps"]):
        if number or not options["reuse_fakes"]:
            z, c, codes = draw()
            fakes = make(z, c, codes)
        on_fake = d(fakes, rngs["noise"], c)
        if name == "frozen_judge":
            on_fake["judge"] = judge(fakes)
        on_real = {}
        if o["matching"] == "features" and name == "improved_gan":
            x, y = reals()
            on_real = d(x, rngs["noise"], y)
        g.zero_grad()
        g_writing(o, name, on_real, on_fake, c, codes).backward()
        g_adam.step()
