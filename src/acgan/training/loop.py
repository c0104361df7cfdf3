"""Train one model: `acgan train --config C --model main_32/g000 ... --out FOLDER`.

One loop whose blocks are *trajectory, step, row, status, checkpoint*. Every random draw is a
function of (seed, purpose, step), so a run that was killed and repeated ends in the same bits.

Outputs: weights.safetensors, training.csv and trajectory.csv (byte-equal between runs), timing.csv
and provenance.json (not), and `state/` with the checkpoint and a copy of training.csv to look at
meanwhile. A model whose loss or weights stop being numbers writes the same files from its last good
checkpoint, and its provenance says so.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from acgan.systems.build import Spec
from acgan.training import checkpoint, progress, slurm
from acgan.training.log import Log, print_status, training_log
from acgan.training.outputs import divergence, write_outputs
from acgan.training.run import FrozenJudge, Run, Runtime
from acgan.training.signals import started_seconds_ago, stop_signals

# Exit status of a run whose loss or weights are not finite: it is over, and on record.
DIVERGED = 3
# Exit status of a run that was asked to stop (EX_TEMPFAIL): it saved its state and goes on when
# repeated.
STOPPED = 75
STATUS_SECONDS = 30  # between two lines of a slow model, as near as its steps allow
SPARE_SECONDS = 5  # of a time budget: on a busy disk the last save has taken seconds
TIME_IS_OVER = "its time budget"


def train(
    spec: Spec,
    data: Path,
    class_ids: list[str],
    out: Path,
    runtime: Runtime | None = None,
    judge: FrozenJudge | None = None,
    snapshots: Sequence[int] = (),
    speedups_file: Path | None = None,
) -> int:
    """Train the model of `spec` on the classes `class_ids` of the packed folder `data`, by the
    speed-ups that `speedups_file` keeps for its experiment (choice.py).

    Returns 0, STOPPED or DIVERGED. Goes on from the folder's own checkpoint. Raises UserError for
    data that is not right and for a folder that another trainer holds.
    """
    runtime = runtime or Runtime()
    with checkpoint.locked(out / "state", runtime.wait):
        run = Run(spec, data, class_ids, out, runtime, judge, snapshots, speedups_file)
        with stop_signals() as reasons, training_log(runtime.tensorboard, out, run.step) as log:
            if run.is_new:
                print(f"{run.name}: begins at step 0 of {run.steps}", flush=True)
                run.save()  # so that there is a last good checkpoint from the start
            ended = to_the_end(run, runtime, reasons, log)
            if isinstance(ended, str):
                return leave(run, runtime, ended)
        write_outputs(run, run.save() if ended is None else last_good(run, ended))
        return 0 if ended is None else DIVERGED


def to_the_end(
    run: Run, runtime: Runtime, reasons: list[str], log: Log
) -> dict[str, Any] | str | None:
    """Train until the last step (None), until asked to stop (by what), or until the loss or the
    weights are not finite (what there is to say of that).
    """
    slowest = 0.0
    while True:
        began = time.perf_counter()
        # -- trajectory: before the first step, every so often, and at the end
        due = run.step % run.options["trajectory_every"] == 0
        if due and (not run.trajectory or run.trajectory[-1][0] < run.step):
            run.trajectory.append([run.step, *run.class_ms_ssim()])
        if run.step == run.steps:
            return None

        # -- step: of D, then of G
        run.window[run.step % len(run.window)] = run.train_step(run.step)
        run.step += 1
        run.keep_snapshot()

        # -- row: means since the last one
        part = run.window[: (run.step - 1) % len(run.window) + 1]
        full = run.step % len(run.window) == 0 or run.step == run.steps
        if full:
            if not (bool(torch.isfinite(part).all()) and run.is_finite()):
                return divergence(part, run.step, run.columns[1:])
            run.rows.append(run.values(part))
            log(run.step, dict(zip(run.columns[1:], run.rows[-1][1:], strict=True)))

        # -- status: with each row, early, and every so often where a row takes long
        show_status(run, part, full)

        # -- checkpoint
        slowest = max(slowest, time.perf_counter() - began)
        if is_over(run, runtime, slowest):
            reasons.append(TIME_IS_OVER)
        if reasons:
            return reasons[0]
        if is_due(run, runtime) and run.is_finite():
            run.save()


def show_status(run: Run, part: torch.Tensor, full: bool) -> None:
    """A line in the log, where it is time for one."""
    now = time.perf_counter()
    if full or run.step == run.first_step + 1 or now - run.said > STATUS_SECONDS:
        run.said = now
        values = dict(zip(run.columns, run.values(part), strict=True))
        done, seconds = run.step - run.first_step, now - run.started
        print_status(run.name, values, run.system.line, run.steps, run.batch, done, seconds)
        run.record()


def is_over(run: Run, runtime: Runtime, slowest: float) -> bool:
    """Whether the time budget leaves no room for another step and the last save."""
    left = (runtime.time_budget or float("inf")) - started_seconds_ago()
    return left < 2 * (run.save_seconds + slowest) + SPARE_SECONDS


def is_due(run: Run, runtime: Runtime) -> bool:
    """Whether it is time for a checkpoint, by steps or by seconds."""
    by_steps = runtime.checkpoint_steps and run.step % runtime.checkpoint_steps == 0
    return bool(by_steps) or time.perf_counter() - run.saved > runtime.checkpoint_seconds


def leave(run: Run, runtime: Runtime, reason: str) -> int:
    """Save the state, say so, and have the job queued again where its time is over."""
    good = run.is_finite()
    if good:
        run.save()
    kept = f"saved step {run.step}" if good else "weights are not finite, nothing saved"
    print(f"{run.name}: stopped by {reason}: {kept}; repeat the command to go on", flush=True)
    progress.leave(run.out / "state")
    if runtime.requeue and reason == TIME_IS_OVER:
        slurm.queue_again()
    return STOPPED


def last_good(run: Run, diverged: dict[str, Any]) -> dict[str, Any]:
    """Go back to the last good checkpoint, put the divergence on record and say so."""
    state = checkpoint.load(run.state_file)
    run.load(state)
    diverged["checkpoint_step"] = state["step"]
    run.made_by = {**run.made_by, "diverged": diverged}
    print(
        f"{run.name}: diverged at step {diverged['step']} (D {diverged['discriminator_loss']}, "
        f"G {diverged['generator_loss']}): not finite. The last good checkpoint, of step "
        f"{state['step']}, is {run.state_file}; try lower learning rates or precision: float32",
        flush=True,
    )
    return state
