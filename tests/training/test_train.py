"""Training: the same bits after any interruption, one trainer per folder, and clear refusals."""

import json
import math
import multiprocessing
import os
import random
import re
import signal
import subprocess
import sys
import time

import pytest
import torch
from safetensors.torch import load_file
from trained import CLASSES, SAME_BYTES, contents

from acgan.config.spec import completed
from acgan.io.errors import UserError
from acgan.io.files import write_csv
from acgan.training import checkpoint, provenance
from acgan.training import step as engine
from acgan.training.loop import DIVERGED, STOPPED, train
from acgan.training.run import Runtime
from acgan.training.signals import started_seconds_ago

CPU = Runtime("cpu")


def command(folder, spec, packed_digits, out):
    """`acgan train` as another process would run it."""
    folder.mkdir(exist_ok=True)
    (folder / "spec.json").write_text(json.dumps(spec))
    write_csv(
        folder / "groups.csv",
        ("model", "position", "class"),
        [("m", i, c) for i, c in enumerate(CLASSES)],
    )
    return [
        sys.executable,
        "-m",
        "acgan.cli",
        "train",
        "--spec",
        str(folder / "spec.json"),
        "--data",
        str(packed_digits),
        "--groups",
        str(folder / "groups.csv"),
        "--out",
        str(out),
        "--device",
        "cpu",
    ]


def test_two_runs_give_the_same_bytes_and_a_finished_one_is_left_alone(
    spec, packed_digits, tmp_path
):
    for name in "ab":
        assert train(spec, packed_digits, CLASSES, tmp_path / name, CPU) == 0
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    for name in SAME_BYTES:  # as Snakemake deletes the outputs of a job that it deems incomplete
        (tmp_path / "b" / name).unlink()
    started = time.perf_counter()
    assert train(spec, packed_digits, CLASSES, tmp_path / "b", CPU) == 0
    assert time.perf_counter() - started < 5
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_a_snapshot_is_the_generator_of_a_shorter_run(spec, packed_digits, tmp_path):
    train(spec, packed_digits, CLASSES, tmp_path / "long", CPU, snapshots=[10])
    spec["training"]["steps"] = 10
    train(spec, packed_digits, CLASSES, tmp_path / "short", CPU)
    kept = load_file(tmp_path / "long/snapshots/0000010.safetensors")
    whole = load_file(tmp_path / "short/weights.safetensors")
    assert {k for k in whole if k.startswith("generator.")} == kept.keys()
    assert all(torch.equal(whole[k], kept[k]) for k in kept)


def test_what_the_outputs_say(spec, packed_digits, tmp_path):
    train(spec, packed_digits, CLASSES, tmp_path, CPU)
    training = (tmp_path / "training.csv").read_text().splitlines()
    assert training[0].startswith("step,discriminator_loss,generator_loss")
    assert [line.split(",")[0] for line in training[1:]] == ["5", "10", "15", "20"]
    trajectory = (tmp_path / "trajectory.csv").read_text().splitlines()
    assert trajectory[0] == "step,0,1,2"
    assert [line.split(",")[0] for line in trajectory[1:]] == ["0", "10", "20"]
    provenance = json.loads((tmp_path / "provenance.json").read_text())
    assert completed(provenance["spec"]) == spec and set(provenance["spec"]["nets"]) == {"width"}
    assert len(provenance["code_sha256"]) == 64
    assert {"torch", "python"} <= set(provenance["versions"])


@pytest.fixture(scope="module")
def trainer_processes():
    """Starts `train` in a process of its own, forked from one that has loaded torch already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["acgan.training.loop", "torch._dynamo"])
    return context


def trained_in_a_process(*arguments):
    sys.exit(train(*arguments))


SPECTRAL = {
    "objective": {"system": "projection", "source_loss": "hinge"},
    "nets": {"discriminator_norm": "spectral", "generator_norm": "conditional"},
}
CODED = {"objective": {"system": "infogan", "continuous_codes": 2}}
BATCHWISE = {"objective": {"system": "improved_gan"}, "training": {"g_steps": 2}}


@pytest.mark.parametrize(
    ("changes", "kills", "terms"),
    [({}, 20, 5), (SPECTRAL, 3, 1), (CODED, 3, 1), (BATCHWISE, 3, 1)],
    ids=["acgan", "spectral norm", "codes", "minibatch"],
)
def test_killed_at_random_moments_and_resumed_it_ends_in_the_same_bits(
    spec, packed_digits, tmp_path, trainer_processes, changes, kills, terms
):
    """By SIGKILL and SIGTERM, at moments spread over the run."""
    for section, values in changes.items():
        spec[section] |= values
    count = kills + terms
    spec["training"] |= {"steps": 24 * count, "trajectory_every": 50}
    runtime = Runtime("cpu", checkpoint_steps=7)
    job = (spec, packed_digits, CLASSES, tmp_path / "killed", runtime)
    began = time.perf_counter()
    train(spec, packed_digits, CLASSES, tmp_path / "calm", CPU)
    whole = time.perf_counter() - began

    rng, state = random.Random(0), tmp_path / "killed/state/checkpoint.pt"
    steps_seen = []
    for how in rng.sample([signal.SIGKILL] * kills + [signal.SIGTERM] * terms, count):
        before = state.stat().st_mtime_ns if state.exists() else None
        process = trainer_processes.Process(target=trained_in_a_process, args=job)
        process.start()
        while state.exists() is False or state.stat().st_mtime_ns == before:  # until it trains
            assert process.is_alive()
            time.sleep(0.002)
        time.sleep(rng.uniform(0, whole / (1.6 * count)))
        os.kill(process.pid, how)
        process.join()
        assert process.exitcode == (STOPPED if how == signal.SIGTERM else -how)
        steps_seen.append(checkpoint.load(state)["step"])
    assert len(set(steps_seen)) > 0.6 * count
    assert steps_seen == sorted(steps_seen)
    assert train(*job) == 0
    assert contents(tmp_path / "killed") == contents(tmp_path / "calm")


def test_a_process_that_is_told_to_stop_says_so(spec, packed_digits, tmp_path):
    spec["training"]["steps"] = 100_000
    run = command(tmp_path, spec, packed_digits, tmp_path / "out")
    process = subprocess.Popen(run, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    for line in process.stdout:
        if "step" in line:
            break
    process.send_signal(signal.SIGTERM)
    rest, _ = process.communicate(timeout=20)
    assert process.returncode == STOPPED
    assert "stopped by SIGTERM: saved step" in rest


def test_a_trainer_leaves_before_its_time_budget_is_over(spec, packed_digits, tmp_path, capsys):
    spec["training"]["steps"] = 100_000
    budget = started_seconds_ago() + 9  # it counts from the start of the process
    assert (
        train(spec, packed_digits, CLASSES, tmp_path, Runtime("cpu", time_budget=budget)) == STOPPED
    )
    assert budget - 8 < started_seconds_ago() < budget
    assert "stopped by its time budget: saved step" in capsys.readouterr().out
    assert checkpoint.load(tmp_path / "state/checkpoint.pt")["step"] > 10


def test_half_way_state_gives_the_same_bits_as_no_interruption(
    spec, packed_digits, tmp_path, monkeypatch
):
    """Every step is a checkpoint, and the run stops at each one in turn."""
    train(spec, packed_digits, CLASSES, tmp_path / "calm", CPU)
    saves = []
    real_save = checkpoint.save

    def save_then_stop(path, state):
        real_save(path, state)
        saves.append(state["step"])
        if state["step"] < 20:
            os.kill(os.getpid(), signal.SIGUSR1)

    monkeypatch.setattr(checkpoint, "save", save_then_stop)
    for _ in range(25):
        if (
            train(spec, packed_digits, CLASSES, tmp_path / "b", Runtime("cpu", checkpoint_steps=1))
            == 0
        ):
            break
    assert len(set(saves)) >= 10
    assert contents(tmp_path / "b") == contents(tmp_path / "calm")


def test_a_second_trainer_says_who_holds_the_folder(spec, packed_digits, tmp_path):
    with checkpoint.locked(tmp_path / "out" / "state", wait=False):
        run = subprocess.run(
            command(tmp_path, spec, packed_digits, tmp_path / "out"),
            capture_output=True,
            text=True,
            check=False,
        )
    assert run.returncode == 2
    assert f"is being trained by process {os.getpid()} on" in run.stderr
    assert run.stderr.count("\n") == 1


def test_a_waiting_trainer_goes_on_when_the_other_is_done(spec, packed_digits, tmp_path):
    run = [*command(tmp_path, spec, packed_digits, tmp_path / "out"), "--wait"]
    with checkpoint.locked(tmp_path / "out" / "state", wait=False):
        process = subprocess.Popen(run, stdout=subprocess.PIPE, text=True)
        assert "waiting for it" in process.stdout.readline()
    rest, _ = process.communicate()
    assert process.returncode == 0
    assert "step 20/20" in rest


def test_a_checkpoint_of_another_config_is_moved_aside_or_refused_with_resume(
    spec, packed_digits, tmp_path, capsys
):
    train(spec, packed_digits, CLASSES, tmp_path, CPU)
    old = (tmp_path / "state/checkpoint.pt").rename(tmp_path / "old.pt")
    spec["training"]["g_learning_rate"] = 0.002
    with pytest.raises(UserError, match="belongs to another config"):
        train(spec, packed_digits, CLASSES, tmp_path / "new", Runtime("cpu", resume=old))
    old.rename(tmp_path / "state/checkpoint.pt")
    capsys.readouterr()
    assert train(spec, packed_digits, CLASSES, tmp_path, CPU) == 0
    assert "moved to checkpoint-" in capsys.readouterr().out
    assert len(list((tmp_path / "state").glob("checkpoint-*.pt"))) == 1


def test_resume_takes_a_checkpoint_that_fits(spec, packed_digits, tmp_path):
    train(spec, packed_digits, CLASSES, tmp_path / "a", CPU)
    state = tmp_path / "a/state/checkpoint.pt"
    assert train(spec, packed_digits, CLASSES, tmp_path / "b", Runtime("cpu", resume=state)) == 0
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


@pytest.mark.parametrize("damage", ["flipped", "truncated", "empty"])
def test_a_tampered_checkpoint_is_refused(spec, packed_digits, tmp_path, damage):
    train(spec, packed_digits, CLASSES, tmp_path, CPU)
    path = tmp_path / "state/checkpoint.pt"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(
        {"flipped": content, "truncated": content[: len(content) // 2], "empty": b""}[damage]
    )
    with pytest.raises(UserError, match="is damaged"):
        train(spec, packed_digits, CLASSES, tmp_path, CPU)


def test_a_checkpoint_cannot_run_code(tmp_path):
    """A pickle that would execute something does not load, even under a right digest."""

    class Evil:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "pwned"),))

    checkpoint.save(tmp_path / "c.pt", {"x": Evil()})
    with pytest.raises(Exception, match=r"(?i)weights.?only|unsupported|unpickl"):
        checkpoint.load(tmp_path / "c.pt")
    assert not (tmp_path / "pwned").exists()


def test_a_model_that_diverges_ends_with_its_last_good_checkpoint_on_record(
    spec, packed_digits, tmp_path, capsys
):
    """Its loss is driven out of bounds after a while: step, loss and checkpoint are named."""
    spec["training"] |= {"d_learning_rate": 1e18, "log_every": 10}
    out = tmp_path / "out"
    assert train(spec, packed_digits, CLASSES, out, Runtime("cpu", checkpoint_steps=1)) == DIVERGED
    assert re.search(r"diverged at step \d+ .* not finite. The last good", capsys.readouterr().out)
    made = json.loads((out / "provenance.json").read_text())["diverged"]
    assert 1 <= made["step"] <= 10
    assert made["checkpoint_step"] < made["step"]
    assert not all(math.isfinite(float(made[k])) for k in ("discriminator_loss", "generator_loss"))
    weights = load_file(out / "weights.safetensors")
    assert all(torch.isfinite(v).all() for v in weights.values())
    for recorded, status in ((["--record-divergence"], 0), ([], DIVERGED)):
        run = [*command(tmp_path, spec, packed_digits, out), *recorded]
        assert subprocess.run(run, stdout=subprocess.DEVNULL, check=False).returncode == status


def test_a_weight_that_is_not_finite_stops_the_model_too(
    spec, packed_digits, tmp_path, monkeypatch
):
    """Even where the losses look right, and at the last step."""
    real = engine.stepper

    def breaking(spec, chosen, players, *rest):
        step = real(spec, chosen, players, *rest)

        def broken(number):
            result = step(number)
            if number == 19:
                players.g.convs[0].weight.data[0, 0, 0, 0] = float("inf")
            return result

        return broken

    monkeypatch.setattr(engine, "stepper", breaking)
    assert train(spec, packed_digits, CLASSES, tmp_path, CPU) == DIVERGED
    made = json.loads((tmp_path / "provenance.json").read_text())
    assert (made["diverged"]["step"], made["diverged"]["checkpoint_step"]) == (20, 0)
    assert all(
        torch.isfinite(v).all() for v in load_file(tmp_path / "weights.safetensors").values()
    )


def test_a_log_for_tensorboard_is_an_option(spec, packed_digits, tmp_path):
    event_accumulator = pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator"
    )
    train(spec, packed_digits, CLASSES, tmp_path / "without", CPU)
    assert not (tmp_path / "without/state/tensorboard").exists()
    train(spec, packed_digits, CLASSES, tmp_path / "with", Runtime("cpu", tensorboard=True))
    log = event_accumulator.EventAccumulator(str(tmp_path / "with/state/tensorboard"))
    log.Reload()
    assert [e.step for e in log.Scalars("generator_loss")] == [5, 10, 15, 20]
    assert contents(tmp_path / "with") == contents(tmp_path / "without")


def test_other_images_are_another_model(spec, packed_digits, tmp_path):
    """The classes and their content belong to what a checkpoint is of."""
    train(spec, packed_digits, CLASSES, tmp_path / "a", CPU)
    with pytest.raises(UserError, match="another config"):
        train(
            spec,
            packed_digits,
            ["1", "0", "2"],
            tmp_path / "b",
            Runtime("cpu", resume=tmp_path / "a/state/checkpoint.pt"),
        )


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("training", "precision", "bfloat16"),
        ("training", "reuse_fakes", False),
        ("training", "d_steps", 2),
        ("training", "flip", True),
        ("objective", "generator_loss", "saturating"),
        ("objective", "classify_fakes", False),
        ("nets", "latent_distribution", "uniform"),
        ("nets", "noise_layers", "all"),
        ("nets", "layer_order", "nonlinearity-batch_norm-dropout"),
        ("training", "beta2", 0.9),
        ("nets", "linear_row", "numbers"),
    ],
)
def test_each_setting_is_obeyed(spec, packed_digits, tmp_path, section, key, value):
    """A key that changes nothing would be a flag that nothing reads."""
    spec["training"] |= {"steps": 4, "precision": "float32"}  # whatever this processor's default is
    train(spec, packed_digits, CLASSES, tmp_path / "a", CPU)
    spec[section][key] = value
    train(spec, packed_digits, CLASSES, tmp_path / "b", CPU)
    a, b = (load_file(tmp_path / n / "weights.safetensors") for n in "ab")
    assert any(a[k].shape != b[k].shape or not torch.equal(a[k], b[k]) for k in a)
    assert all(torch.isfinite(v).all() for v in b.values())


def test_a_finished_model_keeps_the_code_that_made_it(
    spec, packed_digits, tmp_path, monkeypatch, capsys
):
    """Rerun under other code: the weights are the old ones, so the provenance must be too."""
    train(spec, packed_digits, CLASSES, tmp_path, CPU)
    made = json.loads((tmp_path / "provenance.json").read_text())["code_sha256"]
    monkeypatch.setattr(provenance, "code_hash", lambda system: "0" * 64)
    train(spec, packed_digits, CLASSES, tmp_path, CPU)
    assert json.loads((tmp_path / "provenance.json").read_text())["code_sha256"] == made
    begun = {"code_sha256": made}
    mixed = provenance.continued(begun, {"code_sha256": "0" * 64}, finished=False)
    assert made in mixed["code_sha256"] and "0" * 64 in mixed["code_sha256"]


def test_the_hash_covers_the_modules_that_training_uses():
    """All that `acgan.training.loop` loads of packages that decide a weight; no other system."""
    script = (
        "import sys, acgan.training.loop, acgan.systems.acgan; print(*(m for m in sys.modules if "
        "m.startswith('acgan.') and sys.modules[m].__file__.endswith(m.rpartition('.')[2] + "
        "'.py')))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = {name.removeprefix("acgan.").replace(".", "/") + ".py" for name in run.stdout.split()}
    hashed = set(provenance.training_modules("acgan"))
    assert hashed <= loaded | {"nets/__init__.py", "training/__init__.py"}
    # What is loaded besides cannot change a weight: files, what is said, what is declared.
    harmless = {f"training/{name}.py" for name in provenance.HARMLESS}
    beside = {m for m in loaded - hashed - harmless if m.partition("/")[0] in ("nets", "training")}
    assert not beside
    decisive = {m for m in loaded if m.startswith(("metrics/", "systems/"))}
    assert decisive <= hashed


def test_a_leftover_of_a_killed_write_is_swept_away(spec, packed_digits, tmp_path):
    (tmp_path / "state").mkdir()
    (tmp_path / "state/.checkpoint.pt.123.tmp").write_bytes(b"half")
    train(spec, packed_digits, CLASSES, tmp_path, CPU)
    assert not list((tmp_path / "state").glob(".*.tmp"))


def test_threads_are_the_configs_not_the_machines(spec, packed_digits, tmp_path):
    torch.set_num_threads(2)
    train(spec, packed_digits, CLASSES, tmp_path, CPU)
    assert torch.get_num_threads() == spec["training"]["threads"] == 1
