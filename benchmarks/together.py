"""Several small models on one device: `python -m benchmarks.together [--device cuda] [--k 4]`.

As k processes (what `models_per_job` does), and as one batched program of torch.func: stacked
weights, grouped convolutions.
"""

import argparse
import multiprocessing
import time
from collections.abc import Callable

import torch
from torch import Tensor
from torch.func import functional_call, grad, stack_module_state, vmap

from acgan.config.spec import completed
from acgan.nets.discriminator import Discriminator
from acgan.nets.generator import Generator
from acgan.systems.acgan import SYSTEM
from acgan.systems.base import Seen, weighted
from acgan.systems.build import one_hot
from acgan.training import speedups
from benchmarks.timing import alternate, markdown
from benchmarks.training import our_step, spec_of

TITLE = "Several models on one device"
ABOUT = """Processes: steps per second of k trainers at once over those of one, one thread each.
Batched: the gradient of G's loss through G and D, without noise and dropout, for k models one after
another over one vmap of all k, which turns the convolutions into grouped ones; above 1 the batched
program wins. `models_per_job` starts processes, which are exact, resume and fail one by one."""
SIZE = {"demo (32x32, quarter width)": (32, 0.25), "CIFAR-10 (32x32)": (32, 1.0)}


def generator_loss(heads: dict[str, Tensor], labels: Tensor) -> Tensor:
    """G's loss by the defaults."""
    objective = completed({})["objective"]
    terms = SYSTEM.generator_terms(objective, Seen({}, heads, labels, labels))
    return weighted(terms, SYSTEM.generator_weights, objective)


def steps_per_second(side: int, width: float, device: str, seconds: float, barrier) -> float:
    """What one trainer reaches while the others run."""
    torch.set_num_threads(1)
    images = torch.randint(0, 256, (2000, side, side, 3), dtype=torch.uint8, device=device)
    labels = torch.randint(0, 10, (2000,), device=device)
    chosen = speedups.speedups(device, "auto")
    step = our_step(spec_of(side, width, 100), chosen, images.permute(0, 3, 1, 2), labels, device)
    step(), step()
    barrier.wait()
    began, steps = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        step()
        if device != "cpu":
            torch.cuda.synchronize()
        steps += 1
    return steps / (time.perf_counter() - began)


def as_processes(k: int, side: int, width: float, device: str, seconds: float = 12) -> float:
    """Steps per second of k trainers, all together."""
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, context.Pool(k) as pool:
        barrier = manager.Barrier(k)
        jobs = [(side, width, device, seconds, barrier)] * k
        return sum(pool.starmap(steps_per_second, jobs, chunksize=1))


def gradient_steps(
    k: int, side: int, width: float, device: str
) -> tuple[Callable[[], object], Callable[[], object]]:
    """G's gradient for k models: one after another, and batched."""
    gs = [Generator(side, 10, width=width).to(device) for _ in range(k)]
    ds = [
        Discriminator(side, SYSTEM.heads(10), width=width, dropout=0.0, activation_noise=0.0).to(
            device
        )
        for _ in range(k)
    ]
    for net in (*gs, *ds):
        for norm in net.norms:  # vmap cannot update running means in place
            norm.track_running_stats, norm.running_mean, norm.running_var = False, None, None
            norm.num_batches_tracked = None
    rng = torch.Generator(device)

    def loss(g_weights: dict, d_weights: dict, z: Tensor, labels: Tensor) -> Tensor:
        fakes = functional_call(gs[0], g_weights, (z, one_hot(labels, 10, z.dtype)))
        return generator_loss(functional_call(ds[0], d_weights, (fakes, rng)), labels)

    z = torch.randn(k, 100, 100, device=device)
    labels = torch.randint(0, 10, (k, 100), device=device)
    g_stacked, d_stacked = stack_module_state(gs)[0], stack_module_state(ds)[0]  # type: ignore[arg-type]
    batched = vmap(grad(loss))

    def one_after_another() -> None:
        for g, d, noise, wanted in zip(gs, ds, z, labels, strict=True):
            d.requires_grad_(False)
            g.zero_grad()
            generator_loss(d(g(noise, one_hot(wanted, 10, noise.dtype)), rng), wanted).backward()

    one_after_another()
    for name, value in batched(g_stacked, d_stacked, z, labels).items():
        wanted = gs[0].get_parameter(name).grad
        assert (value[0] - wanted).norm() < 1e-3 * wanted.norm() + 1e-4, name
    return one_after_another, lambda: batched(g_stacked, d_stacked, z, labels)


def rows(device: str = "cpu", k: int = 2) -> list[dict[str, str]]:
    torch.set_num_threads(1)
    found = []
    for name, (side, width) in SIZE.items():
        one, several = (as_processes(n, side, width, device) for n in (1, k))
        alone, batched = alternate(*gradient_steps(k, side, width, device), repeats=2)
        found.append(
            {
                "size": f"{name}, batch 100",
                "k": str(k),
                "one process": f"{one:.2f} steps/s",
                "k processes": f"{several:.2f} steps/s",
                "gain of k processes": f"{several / one:.2f}",
                "gain of the batched program": f"{alone / batched:.2f}",
            }
        )
        print(found[-1], flush=True)
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--k", type=int, default=2)
    arguments = parser.parse_args()
    print(markdown(rows(arguments.device, arguments.k)))
