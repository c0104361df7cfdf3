"""Several models in one job: the same models as alone, stopped and going on together."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from running import TOY
from trained import CLASSES, contents

from acgan.io.files import write_csv
from acgan.training.loop import DIVERGED, STOPPED


def grid_of_four(
    folder: Path, data: Path, objective: dict | None = None, **training
) -> tuple[list[str], list[str], list[str]]:
    """Its model ids, `acgan train-together` for all, and what `acgan train` needs for one."""
    acgan = [sys.executable, "-m", "acgan.cli"]
    resolved = subprocess.run(
        [*acgan, "config", "resolve", *map(str, TOY)], capture_output=True, text=True, check=True
    )
    config = json.loads(resolved.stdout)
    suite = {**config["suites"]["grid"], "classes_per_model": 3, "classes": 3}
    suite["training"] |= training
    suite["objective"] |= objective or {}
    suite["grid"] = {"training.d_learning_rate": [0.001, 1e30], "nets.activation_noise": [0.0, 0.1]}
    config["suites"] = {"grid": suite}
    (folder / "config.json").write_text(json.dumps(config))
    models = [f"g000-s{i:02d}" for i in range(4)]
    write_csv(
        folder / "groups.csv",
        ("model", "position", "class"),
        [(m, i, c) for m in models for i, c in enumerate(CLASSES)],
    )
    common = ["--config", str(folder / "config.json"), "--data", str(data)]
    common += ["--groups", str(folder / "groups.csv")]
    together = [*acgan, "train-together", *common, "--suite", "grid", "--models", *models]
    return models, [*together, "--out", str(folder / "together")], [*acgan, "train", *common]


@pytest.mark.parametrize(
    "objective", [{}, {"system": "infogan", "continuous_codes": 2}], ids=["acgan", "infogan"]
)
def test_models_trained_together_are_those_trained_alone(packed_digits, tmp_path, objective):
    """And one that diverges does not take the others with it."""
    models, together, alone = grid_of_four(tmp_path, packed_digits, objective)
    assert subprocess.run(together, check=False).returncode == DIVERGED
    for model in (models[0], models[1]):
        run = [*alone, "--model", f"grid/{model}", "--out", str(tmp_path / model)]
        subprocess.run(run, check=True)
        assert contents(tmp_path / model) == contents(tmp_path / "together" / model)


@pytest.mark.parametrize(
    ("reason", "more"), [("SIGTERM", []), ("its time budget", ["--time-budget", "25"])]
)
def test_models_trained_together_stop_together_and_go_on(packed_digits, tmp_path, reason, more):
    models, together, alone = grid_of_four(tmp_path, packed_digits, steps=100_000)
    together[together.index("--models") + 1 : -2] = models[:2]  # which learn
    began = time.monotonic()
    process = subprocess.Popen(
        [*together, *more], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    seen = set()
    while len(seen) < 2:
        seen |= {m for m in models if f"grid/{m}: step" in process.stdout.readline()}
    if not more:
        process.send_signal(signal.SIGTERM)
    rest, _ = process.communicate(timeout=40)
    assert process.returncode == STOPPED
    assert not more or time.monotonic() - began < float(more[1])  # only a budget promises a time
    assert rest.count(f"stopped by {reason}: saved step") == 2, rest
    again = [
        *alone,
        "--model",
        f"grid/{models[0]}",
        "--out",
        str(tmp_path / "together" / models[0]),
    ]
    run = subprocess.run(
        [*again, "--time-budget", "1"], capture_output=True, text=True, check=False
    )
    assert "goes on from step" in run.stdout
