"""The nets are those of Tables 1 and 2."""

import pytest
import torch

from acgan.io.rng import torch_rng
from acgan.nets.discriminator import Discriminator as Net
from acgan.nets.generator import Generator
from acgan.nets.layers import draw_latent, dropout, initialise, parameter_count, subpixel_transposed
from acgan.systems.build import one_hot


def Discriminator(side, classes, **settings):
    """With the heads of AC-GAN."""
    return Net(side, {"source": None, "classes": classes}, **settings)


def conditions(*labels, classes):
    return one_hot(torch.tensor(labels), classes, torch.float32)


@pytest.mark.parametrize(
    ("side", "g_millions", "d_millions"), [(128, 16.5, 3.0), (64, 12.4, 1.9), (32, 3.0, 1.7)]
)
def test_parameter_counts_at_full_width(side, g_millions, d_millions):
    assert parameter_count(Generator(side, 10)) / 1e6 == pytest.approx(g_millions, abs=0.05)
    assert parameter_count(Discriminator(side, 10)) / 1e6 == pytest.approx(d_millions, abs=0.05)


@pytest.mark.parametrize("side", [128, 64, 32, 16])
@pytest.mark.parametrize("classes", [1, 7])
def test_shapes(side, classes):
    g, d = Generator(side, classes, width=0.05), Discriminator(side, classes, width=0.05)
    images = g(torch.randn(3, 100), conditions(0, 0, 0, classes=classes))
    source, logits = d(images, torch_rng(0, "noise")).values()
    assert images.shape == (3, 3, side, side)
    assert images.abs().max() <= 1
    assert source.shape == (3,)
    assert logits.shape == (3, classes)


def test_rows_of_table_1():
    g, d = Generator(128, 10), Discriminator(128, 10)
    assert g.linear.in_features == 110
    assert g.linear.out_features == 768 * 8 * 8
    assert [c.out_channels for c in g.convs] == [384, 256, 192, 3]
    assert {c.kernel_size for c in g.convs} == {(5, 5)}
    assert [n.num_features for n in g.norms] == [384, 256, 192]
    assert [c.out_channels for c in d.convs] == [16, 32, 64, 128, 256, 512]
    assert [c.stride[0] for c in d.convs] == [2, 1, 2, 1, 2, 1]
    assert [n.num_features for n in d.norms] == [32, 64, 128, 256, 512]
    assert d.linear.out_features == 11


def test_linear_row_read_as_numbers_makes_few_maps():
    # paper.md's reading B: 3.9 M at 128, 0.63 M at 32
    assert parameter_count(Generator(128, 10, linear_row="numbers")) / 1e6 == pytest.approx(
        3.9, abs=0.05
    )
    assert parameter_count(Generator(32, 10, linear_row="numbers")) / 1e6 == pytest.approx(
        0.63, abs=0.01
    )


@pytest.mark.parametrize("net", [Generator, Discriminator])
def test_a_side_without_a_table_is_refused(net):
    with pytest.raises(ValueError, match="side 48"):
        net(48, 10)


def test_initial_weights():
    net = initialise(Generator(32, 10), torch_rng(0, "init"))
    assert net.linear.weight.std().item() == pytest.approx(0.02, rel=0.01)
    assert net.convs[0].weight.std().item() == pytest.approx(0.02, rel=0.01)
    assert net.linear.bias.abs().max() == 0
    assert (net.norms[0].weight == 1).all()


@pytest.mark.parametrize("p", [0.5, 0.25, 0.3])
def test_dropout_drops_its_share_and_keeps_the_mean(p):
    x = torch.ones(200, 1000, 1, 1)
    y = dropout(x, p, torch_rng(0, "dropout"))
    kept = (y > 0)[:, :, 0, 0]
    assert kept.float().mean().item() == pytest.approx(1 - p, abs=0.005)
    assert torch.allclose(y[:, :, 0, 0][kept], torch.tensor(1 / (1 - p)))
    assert kept.float().mean(0).std() < 0.06  # no column is favoured


def test_dropout_bits_are_independent_of_their_neighbours():
    x = torch.ones(1, 4, 100, 1000)
    kept = (dropout(x, 0.5, torch_rng(1, "dropout")) > 0).float().permute(0, 2, 3, 1).flatten()
    for lag in (1, 2, 4, 8):
        assert abs(torch.corrcoef(torch.stack([kept[:-lag], kept[lag:]]))[0, 1]) < 0.006


def test_d_is_deterministic_without_training_and_random_with_it():
    d = Discriminator(16, 3, width=0.25)
    x = torch.randn(4, 3, 16, 16)
    first, second = d(x, torch_rng(0, "a"))["source"], d(x, torch_rng(1, "a"))["source"]
    assert not torch.equal(first, second)
    d.eval()
    assert torch.equal(d(x, torch_rng(0, "a"))["source"], d(x, torch_rng(1, "a"))["source"])


def test_noise_in_all_layers_is_more_than_noise_at_the_input():
    x = torch.zeros(64, 3, 16, 16)

    def spread(layers):
        d = initialise(
            Discriminator(16, 3, dropout=0.0, activation_noise=0.5, noise_layers=layers),
            torch_rng(0, "i"),
        )
        return d(x, torch_rng(0, "a"))["source"].std()

    assert spread("all") > spread("input") > 0


def test_batch_norm_moves_with_the_layer_order():
    x = torch.randn(16, 3, 16, 16)
    outputs = []
    for order in ("batch_norm-nonlinearity-dropout", "nonlinearity-batch_norm-dropout"):
        d = initialise(
            Discriminator(16, 3, dropout=0.0, activation_noise=0.0, layer_order=order),
            torch_rng(0, "i"),
        )
        outputs.append(d(x, torch_rng(0, "a"))["source"])
    assert not torch.allclose(*outputs)


@pytest.mark.parametrize(
    ("distribution", "low", "high", "mean", "std"),
    [("normal", -9, 9, 0, 1), ("uniform", -1, 1, 0, 3**-0.5), ("uniform_0_1", 0, 1, 0.5, 12**-0.5)],
)
def test_latent_distributions(distribution, low, high, mean, std):
    z = draw_latent(2000, 100, distribution, torch_rng(0, "z"))
    assert low <= z.min() and z.max() <= high
    assert z.mean().item() == pytest.approx(mean, abs=0.01)
    assert z.std().item() == pytest.approx(std, rel=0.01)


def test_the_class_reaches_the_image():
    g = initialise(Generator(16, 2), torch_rng(0, "i"), sigma=0.1)
    z = torch.randn(5, 100)
    zero, one = (g(z, conditions(*[label] * 5, classes=2)) for label in (0, 1))
    assert (zero - one).abs().max() > 1e-3


@pytest.mark.parametrize(("inputs", "outputs", "side"), [(5, 3, 4), (7, 6, 9)])
def test_the_subpixel_form_is_the_transposed_convolution(inputs, outputs, side):
    layer = torch.nn.ConvTranspose2d(inputs, outputs, 5, 2, 2, 1).double()
    x = torch.randn(2, inputs, side, side, dtype=torch.float64, generator=torch_rng(0, "x"))
    assert torch.allclose(layer(x), subpixel_transposed(x, layer.weight, layer.bias), atol=1e-12)
