"""Some models of a suite: the others are not trained, and those that are stay what they were."""

import pytest
from running import ROOT, TOY, jobs, snakemake

from acgan.config import loading
from acgan.config.resolve import all_models, models, part_of, spec
from acgan.io.errors import UserError


def chosen(folder, suite: str, choice: str, experiment: str = "config/paper.yaml") -> dict:
    file = folder / "some.yaml"
    file.write_text(f"suites: {{{suite}: {{models: {choice}}}}}\n")
    return loading.load([ROOT / experiment, file])


@pytest.mark.parametrize(
    ("choice", "ids"),
    [
        ("[0-2, 42]", ["g000", "g001", "g002", "g042"]),
        ("[7]", ["g007"]),
        ("{classes: [zebra, goldfinch]}", ["g001", "g034"]),
    ],
)
def test_models_by_number_range_and_class(tmp_path, choice, ids):
    config = chosen(tmp_path, "imagenet_128", choice)
    assert [m.id for m in models(config, "imagenet_128")] == ids
    whole = loading.load([ROOT / "config/paper.yaml"])
    assert len(all_models(config, "imagenet_128")) == 100
    assert all(spec(config, "imagenet_128", m) == spec(whole, "imagenet_128", m) for m in ids)
    part = f"{len(ids)} of 100 models, {10 * len(ids)} of 1,000 classes"
    assert part_of(config, "imagenet_128") == part and part_of(whole, "imagenet_128") is None


def test_of_a_list_of_class_counts_those_that_hold_the_class(tmp_path):
    config = chosen(tmp_path, "sweep", "{classes: [n01608432]}")  # the 22nd
    assert {m.classes for m in models(config, "sweep")} == set(range(30, 101, 10))


@pytest.mark.parametrize(
    ("choice", "says"),
    [
        ("[100]", r"models: 100: it has 100 groups of classes, 0 to 99"),
        ("[3-1]", "3-1: a range rises, as in 1-3"),
        ("[zebra]", r"zebra is neither a number .* by class it is \{classes: \[zebra\]\}"),
        ("{classes: [zebraa]}", "there is no class zebraa; did you mean zebra?"),
        ("[]", "no model at all; leave the key out for all"),
    ],
)
def test_a_model_that_there_is_not_is_refused(tmp_path, choice, says):
    with pytest.raises(UserError, match=says):
        chosen(tmp_path, "imagenet_128", choice)


@pytest.mark.slow
@pytest.mark.xdist_group("toy")
def test_a_part_of_a_finished_experiment_trains_nothing(toy_run):
    run = snakemake(toy_run, "-n", "--config", "suites.main_32.models={classes: [seven]}")
    assert run.returncode == 0, run.stdout[-2000:]
    planned = jobs(run.stdout)
    assert "figure_04" in planned
    planned.pop("sample_list")  # which has fewer lines then
    acts = ("train", "sample", "score", "pack", "groups")
    assert not [rule for rule in planned if rule.startswith(acts)]


def test_only_what_is_chosen_is_planned(tmp_path):
    file = tmp_path / "some.yaml"
    file.write_text("suites: {main_32: {models: [1]}, grid: {models: [0]}}\n")
    planned = jobs(snakemake(tmp_path, "-n", configs=[*TOY, file]).stdout)
    assert planned["train_main_32"] == 1
