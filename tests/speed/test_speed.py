"""`acgan speed`: what it measures, what is taken of it, and who counts with it."""

import json

import pytest
import yaml
from running import ROOT, TOY

from acgan.cli import main
from acgan.config import loading, resolve
from acgan.io.errors import UserError
from acgan.speed import measure, record
from acgan.training import choice, speedups
from acgan.training.choice import choose, device_kind, fixed, model_kind, place
from acgan.training.speedups import Speedups
from acgan.workflow import plan, resources, status

TABLE = speedups.speedups("cpu", "auto")
OTHER = TABLE._replace(subpixel_last=not TABLE.subpixel_last)
SPEC = {
    "objective": {"system": "acgan"},
    "side": 16,
    "nets": {"architecture": "paper", "width": 0.25},
    "training": {"batch_size": 50, "precision": "auto"},
}


def row(chosen: Speedups, *halves: float, agrees: bool = True) -> dict:
    about = {"batch": 50, "of_batch": 50, "memory_mb": 400, "loss_error": 0.0, "agrees": agrees}
    return {**chosen._asdict(), **about, "images_per_second": list(halves)}


def measured(*rows: dict, spec: dict = SPEC, **more) -> dict:
    found = {"batch": 50, "variants": list(rows), "together": {"2": 1.5}}
    best = choose("cpu", found)
    found |= {"chosen": best.speedups._asdict(), "why": best.why}
    return {
        "device": device_kind("cpu"),
        "hardware": {},
        "versions": {},
        "measured": "2026-11-28",
        "models": {model_kind(spec): found},
        "judges": {},
        "host_memory_mb": 900,
        **more,
    }


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("other", "taken"),
    [
        (row(OTHER, 115, 112), OTHER),
        (row(OTHER, 130, 109), TABLE),  # in one half alone
        (row(OTHER, 130, 130, agrees=False), TABLE),  # its losses are others
    ],
)
def test_a_measured_choice_must_beat_the_tables_in_both_halves(other, taken):
    found = choose("cpu", {"variants": [row(TABLE, 100, 100), other]})
    assert found.speedups == taken
    assert ("measured" in found.why) == (taken == OTHER)


def test_a_choice_is_fixed_at_the_first_start(tmp_path):
    """What is measured later changes no model of that kind; another kind takes it."""
    file = tmp_path / "results/own" / choice.FILE
    assert fixed(file, "cpu", SPEC) == TABLE
    wide = {**SPEC, "nets": {**SPEC["nets"], "width": 1.0}}
    for spec in (SPEC, wide):
        record.keep(measured(row(TABLE, 100, 100), row(OTHER, 150, 150), spec=spec))
    assert fixed(file, "cpu", SPEC) == TABLE
    assert fixed(file, "cpu", wide) == OTHER
    place(device_kind("cpu")).unlink()
    assert fixed(file, "cpu", wide) == OTHER
    lines = json.loads(file.read_text())[device_kind("cpu")]
    assert lines[model_kind(SPEC)]["why"] == "the shipped table"
    assert lines[model_kind(wide)]["why"].startswith("measured: 1.50 times the table's")
    assert not list(file.parent.glob(".*"))
    asked = {**wide, "training": {**wide["training"], "precision": "bfloat16"}}
    assert fixed(file, "cpu", asked) == OTHER._replace(precision="bfloat16")
    assert fixed(None, "cpu", wide) == TABLE


def test_it_measures_each_kind_of_model_and_says_what_it_takes(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(measure, "SECONDS", {"cpu": 0.01})
    monkeypatch.setattr(measure, "SECONDS_TOGETHER", 0.05)
    config = loading.load(TOY)
    config["suites"] = {"main_16": config["suites"]["main_16"]}
    config["roles"] = {"large": "main_16"}
    file = tmp_path / "config.json"
    file.write_text(json.dumps(config))
    assert main(["speed", "--config", str(file), "--device", "cpu", "--out", "speed.json"]) == 0
    said = capsys.readouterr().out
    found = json.loads(place(device_kind("cpu")).read_text())
    assert found == json.loads((tmp_path / "speed.json").read_text())
    kinds = {
        model_kind(resolve.spec(config, s, m.id))
        for s in config["suites"]
        for m in resolve.models(config, s)
    }
    assert set(found["models"]) == kinds
    for kind, one in found["models"].items():
        assert kind in said and f"taken: {Speedups(**one['chosen'])}" in said
        assert choice.speedups_of(one["variants"][0]) == TABLE
        assert all(len(r["images_per_second"]) == 2 for r in one["variants"])
        assert all(r["memory_mb"] > 50 for r in one["variants"])
        plain = [r for r in one["variants"] if r["precision"] == "float32"]
        assert len(plain) == 4 and all(r["agrees"] for r in plain)
        assert one["together"]["2"] > 0
    assert "images/s" in said and "2 models at once" in said
    assert found["judges"]
    measured_here = record.read()
    assert measured_here is not None and measured_here.device == device_kind("cpu")


def test_the_plan_and_the_status_count_with_it(tmp_path):
    config = loading.load([ROOT / "config/paper.yaml"])
    spec = resolve.spec(config, "cifar10", "g000-s00")
    record.keep(measured(row(TABLE, 1000, 1000), spec=spec))
    known = record.read()
    assert known is not None
    config["suites"]["cifar10"] |= {"samples_per_class": 20, "models_per_job": 3}
    cost = plan.suite_costs(config, "cifar10", tmp_path, 10, known)
    each = 50_000 * 100 / 1000 / 3600
    assert cost.speed == "acgan speed" and cost.memory_mb == 400
    assert cost.job_hours[0] == pytest.approx(3 * each / 1.5 + 2 / 60, rel=0.01)
    text = "\n".join(plan.lines(config, tmp_path, 4, 10, known))
    assert f"speed: of {device_kind('cpu')}, as `acgan speed` measured it (speed/" in text
    assert "10 TFLOP/s of a GPU, stated" in text  # of the others
    text = "\n".join(status.lines(config, tmp_path, known))
    assert "~1,000" in text and "1 d 13 h" in text


PROFILE = """executor: slurm
set-resources: # by act
  # leaves in time
  train: {gpu: 1, mem_mb: "8000 * min(attempt, 2)", runtime: "480 * min(attempt, 2)"} # mine
  sample: {gpu: 1, mem_mb: "8000 * min(attempt, 2)", runtime: 20}
retries: 2 # here
"""


def test_a_profile_gets_minutes_and_memory(tmp_path):
    config = loading.load(TOY)
    profile = tmp_path / "slurm"
    profile.mkdir()
    (profile / "config.yaml").write_text(PROFILE)
    with pytest.raises(UserError, match="nothing is measured"):
        list(resources.write(profile, config, tmp_path, None))
    assert (profile / "config.yaml").read_text() == PROFILE
    models = {}
    for suite in config["suites"]:
        spec = resolve.spec(config, suite, resolve.models(config, suite)[0].id)
        models |= measured(row(TABLE, 0.1, 0.1), spec=spec)["models"]
    record.keep(measured(row(TABLE, 1, 1), models=models))
    said = list(resources.write(profile, config, tmp_path, record.read()))
    text = (profile / "config.yaml").read_text()
    assert "# leaves in time" in text and "# mine" in text and "retries: 2 # here" in text
    written = yaml.safe_load(text)["set-resources"]
    assert written["train"]["gpu"] == 1
    minutes = int(written["train"]["runtime"].split()[0])
    assert 10 < minutes <= resources.LONGEST and minutes % 10 == 0
    assert f"train: {minutes} minutes" in said[0]
    assert written["score"]["mem_mb"].endswith(" * min(attempt, 2)")


def test_a_file_of_something_else_is_refused(tmp_path):
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(UserError, match="was not written by `acgan speed`"):
        record.read(tmp_path / "other.json")
