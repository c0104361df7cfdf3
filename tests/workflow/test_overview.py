"""`acgan status`: what the files say of every model."""

import fcntl
import json
import os
import re
import signal
import time

import pytest
from running import TOY

from acgan.config import loading
from acgan.io.errors import UserError
from acgan.training import progress
from acgan.training import step as engine
from acgan.training.loop import STOPPED, train
from acgan.training.run import Runtime
from acgan.workflow import status as overview


@pytest.fixture
def results(tmp_path):
    """Of main_32, g000 is done and g001 diverged; of main_16, one job trains g000 and g001 failed;
    a model of the grid was stopped; the rest is to come.
    """
    for model, more in (("g000", {}), ("g001", {"diverged": {"step": 7, "checkpoint_step": 0}})):
        folder = tmp_path / "models/main_32" / model
        (folder / "state").mkdir(parents=True)
        (folder / "weights.safetensors").touch()
        (folder / "provenance.json").write_text(json.dumps(more))
    for suite, model, step in (
        ("main_16", "g000", 6),
        ("main_16", "g001", 4),
        ("grid", "g000-s00", 3),
    ):
        state = tmp_path / "models" / suite / model / "state"
        state.mkdir(parents=True)
        progress.record(state, step, 12, 0.5)
        old = time.time() - 2 * overview.FRESH_SECONDS
        os.utime(state / "progress.json", (old, old))
    log = tmp_path / "logs/train/main_16/job_00.log"
    log.parent.mkdir(parents=True)
    log.write_text("main_16/g001: step 4/12\nerror: the disk is full\n")
    return tmp_path


def test_it_tells_done_running_stopped_failed_and_to_come(results):
    config = loading.load(TOY)
    with open(results / "models/main_16/g000/state/lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = {
            s.name: s.state for models in overview.states(config, results).values() for s in models
        }
        text = "\n".join(overview.lines(config, results))
    assert found["main_32/g000"] == "done" and found["main_32/g001"] == "failed"
    assert found["main_16/g000"] == "running" and found["main_16/g001"] == "failed"
    assert found["grid/g000-s00"] == "stopped" and found["sweep/n002-r0"] == "to come"
    assert "running  main_16/g000: step 6 of 12, 3 s left" in text
    assert "diverged at step 7" in text
    assert "FAILED   main_16/g001\n    main_16/g001: step 4/12\n    error: the disk is full" in text
    assert "stopped  grid/g000-s00 at step 3 of 12" in text
    assert re.search(r"main_32 +2 +1 +0 +0 +1 +0 ", text)
    assert "scored: 0 of 15 models; figures and tables: 0 of 16; report: to come" in text


def test_before_anything_ran_all_is_to_come(tmp_path):
    text = "\n".join(overview.lines(loading.load(TOY), tmp_path))
    assert re.search(r"main_32 +2 +0 +0 +0 +0 +2 ", text)


def test_a_model_that_never_gets_further_is_given_up(spec, packed_digits, tmp_path):
    classes = ["0", "1", "2"]
    for _ in range(3):  # as of jobs that die at once
        progress.count_start(tmp_path / "state", "s/m", 0, 3)
    with pytest.raises(
        UserError, match=r"s/m was started 3 times without getting past step 0: given up.*remove"
    ):
        train(spec, packed_digits, classes, tmp_path, Runtime("cpu", starts=3))
    (tmp_path / "state/starts.json").unlink()
    assert train(spec, packed_digits, classes, tmp_path, Runtime("cpu", starts=3)) == 0
    for _ in range(5):  # a finished model may be looked at again and again
        assert train(spec, packed_digits, classes, tmp_path, Runtime("cpu", starts=3)) == 0


def stepping(monkeypatch, act):
    """Have every training step call act(number) after it."""
    real = engine.stepper

    def stepper(*arguments):
        step = real(*arguments)

        def acting(number):
            result = step(number)
            act(number)
            return result

        return acting

    monkeypatch.setattr(engine, "stepper", stepper)


def test_a_model_that_was_stopped_stands_at_the_step_that_it_saved(
    spec, packed_digits, tmp_path, monkeypatch, capsys
):
    """Not at that of its last row, which may not have come yet, and not as running for minutes."""
    spec["training"] |= {"steps": 1000, "log_every": 100, "trajectory_every": 1000}
    stepping(monkeypatch, lambda n: os.kill(os.getpid(), signal.SIGTERM) if n == 19 else None)
    folder = tmp_path / "m"
    assert train(spec, packed_digits, ["0", "1", "2"], folder, Runtime("cpu")) == STOPPED
    assert "saved step 20" in capsys.readouterr().out
    found = overview.state_of(folder, "s/m", 1000, tmp_path / "m.log")
    assert (found.state, found.step) == (overview.STOPPED, 20)
    assert found.seconds_per_step > 0


def test_a_slow_model_speaks_at_once_and_by_time(
    spec, packed_digits, tmp_path, monkeypatch, capsys
):
    """A row may take a quarter of an hour; what is said between two changes nothing that is
    written.
    """
    spec["training"] |= {"steps": 30, "log_every": 30}
    classes = ["0", "1", "2"]
    assert train(spec, packed_digits, classes, tmp_path / "a", Runtime("cpu")) == 0
    output = [line.split("  ")[0] for line in capsys.readouterr().out.splitlines()]
    assert output == ["s/m: begins at step 0 of 30", "s/m: step 1/30", "s/m: step 30/30"]
    monkeypatch.setattr("acgan.training.loop.STATUS_SECONDS", 0.5)
    stepping(monkeypatch, lambda n: time.sleep(0.6) if n in (9, 19) else None)
    assert train(spec, packed_digits, classes, tmp_path / "b", Runtime("cpu")) == 0
    output = [line.split("  ")[0] for line in capsys.readouterr().out.splitlines()]
    assert {"s/m: step 10/30", "s/m: step 20/30"} < set(output)
    for name in ("weights.safetensors", "training.csv", "trajectory.csv"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
