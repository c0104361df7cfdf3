"""The losses, computed by hand."""

import math

import pytest
import torch

from acgan.systems.acgan import discriminator_loss, generator_loss

REAL = (torch.tensor([2.0]), torch.tensor([[1.0, 3.0]]))
FAKE = (torch.tensor([-1.0]), torch.tensor([[0.0, 1.0]]))
LABEL_0, LABEL_1 = torch.tensor([0]), torch.tensor([1])


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def test_discriminator_loss_by_hand():
    source = -math.log(sigmoid(2.0)) - math.log(1 - sigmoid(-1.0))
    class_real = -math.log(math.exp(3) / (math.exp(1) + math.exp(3)))
    class_fake = -math.log(math.exp(0) / (math.exp(0) + math.exp(1)))
    loss = discriminator_loss(REAL, FAKE, LABEL_1, LABEL_0)
    assert loss.item() == pytest.approx(source + class_real + class_fake, abs=1e-6)
    without = discriminator_loss(REAL, FAKE, LABEL_1, LABEL_0, classify_fakes=False)
    assert without.item() == pytest.approx(source + class_real, abs=1e-6)
    weighted = discriminator_loss(REAL, FAKE, LABEL_1, LABEL_0, class_weight=0.5)
    assert weighted.item() == pytest.approx(source + 0.5 * (class_real + class_fake), abs=1e-6)


def test_generator_loss_by_hand():
    class_fake = -math.log(math.exp(1) / (math.exp(0) + math.exp(1)))
    assert generator_loss(FAKE, LABEL_1).item() == pytest.approx(
        -math.log(sigmoid(-1.0)) + class_fake, abs=1e-6
    )
    saturating = generator_loss(FAKE, LABEL_1, form="saturating").item()
    assert saturating == pytest.approx(math.log(1 - sigmoid(-1.0)) + class_fake, abs=1e-6)
    assert generator_loss(FAKE, LABEL_1, class_weight=0.0).item() == pytest.approx(
        -math.log(sigmoid(-1.0)), abs=1e-6
    )


def test_softmax_is_applied_once():
    """A classifier that is certain must reach a loss of 0; under a second softmax it stays above
    0.55 for ten classes.
    """
    certain = (torch.tensor([50.0]), torch.tensor([[100.0] + [0.0] * 9]))
    loss = discriminator_loss(certain, (torch.tensor([-50.0]), certain[1]), LABEL_0, LABEL_0)
    assert loss.item() < 1e-6


def test_saturating_gradients_vanish_where_d_is_sure_and_the_other_form_does_not():
    logit = torch.tensor([-10.0], requires_grad=True)
    classes = torch.zeros(1, 2)
    gradients = {}
    for form in ("saturating", "non_saturating"):
        (gradients[form],) = torch.autograd.grad(
            generator_loss((logit, classes), LABEL_0, form=form), logit
        )
    assert abs(gradients["saturating"].item()) < 1e-4
    assert gradients["non_saturating"].item() == pytest.approx(-1, abs=1e-4)
