"""Files of an earlier version are taken over one by one, and only those that the present config
would make the same.
"""

import base64
import json
import os
from pathlib import Path

import pytest
from running import ROOT

from acgan.config import loading
from acgan.workflow import adopt
from acgan.workflow.experiment import Experiment

# What Snakemake recorded of the demo's data, judge and suite main_16 in commit 7d71ca8.
RECORDS = json.loads((ROOT / "tests/stored/former/records.json").read_text())


@pytest.fixture
def former(tmp_path, monkeypatch):
    """A folder in which that commit has finished the demo, with files of one byte."""
    monkeypatch.chdir(tmp_path)
    for date, file in enumerate(sorted(RECORDS, key=order)):
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).write_text("x")
        os.utime(file, (date, date))
        record(file, RECORDS[file])
    return tmp_path


def order(file: str) -> int:
    folders = ("data/", "judges/", "groups/", "models/", "samples/", "scores/")
    return next(place for place, folder in enumerate(folders) if folder in file)


def record(file: str, said: dict) -> None:
    path = adopt.RECORDS / base64.b64encode(file.encode()).decode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(said))


def taken(**changes) -> set[str]:
    """What is taken over with these changes of the demo's suite main_16."""
    config = loading.load([ROOT / "config/demo.yaml"])
    for key, value in changes.items():
        chosen = config["suites"]["main_16"]
        section = next((chosen[s] for s in ("training", "nets") if key in chosen[s]), chosen)
        section[key] = value
    return set(adopt.made_already(Experiment(config)))


def folders(files: set[str]) -> set[str]:
    return {
        name
        for name in ("data", "judges", "groups", "models", "samples", "scores/main", "scores/real")
        if any(f"{name}" in file for file in files)
    }


EARLY = {"data", "judges", "groups", "scores/real"}


def test_all_that_the_same_settings_made_is_taken(former):
    assert taken() == set(RECORDS)


@pytest.mark.parametrize(
    "changes, kept",
    [
        ({"steps": 9}, EARLY),
        ({"width": 0.5}, EARLY),
        ({"interpolation_steps": 9}, EARLY | {"models"}),
    ],
)
def test_what_other_settings_made_and_what_follows_is_not(former, changes, kept):
    assert folders(taken(**changes)) == kept


def test_samples_older_than_their_weights_are_drawn_again(former):
    for model in ("g000", "g001"):
        os.utime(f"results/demo/models/main_16/{model}/weights.safetensors")
    assert folders(taken()) == EARLY | {"models"}


def test_models_of_which_one_file_is_missing_are_left_to_snakemake(former):
    Path("results/demo/models/main_16/g000/weights.safetensors").unlink()
    assert folders(taken()) == EARLY


def test_a_file_that_was_begun_and_not_finished_is_made_again(former):
    file = "results/demo/groups/main_16.csv"
    record(file, {**RECORDS[file], "incomplete": True})
    assert file not in taken()


def test_records_of_this_version_and_no_records_are_left_alone(former):
    for file, said in RECORDS.items():
        record(file, {**said, "params": ["{'side': 16}", "'results/demo/config.json'"]})
    assert taken() == set()
    for file in adopt.RECORDS.iterdir():
        file.unlink()
    assert taken() == set()


def test_what_was_looked_at_is_not_looked_at_again(former):
    config = loading.load([ROOT / "config/demo.yaml"])
    adopt.done(Experiment(config))
    assert taken() == set()
    assert taken(steps=9)  # for another config it is


def test_the_config_handed_on_is_the_same_config():
    """A suite may say what is the default, where the experiment says something else."""
    config = loading.load([ROOT / "config/demo.yaml"])
    config["suites"]["main_16"]["training"]["batch_size"] = 100
    config["training"]["batch_size"] = 50
    given = adopt.as_given(config)
    again = loading.check(given, [Path("given.json")], {})
    assert again["suites"] == config["suites"]


@pytest.mark.parametrize(
    "argument, dry",
    [
        ("-n", 1),
        ("-np", 1),
        ("-nq", 1),
        ("--dry-run", 1),
        ("--dryrun", 1),
        ("--nolock", 0),
        ("figure_02", 0),
    ],
)
def test_every_spelling_of_a_dry_run_is_one(argument, dry):
    from acgan.workflow.start import DRY_RUN

    assert bool(DRY_RUN.fullmatch(argument)) == bool(dry)
