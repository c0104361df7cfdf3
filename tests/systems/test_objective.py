"""The losses of AC-GAN, computed by hand, and what a system is asked for."""

import math

import pytest
import torch

from acgan.config.spec import completed
from acgan.systems.acgan import SYSTEM
from acgan.systems.base import Seen, weighted

REAL = {"source": torch.tensor([2.0]), "classes": torch.tensor([[1.0, 3.0]])}
FAKE = {"source": torch.tensor([-1.0]), "classes": torch.tensor([[0.0, 1.0]])}
LABEL_0, LABEL_1 = torch.tensor([0]), torch.tensor([1])


def objective(**changes):
    return {**completed({})["objective"], **changes}


def d_loss(real=REAL, fake=FAKE, labels=(LABEL_1, LABEL_0), **changes):
    terms = SYSTEM.discriminator_terms(objective(**changes), Seen(real, fake, *labels))
    return weighted(terms, SYSTEM.discriminator_weights, objective(**changes))


def g_loss(fake=FAKE, labels=LABEL_1, **changes):
    terms = SYSTEM.generator_terms(objective(**changes), Seen({}, fake, labels, labels))
    return weighted(terms, SYSTEM.generator_weights, objective(**changes))


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def test_discriminator_loss_by_hand():
    source = -math.log(sigmoid(2.0)) - math.log(1 - sigmoid(-1.0))
    class_real = -math.log(math.exp(3) / (math.exp(1) + math.exp(3)))
    class_fake = -math.log(math.exp(0) / (math.exp(0) + math.exp(1)))
    assert d_loss().item() == pytest.approx(source + class_real + class_fake, abs=1e-6)
    without = d_loss(classify_fakes=False)
    assert without.item() == pytest.approx(source + class_real, abs=1e-6)
    halved = d_loss(d_class_weight=0.5)
    assert halved.item() == pytest.approx(source + 0.5 * (class_real + class_fake), abs=1e-6)


def test_generator_loss_by_hand():
    class_fake = -math.log(math.exp(1) / (math.exp(0) + math.exp(1)))
    not_saturating = -math.log(sigmoid(-1.0))
    assert g_loss().item() == pytest.approx(not_saturating + class_fake, abs=1e-6)
    saturating = g_loss(generator_loss="saturating").item()
    assert saturating == pytest.approx(math.log(1 - sigmoid(-1.0)) + class_fake, abs=1e-6)
    assert g_loss(g_class_weight=0.0).item() == pytest.approx(not_saturating, abs=1e-6)


def test_softmax_is_applied_once():
    """A classifier that is certain must reach a loss of 0; under a second softmax it stays above
    0.55 for ten classes.
    """
    certain = torch.tensor([[100.0] + [0.0] * 9])
    real, fake = ({"source": torch.tensor([s]), "classes": certain} for s in (50.0, -50.0))
    assert d_loss(real, fake, (LABEL_0, LABEL_0)).item() < 1e-6


def test_saturating_gradients_vanish_where_d_is_sure_and_the_other_form_does_not():
    logit = torch.tensor([-10.0], requires_grad=True)
    gradients = {}
    for form in ("saturating", "non_saturating"):
        loss = g_loss({"source": logit, "classes": torch.zeros(1, 2)}, LABEL_0, generator_loss=form)
        (gradients[form],) = torch.autograd.grad(loss, logit)
    assert abs(gradients["saturating"].item()) < 1e-4
    assert gradients["non_saturating"].item() == pytest.approx(-1, abs=1e-4)


def test_a_system_names_its_columns_in_the_order_of_its_statistics():
    found = SYSTEM.statistics(Seen(REAL, FAKE, LABEL_1, LABEL_0))
    assert tuple(found) == SYSTEM.columns
    values = {name: float(value.float().mean()) for name, value in found.items()}
    # The source of both is seen rightly, and the class of the real image alone.
    assert values == {
        "source_accuracy_real": 1.0,
        "source_accuracy_fake": 1.0,
        "class_accuracy_real": 1.0,
        "class_accuracy_fake": 0.0,
    }
    assert SYSTEM.line.format(**values) == "real 1.00  fake 1.00  class 1.00 0.00"
