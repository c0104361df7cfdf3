"""The losses of every system: numbers computed by hand, and identities between systems, for losses
and gradients. One fixture: K = 3, two reals, two fakes.
"""

import math

import pytest
import torch
import yaml
from running import ROOT

from acgan import systems
from acgan.config import loading
from acgan.config.spec import completed
from acgan.io.errors import UserError
from acgan.nets.layers import initialise, parameter_count
from acgan.nets.minibatch import closeness
from acgan.nets.spectral import SpectralNorm
from acgan.systems import losses
from acgan.systems.base import Seen, weighted
from acgan.systems.build import build_discriminator, build_generator
from acgan.systems.infogan import information
from acgan.systems.reacgan import data_to_data

S_R, S_F = [1.0, -0.5], [0.3, -2.0]
L_R, Y = [[2.0, 0, -1], [0, 1, 0.5]], [0, 2]
L_F, C = [[1.0, -1, 0], [0.5, 0.5, -1]], [0, 1]
U_R, U_F = [-0.5, 0.25], [0.4, 1.0]
M_F = [[0.0, 1, 0], [1, 0, 0]]
A_R = [[1.0, 0, 2, -1, 0, 0.5], [0, 0, 1, 1, 0.5, -0.5]]
A_F = [[0.5, 1, 0, 0, -1, 0], [0, 2, 1, -1, 0, 0]]
CLOSE = {"abs": 1e-6}


def tensor(values):
    return torch.tensor(values, dtype=torch.float64)


def leaf(values):
    return tensor(values).requires_grad_()


def objective(**changes):
    return {**completed({})["objective"], **changes}


def seen(real, fake, real_labels=Y, fake_labels=C, codes=None):
    def made(heads):
        return {k: v if torch.is_tensor(v) else tensor(v) for k, v in heads.items()}

    labels = torch.tensor(real_labels), torch.tensor(fake_labels)
    return Seen(made(real), made(fake), *labels, None if codes is None else tensor(codes))


def d_loss(system, batch, **changes):
    s, o = systems.load(system), objective(**changes)
    return weighted(s.discriminator_terms(o, batch), s.discriminator_weights, o)


def g_loss(system, batch, **changes):
    s, o = systems.load(system), objective(**changes)
    return weighted(s.generator_terms(o, batch), s.generator_weights, o)


def both(of_real=None, of_fake=None):
    real, fake = {"source": S_R} | (of_real or {}), {"source": S_F} | (of_fake or {})
    return seen(real, fake)


PAIR = both({"classes": L_R}, {"classes": L_F})
SOFTMAX = seen({"classes": L_R, "fake_class": U_R}, {"classes": L_F, "fake_class": U_F})
K_ALONE = seen({"classes": L_R}, {"classes": L_F})


@pytest.mark.parametrize(
    ("loss", "system", "batch", "changes", "expected"),
    [
        (d_loss, "gan", both(), {}, 1.134311),
        (g_loss, "gan", both(), {}, 1.340642),
        (g_loss, "gan", both(), {"generator_loss": "saturating"}, -0.490642),
        (d_loss, "gan", both(), {"source_loss": "hinge"}, 1.4),
        (g_loss, "gan", both(), {"source_loss": "hinge"}, 0.85),
        (d_loss, "conditional_generator", both(), {}, 1.134311),
        (d_loss, "acgan", PAIR, {}, 2.412630),
        (g_loss, "acgan", PAIR, {}, 1.943903),
        (d_loss, "acgan", PAIR, {"classify_fakes": False}, 1.809369),
        (d_loss, "auxiliary_classifier", PAIR, {}, 1.809369),
        (g_loss, "auxiliary_classifier", PAIR, {}, 1.340642),
        (d_loss, "sgan", SOFTMAX, {}, 1.902074),
        (g_loss, "sgan", SOFTMAX, {}, 0.433019),
        (g_loss, "sgan", SOFTMAX, {"generator_loss": "saturating"}, -1.086280),
        (g_loss, "sgan", SOFTMAX, {"source_loss": "hinge"}, 0.433019),  # of other suites
        (d_loss, "am_gan", SOFTMAX, {}, 1.902074),
        (g_loss, "am_gan", SOFTMAX, {}, 1.036280),
        (d_loss, "improved_gan", K_ALONE, {}, 1.536476),
        (g_loss, "improved_gan", K_ALONE, {"generator_loss": "saturating"}, -1.583340),
        (d_loss, "infogan", both({"code": L_R}, {"code": L_F}), {}, 1.737572),
        (
            d_loss,
            "twin",
            both({"classes": L_R, "twin": L_R}, {"classes": L_F, "twin": M_F}),
            {},
            3.360814,
        ),
        (
            g_loss,
            "twin",
            both({"classes": L_R, "twin": L_R}, {"classes": L_F, "twin": M_F}),
            {},
            0.392458,
        ),
        (d_loss, "adc", both({"pairs": A_R}, {"pairs": A_F}), {}, 5.167184),
        (g_loss, "adc", both({"pairs": A_R}, {"pairs": A_F}), {}, 0.590642),
    ],
)
def test_losses_by_hand(loss, system, batch, changes, expected):
    assert loss(system, batch, **changes).item() == pytest.approx(expected, **CLOSE)


def test_the_terms_of_a_loss_by_hand():
    def terms(system, kind, batch, **changes):
        found = getattr(systems.load(system), f"{kind}_terms")(objective(**changes), batch)
        return {name: term.item() for name, term in found.items()}

    improved = terms("improved_gan", "discriminator", K_ALONE)
    assert improved == pytest.approx({"classes": 0.675058, "source": 0.861418}, **CLOSE)
    twins = both({"classes": L_R, "twin": L_R}, {"classes": L_F, "twin": M_F})
    assert terms("twin", "discriminator", twins)["twin"] == pytest.approx(1.551445, **CLOSE)
    adc = both({"pairs": A_R}, {"pairs": A_F})
    assert terms("adc", "generator", adc)["classes"] == pytest.approx(-0.75, **CLOSE)
    assert terms("adc", "discriminator", adc)["classes"] == pytest.approx(
        1.709576 + 2.323296, **CLOSE
    )


def test_the_logit_of_real_of_one_softmax():
    heads = {"classes": tensor([L_R[0]])}
    real = losses.real_logit(heads)
    assert real.item() == pytest.approx(2.169846, **CLOSE)
    assert torch.sigmoid(real).item() == pytest.approx(0.897509, **CLOSE)


def test_feature_matching_by_hand_is_the_codes_and_not_the_papers():
    real, fake = {"features": [[1, 2, 0], [3, 0, 1]]}, {"features": [[0, 1, 1], [1, 1, 0]]}
    found = g_loss("improved_gan", seen(real, fake), matching="features")
    assert found.item() == pytest.approx(0.5, **CLOSE)


def test_closeness_leaves_out_an_image_itself():
    points = tensor([[[0, 0], [1, 0]], [[1, 0], [1, 0]], [[0, 2], [0, 0]]])
    expected = [[0.503215, 1.367879], [0.417667, 1.367879], [0.185122, 0.735759]]
    torch.testing.assert_close(closeness(points), tensor(expected), atol=1e-6, rtol=0)


def test_closeness_and_its_gradient_are_the_plain_ones():
    """Gradients too where two images are alike in a number."""
    points = torch.randn(6, 4, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    points[1, 2, 0] = points[0, 2, 0]
    found = []
    for plain in (False, True):
        own = points.clone().requires_grad_()
        if plain:
            apart = (-(own[:, None] - own[None]).abs().sum(3)).exp()
            close = apart.sum(1) - 1  # without the image itself
        else:
            close = closeness(own)
        (close * torch.arange(4)).sum().backward()
        found.append((close.detach(), own.grad))
    torch.testing.assert_close(found[0], found[1], atol=1e-12, rtol=0)


def test_infogans_information():
    batch = both({"code": L_R}, {"code": L_F})
    entropy = math.log(3)
    assert d_loss("infogan", batch).item() - entropy == pytest.approx(0.638960, **CLOSE)
    bound = entropy - information(objective(), batch).item()
    assert bound == pytest.approx(0.495351, **CLOSE)
    assert losses.gaussian(tensor([[0.1], [-0.5]]), tensor([[0.5], [-0.25]])).item() == (
        pytest.approx(0.974564, **CLOSE)
    )


def test_data_to_data_cross_entropy_is_the_formula():
    heads = {
        "embedding": tensor([[1, 0], [0.6, 0.8], [0, 1]]),
        "proxies": tensor([[0.8, 0.6], [0, 1]]),
    }
    found = data_to_data(objective(), heads, torch.tensor([0, 0, 1]))
    assert found.item() == pytest.approx(1.528003, **CLOSE)
    one = data_to_data(objective(), heads, torch.tensor([0, 0, 0]))
    assert one.item() == pytest.approx(0, abs=1e-12), "I9: one class has no negatives"
    longer = {name: 7 * value for name, value in heads.items()}
    again = data_to_data(objective(), longer, torch.tensor([0, 0, 1]))
    assert again.item() == pytest.approx(1.528003, **CLOSE), "only directions count"


def test_known_bugs_would_be_seen():
    twice = losses.cross_entropy(tensor(L_F).softmax(1), torch.tensor(C))
    assert twice.item() == pytest.approx(0.896160, **CLOSE)
    once = losses.cross_entropy(tensor(L_F), torch.tensor(C))
    assert once.item() == pytest.approx(0.603261, **CLOSE)


# ---- identities


def gradients(loss, *leaves):
    return torch.autograd.grad(loss, leaves, allow_unused=True)


def assert_same(first, second):
    """Of (loss, leaves): the same loss, and the same gradients of the leaves."""
    (loss, leaves), (other, others) = first, second
    torch.testing.assert_close(loss, other, atol=1e-9, rtol=0)
    for one, two in zip(gradients(loss, *leaves), gradients(other, *others), strict=True):
        torch.testing.assert_close(
            torch.zeros(()) if one is None else one,
            torch.zeros(()) if two is None else two,
            atol=1e-9,
            rtol=0,
            check_dtype=False,
        )


def leaves():
    return [leaf(values) for values in (L_R, U_R, L_F, U_F)]


def as_softmax(l_r, u_r, l_f, u_f):
    return seen({"classes": l_r, "fake_class": u_r}, {"classes": l_f, "fake_class": u_f})


def as_source(l_r, u_r, l_f, u_f):
    """AC-GAN's heads with s = lse(l) - u."""
    real = {"source": l_r.logsumexp(1) - u_r, "classes": l_r}
    return seen(real, {"source": l_f.logsumexp(1) - u_f, "classes": l_f})


def test_i1_sgan_is_acgan_of_reals_whose_source_is_the_sum_of_the_classes():
    one, two = leaves(), leaves()
    assert_same(
        (d_loss("sgan", as_softmax(*one)), one),
        (d_loss("acgan", as_source(*two), classify_fakes=False), two),
    )
    for form in ("non_saturating", "saturating"):
        one, two = leaves(), leaves()
        assert_same(
            (g_loss("sgan", as_softmax(*one), generator_loss=form), one),
            (g_loss("gan", as_source(*two), generator_loss=form), two),
        )


def test_i2_a_number_taken_from_all_logits_of_an_image_changes_nothing():
    l_r, u_r, l_f, u_f = leaves()
    shifted = as_softmax(
        l_r - u_r[:, None], torch.zeros_like(u_r), l_f - u_f[:, None], torch.zeros_like(u_f)
    )
    one = leaves()
    for loss in (d_loss, g_loss):
        assert_same(
            (loss("sgan", as_softmax(*one)), one), (loss("sgan", shifted), [l_r, u_r, l_f, u_f])
        )
    z = tensor(L_R).exp().sum(1)
    torch.testing.assert_close(
        losses.real_logit({"classes": tensor(L_R)}).sigmoid(), z / (z + 1), atol=1e-12, rtol=0
    )


def test_i3_am_gans_generator_is_sgans_and_the_class():
    one, two = leaves(), leaves()
    total = g_loss("sgan", as_softmax(*two)) + losses.cross_entropy(two[2], torch.tensor(C))
    assert_same((g_loss("am_gan", as_softmax(*one)), one), (total, two))


def test_i4_acgan_of_one_class_is_gan():
    one, two = [leaf(S_R), leaf(S_F)], [leaf(S_R), leaf(S_F)]
    classes = {"classes": [[0.7], [-3.0]]}
    for loss in (d_loss, g_loss):
        with_class = seen(
            {"source": one[0], **classes}, {"source": one[1], **classes}, [0, 0], [0, 0]
        )
        without = seen({"source": two[0]}, {"source": two[1]}, [0, 0], [0, 0])
        assert_same((loss("acgan", with_class), one), (loss("gan", without), two))


def test_i5_infogan_is_acgan_without_the_class_of_reals():
    one, two = [leaf(v) for v in (S_R, S_F, L_F)], [leaf(v) for v in (S_R, S_F, L_F)]
    code = seen({"source": one[0], "code": L_R}, {"source": one[1], "code": one[2]})
    pair = seen({"source": two[0], "classes": L_R}, {"source": two[1], "classes": two[2]})
    known = losses.cross_entropy(tensor(L_R), torch.tensor(Y))
    assert_same((d_loss("infogan", code), one), (d_loss("acgan", pair) - known, two))
    assert_same((g_loss("infogan", code), one), (g_loss("acgan", pair), two))


def test_i6_projection_picks_its_class_from_eleven_outputs():
    """The embedding's row y is the row 1 + y of a Linear layer with 11 outputs; with rows of zero
    it is a GAN.
    """
    spec = small("projection")
    net = initialise(build_discriminator(spec), torch.Generator().manual_seed(1), 0.2).eval()
    image, rng = torch.randn(4, 3, 16, 16), torch.Generator()
    labels = torch.tensor([0, 2, 1, 2])
    found = net(image, rng, labels)["source"]
    plain = build_discriminator(small("acgan")).eval()
    state = {k: v for k, v in net.state_dict().items() if not k.startswith("embedding")}
    state["linear.weight"] = torch.cat([state["linear.weight"], net.embedding.weight])
    state["linear.bias"] = torch.cat([state["linear.bias"], torch.zeros(3)])
    plain.load_state_dict(state)
    said = plain(image, rng)
    picked = said["source"] + said["classes"][torch.arange(4), labels]
    torch.testing.assert_close(found, picked, atol=1e-6, rtol=0)
    with torch.no_grad():
        net.embedding.weight.zero_()
    torch.testing.assert_close(net(image, rng, labels)["source"], said["source"], atol=1e-6, rtol=0)


def test_i7_adcs_generator_term_is_a_difference_of_two_logits():
    both_ways = leaf(A_F)
    wanted, shunned = 2 * torch.tensor(C), 2 * torch.tensor(C) + 1
    entropies = losses.cross_entropy(both_ways, wanted) - losses.cross_entropy(both_ways, shunned)
    other = leaf(A_F)
    terms = systems.load("adc").generator_terms(
        objective(), seen({}, {"source": S_F, "pairs": other})
    )
    assert_same((terms["classes"], [other]), (entropies, [both_ways]))


def test_i8_the_twin_that_agrees_leaves_nothing_of_the_class():
    batch = both({"classes": L_R, "twin": L_R}, {"classes": L_F, "twin": L_F})
    assert g_loss("twin", batch).item() == pytest.approx(g_loss("gan", both()).item(), **CLOSE)


def test_i10_improved_gans_source_counts_half():
    one, two = [leaf(L_R), leaf(L_F)], [leaf(L_R), leaf(L_F)]
    real, fake = two[0].logsumexp(1), two[1].logsumexp(1)
    total = losses.cross_entropy(two[0], torch.tensor(Y))
    total = total + 0.5 * d_loss("gan", seen({"source": real}, {"source": fake}))
    assert_same(
        (d_loss("improved_gan", seen({"classes": one[0]}, {"classes": one[1]})), one), (total, two)
    )


def test_i11_adam_ignores_a_common_factor():
    ends = []
    for factor in (1.0, 0.5):
        weight = torch.nn.Parameter(tensor([1.0, -2.0, 3.0]))
        adam = torch.optim.Adam([weight], 0.1, (0.5, 0.999), eps=1e-12)
        for _ in range(20):
            adam.zero_grad()
            (factor * (weight**2).sum()).backward()
            adam.step()
        ends.append(weight.detach())
    torch.testing.assert_close(*ends, atol=1e-9, rtol=0)


@pytest.mark.parametrize(
    ("system", "start"),
    [
        ("gan", 1.386294),
        ("acgan", 5.991465),
        ("infogan", 3.688879),
        ("twin", 5.991465),
        ("adc", 7.377759),
        ("sgan", 4.795791),
    ],
)
def test_ds_loss_at_the_start_where_all_logits_are_zero(system, start):
    heads = systems.load(system).heads(10, objective())
    zeros = {k: torch.zeros(2) if n is None else torch.zeros(2, n) for k, n in heads.items()}
    batch = seen(zeros, zeros)
    assert d_loss(system, batch).item() == pytest.approx(start, **CLOSE)
    if system in ("twin", "adc"):
        classes = g_loss(system, batch) - g_loss("gan", batch)
        assert classes.item() == pytest.approx(0, abs=1e-6)


# ---- nets


def small(system, classes=3, **nets):
    return completed(
        {
            "side": 16,
            "classes": classes,
            "nets": {"width": 0.0625, **nets},
            "objective": {"system": system},
        }
    )


def paper(system, side, nets=None, **changes):
    chosen = {"system": system, **changes}
    return completed({"side": side, "classes": 10, "nets": nets or {}, "objective": chosen})


@pytest.mark.parametrize(
    ("spec", "counts"),
    [
        (("acgan", {}), (1_664_875, 1_935_211, 3_016_555)),
        (("gan", {}), (1_582_945, 1_607_521, 1_705_825)),
        (("cgan", {}), (1_584_385, 1_608_961, 1_707_265)),
        (("cgan", {"label_input": "hidden"}), (1_731_681, 1_756_257, 1_854_561)),
        (("sgan", {}), (1_664_875, 1_935_211, 3_016_555)),
        (("infogan", {}), (1_664_875, 1_935_211, 3_016_555)),
        (("projection", {}), (1_664_865, 1_935_201, 3_016_545)),
        (("twin", {}), (1_746_805, 2_262_901, 4_327_285)),
        (("adc", {}), (1_746_805, 2_262_901, 4_327_285)),
        (("reacgan", {}), (1_850_721, 1_875_297, 1_973_601)),
    ],
    ids=str,
)
def test_ds_parameters(spec, counts):
    system, changes = spec
    with torch.device("meta"):
        found = [
            parameter_count(build_discriminator(paper(system, side, **changes)))
            for side in (32, 64, 128)
        ]
    assert found == list(counts)


def test_an_improved_gan_with_its_fakes_logit_fixed_has_ten_outputs():
    with torch.device("meta"):
        found = [
            parameter_count(build_discriminator(paper("improved_gan", side, matching="features")))
            for side in (32, 64, 128)
        ]
    assert found == [1_656_682, 1_902_442, 2_885_482]


def test_infogans_continuous_codes_add_a_row_each():
    def outputs(codes):
        net = build_discriminator(paper("infogan", 32, continuous_codes=codes))
        return net.linear.out_features

    with torch.device("meta"):
        assert [outputs(0), outputs(2)] == [11, 13]
        generator = build_generator(paper("infogan", 32, continuous_codes=2))
    assert generator.linear.in_features == 112


@pytest.mark.parametrize(
    ("system", "nets", "counts"),
    [
        ("acgan", {}, (2_994_051, 12_440_067, 16_531_971)),
        ("gan", {}, (2_932_611, 12_317_187, 16_040_451)),
        ("projection", {"generator_norm": "conditional"}, (2_937_795, 12_332_163, 16_055_427)),
    ],
)
def test_gs_parameters(system, nets, counts):
    with torch.device("meta"):
        found = [
            parameter_count(build_generator(paper(system, side, nets))) for side in (32, 64, 128)
        ]
    assert found == list(counts)


def test_spectral_norm_by_hand():
    norm = SpectralNorm(2).double()
    weight = tensor([[3, 0], [4, 5]])
    norm.u.copy_(tensor([1, 0]))
    estimates = [(weight / norm(weight))[0, 0].item() for _ in range(3)]
    assert estimates == pytest.approx([5.0, 6.671746, 6.707750], **CLOSE)
    for _ in range(50):
        norm(weight)
    before = norm.eval()(weight)
    assert (weight / before)[0, 0].item() == pytest.approx(6.708204, **CLOSE)
    assert torch.equal(norm(weight), before), "judging moves nothing"


def test_projection_by_hand():
    spec = small("projection")
    net = build_discriminator(spec).double().eval()
    features = tensor([[1, -2, 0.5], [0, 1, 1]])
    net.linear = torch.nn.Linear(3, 1).double()
    net.embedding = torch.nn.Embedding(3, 3).double()
    with torch.no_grad():
        net.linear.weight.copy_(tensor([[1, 0.5, -1]]))
        net.linear.bias.fill_(0.1)
        net.embedding.weight.copy_(tensor([[0.5, 0, 1], [-1, 0.25, 0], [0, 1, -0.5]]))
        found = net.said(features[:, :, None, None], torch.tensor([0, 2]))["source"]
    torch.testing.assert_close(found, tensor([0.6, 0.1]), atol=1e-6, rtol=0)


def test_conditional_batch_norm_by_hand():
    from acgan.nets.generator import ConditionalBatchNorm

    norm = ConditionalBatchNorm(1, 2)
    norm.eps = 1e-12
    with torch.no_grad():
        norm.weight.copy_(torch.tensor([[2.0], [0.5]]))
        norm.bias.copy_(torch.tensor([[1.0], [-1.0]]))
    found = norm(torch.tensor([1.0, 3.0]).view(2, 1, 1, 1), torch.tensor([0, 1]))
    assert found.flatten().tolist() == pytest.approx([-1.0, -0.5], **CLOSE)


def test_class_planes_by_hand():
    """A first convolution of zeros but for ones on the plane of a class counts its taps."""
    net = build_discriminator(small("cgan"))
    conv = net.convs[0]
    with torch.no_grad():
        conv.weight.zero_()
        conv.bias.zero_()
        conv.weight[:, 3 + 1] = 1
        image = net.told(torch.randn(2, 3, 4, 4), torch.tensor([1, 0]), 0)
        found = conv(image)[:, 0]
    assert found[0].tolist() == [[4, 6], [6, 9]]
    assert not found[1].any()


def test_noise_stays_off_the_planes():
    net = build_discriminator(small("cgan", activation_noise=0.5)).train()
    shown = []
    net.convs[0].register_forward_hook(lambda _, given, __: shown.append(given[0]))
    net(torch.zeros(2, 3, 16, 16), torch.Generator().manual_seed(0), torch.tensor([0, 2]))
    assert shown[0][:, :3].std() > 0.3
    assert set(shown[0][:, 3:].flatten().tolist()) == {0.0, 1.0}


@pytest.mark.parametrize("changes", [{}, {"label_input": "hidden"}, None], ids=str)
def test_d_heeds_the_label_that_it_is_told(changes):
    spec = small("projection" if changes is None else "cgan")
    spec["objective"] |= changes or {}
    net = initialise(build_discriminator(spec), torch.Generator().manual_seed(3), 0.2).eval()
    image = torch.randn(3, 3, 16, 16)
    said = [
        net(image, torch.Generator(), torch.tensor(labels))["source"]
        for labels in ([0, 1, 2], [1, 2, 0])
    ]
    assert (said[0] - said[1]).abs().min() > 1e-6


def test_a_declaration_needs_no_torch():
    import subprocess
    import sys

    names = ", ".join(f"acgan.systems.{name}" for name in systems.SYSTEMS)
    code = f"import sys, {names}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


# ---- nets of their own


def test_the_nets_of_salimans_have_their_size():
    with torch.device("meta"):
        spec = paper("improved_gan", 32, {"architecture": "salimans"})
        generator, discriminator = build_generator(spec), build_discriminator(spec)
    assert parameter_count(generator) == 4_933_382
    assert parameter_count(discriminator) == 1_504_404  # gains that are not trained do not count


def test_the_nets_of_salimans_begin_by_what_they_see():
    spec = paper("improved_gan", 32, {"architecture": "salimans", "width": 0.125, "dropout": 0.0})
    net = initialise(build_discriminator(spec), torch.Generator().manual_seed(0))
    seen = []
    for conv in net.convs:
        conv.register_forward_hook(lambda _, __, out: seen.append(out))
    images = torch.rand(64, 3, 32, 32, generator=torch.Generator().manual_seed(1)) * 2 - 1
    net.begin(images)
    seen.clear()
    net.eval()(images, torch.Generator())
    for out in seen:
        torch.testing.assert_close(
            out.mean((0, 2, 3)), torch.zeros(out.shape[1]), atol=1e-3, rtol=0
        )
        torch.testing.assert_close(out.std((0, 2, 3)), torch.ones(out.shape[1]), atol=1e-3, rtol=0)


MIYATO = {"architecture": "miyato", "generator_norm": "conditional"}


@pytest.mark.parametrize("side", [32, 128])
def test_the_nets_of_miyato_have_their_shapes(side):
    spec = paper("projection", side, {**MIYATO, "width": 1 / 16})
    generator = initialise(build_generator(spec), torch.Generator().manual_seed(0))
    discriminator = initialise(build_discriminator(spec), torch.Generator().manual_seed(1))
    labels = torch.tensor([3, 7])
    images = generator(torch.randn(2, 100), None, labels)
    assert images.shape == (2, 3, side, side)
    blocks = []
    for block in discriminator.blocks:
        block.register_forward_hook(lambda _, __, out: blocks.append(out.shape[-1]))
    said = discriminator(images, torch.Generator(), labels)["source"]
    assert said.shape == (2,)
    assert blocks == ([16, 8, 8, 8] if side == 32 else [64, 32, 16, 8, 4, 4])
    assert discriminator.linear.out_features == 1
    assert (discriminator.linear.bias is None) == (side == 32)


def test_the_nets_of_miyato_have_their_size_on_cifar():
    """Of their code: G 256 x 4 x 4, three blocks of 256; D four blocks of 128, ten embeddings."""
    with torch.device("meta"):
        spec = paper("projection", 32, {**MIYATO, "latent": 128})
        generator, discriminator = build_generator(spec), build_discriminator(spec)
    up = 2 * 2 * 10 * 256 + 2 * (256 * 256 * 9 + 256) + 256 * 256 + 256
    last = 2 * 256 + 3 * 256 * 9 + 3
    assert parameter_count(generator) == 128 * 4096 + 4096 + 3 * up + last
    first = 3 * 128 * 9 + 128 + 128 * 128 * 9 + 128 + 3 * 128 + 128
    plain = 2 * (128 * 128 * 9 + 128)
    halving = plain + 128 * 128 + 128
    assert parameter_count(discriminator) == first + halving + 2 * plain + 128 + 10 * 128


# ---- a frozen judge


def with_frozen_judge(**changes):
    """The systems' experiment, with changes of the suite `frozen_judge` and of its judge."""
    content = yaml.safe_load((ROOT / "config/systems.yaml").read_text())
    content["judges"]["other_cnn"] |= changes.pop("other_cnn", {})
    content["datasets"]["again"] = content["datasets"]["digits"]
    content["suites"]["frozen_judge"] |= changes
    return content


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"judge": "other_cnn"}, "are both a trained_cnn: take another"),
        ({"other_cnn": {"train": "digits"}}, "are both trained on digits"),
        ({"other_cnn": {"train": "again"}}, "are both trained on again"),
        ({"objective": {"system": "frozen_judge"}}, "whose logits frozen_judge's G learns by"),
        ({"objective": {"system": "frozen_judge", "judge": "nobody"}}, "no judge named nobody"),
        ({"objective": {"system": "gan", "judge": "other_cnn"}}, "gan takes no judge: the key is"),
    ],
)
def test_a_judge_never_scores_what_learns_by_it(changes, said):
    assert loading.check(with_frozen_judge(), [])
    with pytest.raises(UserError, match=said):
        loading.check(with_frozen_judge(**changes), [])


def test_a_frozen_judge_hands_on_gradients_and_learns_nothing(packed_digits, tmp_path):
    from acgan.config.spec import filled
    from acgan.judges import KINDS, cnn, load_judge

    settings = filled({"kind": "trained_cnn", "side": 16, "epochs": 1}, "judge")
    weights = tmp_path / "judge.safetensors"
    KINDS["trained_cnn"].train(settings, 0, packed_digits, weights)
    judge = load_judge("j", settings, weights)
    assert cnn.class_ids_in(weights) == judge.class_ids == ["0", "1", "2"]
    images = torch.randint(0, 256, (4, 3, 16, 16), dtype=torch.uint8)
    asked = images.float().requires_grad_()
    logits = judge.logits(asked)
    torch.testing.assert_close(logits.softmax(1), judge.probabilities(images), atol=1e-5, rtol=0)
    logits[:, 0].sum().backward()
    assert asked.grad.abs().max() > 0
