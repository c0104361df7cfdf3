"""Train one AC-GAN: `acgan train --config C --model main_32/g000 ... --out FOLDER`.

Reads top to bottom: set-up, then one loop whose blocks are *trajectory, step, status, checkpoint*.
Every random draw is a function of (seed, purpose, step), so a run that was killed and repeated ends
in the same bits.

Outputs: weights.safetensors, training.csv and trajectory.csv (byte-equal between runs), timing.csv
and provenance.json (not), and `state/` with the checkpoint and a copy of training.csv to look at
meanwhile.
"""

import math
import time
from pathlib import Path

import torch

from acgan import checkpoint, nets, provenance
from acgan.data.batches import load_images, real_batch
from acgan.errors import UserError
from acgan.files import sha256_of_json, write_csv, write_json
from acgan.metrics.ms_ssim import ms_ssim
from acgan.models import (
    Spec,
    build_discriminator,
    build_generator,
    draw_noise,
    save_weights,
    to_uint8,
)
from acgan.objective import discriminator_loss, generator_loss
from acgan.seeds import generator
from acgan.status import peak_memory_mb, print_status, stop_signals

TRAINING_COLUMNS = (
    "step",
    "discriminator_loss",
    "generator_loss",
    "source_accuracy_real",
    "source_accuracy_fake",
    "class_accuracy_real",
    "class_accuracy_fake",
)
STOPPED = 75  # exit status of a run that was told to stop: it saved its state and goes on when repeated (EX_TEMPFAIL)


@torch.no_grad()
def class_ms_ssim(spec: Spec, net: nets.Generator, step: int) -> list[float]:
    """Mean MS-SSIM over random pairs of fresh samples of each class, at this moment of training
    (Figure 5).
    """
    device = next(net.parameters()).device
    rng = generator(spec["seed"], "trajectory", step, device)
    net.eval()
    means = []
    for label in range(spec["classes"]):
        z = draw_noise(spec, 2 * spec["training"]["trajectory_pairs"], rng)
        first, second = to_uint8(net(z, torch.full((len(z),), label, device=device))).chunk(2)
        means.append(ms_ssim(first, second).mean().item())
    net.train()
    return means


def finite(*parts: torch.nn.Module) -> bool:
    """Whether every weight is a number: the last good checkpoint must not be overwritten by a bad one."""
    return all(bool(torch.isfinite(p).all()) for part in parts for p in part.parameters())


def train(
    spec: Spec,
    data: Path,
    class_ids: list[str],
    out: Path,
    *,
    device: str = "auto",
    checkpoint_seconds: float = 60.0,
    wait: bool = False,
    resume: Path | None = None,
) -> int:
    """Train the model of `spec` on the classes `class_ids` of the packed folder `data`; return 0 or
    STOPPED.

    Goes on from the folder's own checkpoint; `resume` names another, which must be of this very
    spec. Raises UserError for data that is not right, a folder that another trainer holds (unless
    `wait`), and a loss that is not finite.
    """
    with checkpoint.locked(out / "state", wait):
        return _train(spec, data, class_ids, out, device, checkpoint_seconds, resume)


def _train(
    spec: Spec,
    data: Path,
    class_ids: list[str],
    out: Path,
    device: str,
    checkpoint_seconds: float,
    resume: Path | None,
) -> int:
    # ---- set-up
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    options, objective, seed, sigma = (
        spec["training"],
        spec["objective"],
        spec["seed"],
        spec["nets"]["init_sigma"],
    )
    steps, batch, classes = options["steps"], options["batch_size"], spec["classes"]
    state_file, name = out / "state" / "checkpoint.pt", f"{spec['suite']}/{spec['model']}"
    torch.set_num_threads(options["threads"])
    autocast = torch.autocast(device, torch.bfloat16, enabled=options["precision"] == "bfloat16")

    images, labels, sha256s = load_images(data, class_ids, spec["side"])
    images, labels = images.to(device), labels.to(device)
    spec_hash = sha256_of_json({**spec, "data": list(zip(class_ids, sha256s, strict=True))})
    g = nets.initialise(build_generator(spec), generator(seed, "init_generator"), sigma)
    d = nets.initialise(build_discriminator(spec), generator(seed, "init_discriminator"), sigma)
    g, d = (net.to(device).to(memory_format=torch.channels_last) for net in (g, d))  # type: ignore[call-overload]
    betas = (options["beta1"], options["beta2"])
    g_adam = torch.optim.Adam(g.parameters(), options["g_learning_rate"], betas, fused=True)
    d_adam = torch.optim.Adam(d.parameters(), options["d_learning_rate"], betas, fused=True)

    step, seconds_before = 0, 0.0
    rows: list[list[float]] = []  # of training.csv
    trajectory: list[list[float]] = []  # of trajectory.csv
    sums = torch.zeros(len(TRAINING_COLUMNS) - 1, dtype=torch.float64, device=device)
    made_by = provenance.made_by(device)
    state = checkpoint.resume_state(state_file, spec_hash, resume)
    if state is not None:
        step, seconds_before = state["step"], state["seconds"]
        rows, trajectory = state["rows"], state["trajectory"]
        made_by = provenance.continued(state["made_by"], made_by, finished=step == steps)
        g.load_state_dict(state["generator"])
        d.load_state_dict(state["discriminator"])
        if step < steps:  # a finished model keeps no optimiser
            g_adam.load_state_dict(state["generator_adam"])
            d_adam.load_state_dict(state["discriminator_adam"])
            sums.copy_(state["sums"])
        print(f"{name}: goes on from step {step} of {steps}", flush=True)

    def save_state() -> float:
        seconds = seconds_before + time.perf_counter() - started
        content = {
            "spec_hash": spec_hash,
            "made_by": made_by,
            "step": step,
            "seconds": seconds,
            "rows": rows,
            "trajectory": trajectory,
        }
        content |= {"generator": g.state_dict(), "discriminator": d.state_dict()}
        if step < steps:
            adams = {
                "generator_adam": g_adam.state_dict(),
                "discriminator_adam": d_adam.state_dict(),
            }
            content |= adams | {"sums": sums}
        checkpoint.save(state_file, content)
        write_csv(state_file.with_name("training.csv"), TRAINING_COLUMNS, rows)
        return seconds

    # ---- the loop
    started = saved = time.perf_counter()
    first_step = step
    g.train(), d.train()
    with stop_signals() as told:
        while True:
            # -- trajectory: before the first step, every so often, and at the end
            due = step % options["trajectory_every"] == 0
            if due and (not trajectory or trajectory[-1][0] < step):
                trajectory.append([step, *class_ms_ssim(spec, g, step)])
            if step == steps:
                break

            # -- step, discriminator: the paper's L_S + L_C on a real and a fake batch
            real_rng, fake_rng, noise_rng = (
                generator(seed, p, step, device) for p in ("real", "fake", "noise")
            )
            for _ in range(options["d_steps"]):
                real, real_labels = real_batch(images, labels, batch, options["flip"], real_rng)
                z = draw_noise(spec, batch, fake_rng)
                fake_labels = torch.randint(classes, (batch,), generator=fake_rng, device=device)
                with autocast:
                    fakes = g(z, fake_labels)
                    on_real, on_fake = d(real, noise_rng), d(fakes.detach(), noise_rng)
                d_loss = discriminator_loss(
                    on_real, on_fake, real_labels, fake_labels,
                    class_weight=objective["d_class_weight"], classify_fakes=objective["classify_fakes"],
                )  # fmt: skip
                d_adam.zero_grad()
                d_loss.backward()
                d_adam.step()

            # -- step, generator: L_C - L_S through D's new weights, for which no gradients are
            # computed
            d.requires_grad_(False)
            g_labels = fake_labels
            if not options["reuse_fakes"]:
                z = draw_noise(spec, batch, fake_rng)
                g_labels = torch.randint(classes, (batch,), generator=fake_rng, device=device)
            with autocast:
                if not options["reuse_fakes"]:
                    fakes = g(z, g_labels)
                judged = d(fakes, noise_rng)
            g_loss = generator_loss(
                judged,
                g_labels,
                form=objective["generator_loss"],
                class_weight=objective["g_class_weight"],
            )
            g_adam.zero_grad()
            g_loss.backward()
            g_adam.step()
            d.requires_grad_(True)
            step += 1

            # -- status: means since the last row
            with torch.no_grad():
                accuracies = (
                    on_real[0] > 0,
                    on_fake[0] < 0,
                    on_real[1].argmax(1) == real_labels,
                    on_fake[1].argmax(1) == fake_labels,
                )
                sums += torch.stack([d_loss, g_loss, *(a.float().mean() for a in accuracies)])
            if step % options["log_every"] == 0 or step == steps:
                window = step % options["log_every"] or options["log_every"]
                row = [step, *(sums / window).tolist()]
                sums.zero_()
                if not all(map(math.isfinite, row)):
                    raise UserError(
                        f"{out}: the loss is not finite at step {step} (D {row[1]}, G {row[2]}); the last good "
                        f"checkpoint is {state_file}; lower the learning rates or set precision: float32"
                    )
                rows.append(row)
                print_status(
                    name, row, steps, batch, step - first_step, time.perf_counter() - started
                )

            # -- checkpoint
            if told:
                save_state()
                print(
                    f"{name}: told to stop by {told[0]}: saved step {step}; repeat the command to go on",
                    flush=True,
                )
                return STOPPED
            if time.perf_counter() - saved > checkpoint_seconds and finite(g, d):
                save_state()
                saved = time.perf_counter()

    # ---- outputs
    seconds = save_state()
    save_weights(out / "weights.safetensors", g, d)
    write_csv(out / "training.csv", TRAINING_COLUMNS, rows)
    write_csv(out / "trajectory.csv", ("step", *class_ids), trajectory)
    kimg = steps * batch / 1000
    write_csv(
        out / "timing.csv",
        ("steps", "seconds", "images_per_second", "seconds_per_kimg", "peak_memory_mb"),
        [
            (
                steps,
                round(seconds, 3),
                round(1000 * kimg / seconds, 1),
                round(seconds / kimg, 4),
                round(peak_memory_mb()),
            )
        ],
    )
    write_json(
        out / "provenance.json",
        {"spec": spec, "class_ids": class_ids, "spec_sha256": spec_hash, **made_by},
    )
    return 0
