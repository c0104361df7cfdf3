"""Train one AC-GAN: `acgan train --config C --model main_32/g000 ... --out FOLDER`.

Reads top to bottom: set-up, then one loop whose blocks are *trajectory, step, row, status,
checkpoint*. Every random draw is a function of (seed, purpose, step), so a run that was killed and
repeated ends in the same bits.

Outputs: weights.safetensors, training.csv and trajectory.csv (byte-equal between runs), timing.csv
and provenance.json (not), and `state/` with the checkpoint and a copy of training.csv to look at
meanwhile. A model whose loss or weights stop being numbers writes the same files from its last good
checkpoint, and its provenance says so.
"""

import time
from pathlib import Path
from typing import Any, NamedTuple

import torch

from acgan.data.batches import load_images
from acgan.io.files import sha256_of_json, write_csv, write_json
from acgan.io.rng import generator
from acgan.metrics.ms_ssim import ms_ssim
from acgan.nets import nets
from acgan.nets.build import Spec, draw_noise, save_weights, to_uint8
from acgan.training import checkpoint, progress, provenance, slurm
from acgan.training import step as engine
from acgan.training.log import (
    peak_memory_mb,
    print_status,
    started_seconds_ago,
    stop_signals,
    training_log,
)

TRAINING_COLUMNS = ("step", *engine.STATISTICS)
DIVERGED = 3  # exit status of a run whose loss or weights are not finite: it is over, and on record
STATUS_SECONDS = 30  # between two lines of a slow model, as near as its steps allow
SPARE_SECONDS = 5  # of a time budget: on a busy disk the last save has taken seconds
TIME_IS_OVER = "its time budget"
# Exit status of a run that was told to stop (EX_TEMPFAIL): it saved its state and goes on when
# repeated.
STOPPED = 75


class Runtime(NamedTuple):
    """How a run is carried out; nothing here changes a bit of its result on the same device."""

    device: str = "auto"
    checkpoint_seconds: float = 60.0  # between two checkpoints
    checkpoint_steps: int = 0  # the same in steps; 0 for none
    time_budget: float | None = None  # seconds after which the process must have left
    requeue: bool = False  # when the budget is over, have SLURM queue this job again
    starts: int | None = None  # give up after so many starts in a row without progress
    tensorboard: bool = False
    wait: bool = False  # for another trainer that holds the folder
    resume: Path | None = None  # a checkpoint from elsewhere, which must be of this very spec


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
    """Whether every weight and running mean is a number: the last good checkpoint must not be
    overwritten by a bad one.
    """
    return all(bool(torch.isfinite(v).all()) for part in parts for v in part.state_dict().values())


def train(
    spec: Spec, data: Path, class_ids: list[str], out: Path, runtime: Runtime | None = None
) -> int:
    """Train the model of `spec` on the classes `class_ids` of the packed folder `data`.

    Returns 0, STOPPED or DIVERGED. Goes on from the folder's own checkpoint. Raises UserError for
    data that is not right and for a folder that another trainer holds.
    """
    runtime = runtime or Runtime()
    with checkpoint.locked(out / "state", runtime.wait):
        return _train(spec, data, class_ids, out, runtime)


def _train(spec: Spec, data: Path, class_ids: list[str], out: Path, runtime: Runtime) -> int:
    # ---- set-up
    device = runtime.device
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    options = spec["training"]
    steps, batch, log_every = options["steps"], options["batch_size"], options["log_every"]
    state_file, name = out / "state" / "checkpoint.pt", f"{spec['suite']}/{spec['model']}"
    torch.set_num_threads(options["threads"])
    chosen = engine.speedups(device, options["precision"])

    images, labels, sha256s = load_images(data, class_ids, spec["side"])
    images, labels = images.to(device), labels.to(device)
    spec_hash = sha256_of_json({**spec, "data": list(zip(class_ids, sha256s, strict=True))})
    players = engine.build(spec, device, chosen)
    train_step = engine.stepper(spec, chosen, players, images, labels, device)
    g, d, g_adam, d_adam = players

    step, seconds_before, save_seconds = 0, 0.0, 0.0
    rows: list[list[float]] = []  # of training.csv
    trajectory: list[list[float]] = []  # of trajectory.csv
    window = torch.zeros(log_every, len(engine.STATISTICS), dtype=torch.float64, device=device)
    made_by = {**provenance.made_by(device), "engine": engine.describe(device, chosen)}
    state = checkpoint.resume_state(state_file, spec_hash, runtime.resume)
    if state is not None:
        step, seconds_before = state["step"], state["seconds"]
        rows, trajectory = state["rows"], state["trajectory"]
        made_by = provenance.continued(state["made_by"], made_by, finished=step == steps)
        g.load_state_dict(state["generator"])
        d.load_state_dict(state["discriminator"])
        if step < steps:  # a finished model keeps no optimiser
            engine.load_adam(g_adam, state["generator_adam"])
            engine.load_adam(d_adam, state["discriminator_adam"])
            window.copy_(state["window"])
        print(f"{name}: goes on from step {step} of {steps}", flush=True)
    if step < steps:
        progress.count_start(out / "state", name, step, runtime.starts)

    started = saved = said = time.perf_counter()
    first_step, slowest, diverged = step, 0.0, None

    def record(always: bool = False) -> None:
        done = step - first_step
        speed = (time.perf_counter() - started) / done if done else None
        progress.record(out / "state", step, steps, speed, always)

    def save_state() -> dict[str, Any]:
        nonlocal saved, save_seconds
        began = time.perf_counter()
        content = {
            "spec_hash": spec_hash,
            "made_by": made_by,
            "step": step,
            "seconds": seconds_before + began - started,
            "rows": rows,
            "trajectory": trajectory,
            "generator": g.state_dict(),
            "discriminator": d.state_dict(),
        }
        if step < steps:
            content |= {
                "generator_adam": g_adam.state_dict(),
                "discriminator_adam": d_adam.state_dict(),
                "window": window,
            }
        checkpoint.save(state_file, content)
        record(always=True)
        write_csv(state_file.with_name("training.csv"), TRAINING_COLUMNS, rows)
        saved = time.perf_counter()
        save_seconds = max(save_seconds, saved - began)
        return content

    # ---- the loop
    with stop_signals() as told, training_log(runtime.tensorboard, out, step) as log:
        if state is None:
            print(f"{name}: begins at step 0 of {steps}", flush=True)
            state = save_state()  # so that there is a last good checkpoint from the start
        while True:
            began = time.perf_counter()
            # -- trajectory: before the first step, every so often, and at the end
            due = step % options["trajectory_every"] == 0
            if due and (not trajectory or trajectory[-1][0] < step):
                trajectory.append([step, *class_ms_ssim(spec, g, step)])
            if step == steps:
                break

            # -- step: of D, then of G
            window[step % log_every] = train_step(step)
            step += 1

            # -- row: means since the last one
            part = window[: (step - 1) % log_every + 1]
            full = step % log_every == 0 or step == steps
            if full:
                if not (bool(torch.isfinite(part).all()) and finite(g, d)):
                    diverged = divergence(part, step)
                    break
                rows.append([step, *part.mean(0).tolist()])
                log(step, dict(zip(TRAINING_COLUMNS[1:], rows[-1][1:], strict=True)))

            # -- status: with each row, early, and every so often where a row takes long
            now = time.perf_counter()
            if full or step == first_step + 1 or now - said > STATUS_SECONDS:
                said, row = now, [step, *part.mean(0).tolist()]
                print_status(name, row, steps, batch, step - first_step, now - started)
                record()

            # -- checkpoint
            now = time.perf_counter()
            slowest = max(slowest, now - began)
            over = (runtime.time_budget or float("inf")) - started_seconds_ago()
            if over < 2 * (save_seconds + slowest) + SPARE_SECONDS:
                told.append(TIME_IS_OVER)
            by_steps = runtime.checkpoint_steps and step % runtime.checkpoint_steps == 0
            if told or by_steps or now - saved > runtime.checkpoint_seconds:
                good = finite(g, d)
                if good:
                    save_state()
                if told:
                    kept = f"saved step {step}" if good else "weights are not finite, nothing saved"
                    print(
                        f"{name}: told to stop by {told[0]}: {kept}; repeat the command to go on",
                        flush=True,
                    )
                    progress.leave(out / "state")
                    if runtime.requeue and told[0] == TIME_IS_OVER:
                        slurm.queue_again()
                    return STOPPED

    # ---- outputs
    if diverged is None:
        state = save_state()
    else:  # what the last good checkpoint holds
        state = checkpoint.load(state_file)
        g.load_state_dict(state["generator"])
        d.load_state_dict(state["discriminator"])
        rows, trajectory = state["rows"], state["trajectory"]
        diverged["checkpoint_step"] = state["step"]
        made_by = {**made_by, "diverged": diverged}
        print(
            f"{name}: diverged at step {diverged['step']} (D {diverged['discriminator_loss']}, "
            f"G {diverged['generator_loss']}): not finite. The last good checkpoint, of step "
            f"{state['step']}, is {state_file}; try lower learning rates or precision: float32",
            flush=True,
        )
    save_weights(out / "weights.safetensors", g, d)
    write_csv(out / "training.csv", TRAINING_COLUMNS, rows)
    write_csv(out / "trajectory.csv", ("step", *class_ids), trajectory)
    write_timing(out / "timing.csv", state["step"], batch, state["seconds"])
    write_json(
        out / "provenance.json",
        {"spec": spec, "class_ids": class_ids, "spec_sha256": spec_hash, **made_by},
    )
    return 0 if diverged is None else DIVERGED


def divergence(window: torch.Tensor, step: int) -> dict[str, Any]:
    """The first step of the window (n, 6), which ends at `step`, that is not finite, with its
    losses; as JSON, so a loss that is no number is text. Weights alone can be what is not finite.
    """
    bad = (~torch.isfinite(window).all(1)).nonzero().flatten().tolist()
    row = bad[0] if bad else len(window) - 1
    losses = dict(zip(engine.STATISTICS[:2], map(str, window[row, :2].tolist()), strict=True))
    return {"step": step - len(window) + row + 1, **losses}


def write_timing(path: Path, steps: int, batch: int, seconds: float) -> None:
    """Seconds, images/s, s/kimg and peak memory: never compared between runs."""
    kimg = max(steps, 1) * batch / 1000
    row = (
        steps,
        round(seconds, 3),
        round(1000 * kimg / seconds, 1),
        round(seconds / kimg, 4),
        round(peak_memory_mb()),
    )
    columns = ("steps", "seconds", "images_per_second", "seconds_per_kimg", "peak_memory_mb")
    write_csv(path, columns, [row])
