"""`acgan clean states`: room is freed, and no finished model is trained again."""

import fcntl

from trained import CLASSES, contents

from acgan.training.loop import train
from acgan.training.reuse import files_of, taken_over
from acgan.training.run import Runtime
from acgan.workflow import clean


def test_a_finished_model_is_taken_from_what_stays(spec, packed_digits, tmp_path, capsys):
    folder = tmp_path / "models/s/m"
    train(spec, packed_digits, CLASSES, folder, Runtime("cpu"))
    made, size = contents(folder), (folder / "state/checkpoint.pt").stat().st_size
    assert clean.of_model(folder, files_of([]), dry_run=True) == size
    with open(folder / "state/lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert clean.of_model(folder, files_of([]), dry_run=False) == 0  # a trainer has it
    assert (folder / "state/checkpoint.pt").exists()
    assert clean.of_model(folder, files_of([]), dry_run=False) == size
    assert not list(folder.glob("state/checkpoint*"))
    weights = folder / "weights.safetensors"
    assert weights.stat().st_nlink == 2  # a name more, no byte more
    assert clean.of_model(folder, files_of([]), dry_run=False) == 0

    for name in files_of([]):  # as Snakemake deletes the outputs of a job that it does again
        (folder / name).unlink()
    asked = spec, packed_digits, CLASSES, folder, [], None, []
    capsys.readouterr()
    assert taken_over(*asked)
    assert "s/m: the finished model of this folder is taken" in capsys.readouterr().out
    assert contents(folder) == made
    spec["training"]["steps"] += 1
    assert not taken_over(*asked)  # another model: it is trained


def test_a_model_in_training_keeps_its_state(tmp_path):
    state = tmp_path / "state"
    state.mkdir()
    (state / "checkpoint.pt").write_bytes(b"half way")
    assert clean.of_model(tmp_path, files_of([]), dry_run=False) == 0
    assert (state / "checkpoint.pt").exists()
