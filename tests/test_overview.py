"""`acgan status`: what the files say of every model."""

import fcntl
import json
import os
import time

import pytest
from conftest import TOY

from acgan import overview, progress
from acgan.config import loading
from acgan.errors import UserError
from acgan.train import Runtime, train


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
    for suite, model, step in (("main_16", "g000", 6), ("main_16", "g001", 4), ("grid", "g000-s00", 3)):  # fmt: skip
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
    assert "main_32       2     1        0        0       1        0" in text
    assert "scored: 0 of 14 models; figures and tables: 0 of 15; report: to come" in text


def test_before_anything_ran_all_is_to_come(tmp_path):
    text = "\n".join(overview.lines(loading.load(TOY), tmp_path))
    assert "main_32       2     0        0        0       0        2" in text


def test_a_model_that_never_gets_further_is_given_up(spec, packed_digits, tmp_path):
    classes = ["0", "1", "2"]
    for _ in range(3):  # as of jobs that die at once
        progress.count_start(tmp_path / "state", "s/m", 0, 3)
    with pytest.raises(UserError, match=r"s/m was started 3 times without getting past step 0: given up.*remove"):  # fmt: skip
        train(spec, packed_digits, classes, tmp_path, Runtime("cpu", starts=3))
    (tmp_path / "state/starts.json").unlink()
    assert train(spec, packed_digits, classes, tmp_path, Runtime("cpu", starts=3)) == 0
    for _ in range(5):  # a finished model may be looked at again and again
        assert train(spec, packed_digits, classes, tmp_path, Runtime("cpu", starts=3)) == 0
