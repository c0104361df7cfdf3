"""With `seeds: shared`, restarts of several systems begin alike, so that they can be paired."""

import torch
import yaml
from running import ROOT

from acgan.config import loading, resolve
from acgan.training import step
from acgan.training.speedups import SPEEDUPS


def first_batch(config, suite, model, images, labels):
    """The real images and the latents of a model's first step."""
    spec = resolve.spec(config, suite, model)
    players = step.build(spec, "cpu", SPEEDUPS["cpu"])
    rngs = step.generators("cpu")
    step.reseed(rngs, spec["seed"], 0)
    from acgan.systems import system_of

    setting = step.Setting(spec, system_of(spec), SPEEDUPS["cpu"], players, images, labels, rngs)
    real, real_labels = step.reals(setting)
    z, _ = step.fake_inputs(setting)
    return spec["seed"], real, real_labels, z


def test_the_first_batch_and_latents_of_two_systems_are_equal():
    config = loading.load([ROOT / "config/systems.yaml"])
    images = torch.randint(0, 256, (50, 3, 16, 16), dtype=torch.uint8)
    labels = torch.arange(50) % 10
    found = [
        first_batch(config, suite, "g000-r3", images, labels) for suite in ("acgan", "gan", "sgan")
    ]
    for other in found[1:]:
        for one, two in zip(found[0], other, strict=True):
            assert torch.equal(torch.as_tensor(one), torch.as_tensor(two))
    seeds = {resolve.spec(config, "acgan", f"g000-r{r}")["seed"] for r in range(8)}
    assert len(seeds) == 8
    own = yaml.safe_load((ROOT / "config/systems.yaml").read_text())
    for suite in own["suites"].values():
        suite["seeds"] = "own"
    apart = loading.check(own, [])
    assert len({resolve.spec(apart, s, "g000-r0")["seed"] for s in apart["suites"]}) == 16
