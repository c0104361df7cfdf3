"""Roles by their words, and configs that have the old ones."""

import pytest
import yaml
from running import ROOT, snakemake

from acgan.config import loading
from acgan.declarations.roles import ROLES, plays, roles_of, suites_in
from acgan.io.errors import UserError

DEMO = yaml.safe_load((ROOT / "config/demo.yaml").read_text())
OLD = {"high": "main_32", "low": "main_16", "grid": "grid", "sweep": "sweep"}


def with_old_words(tmp_path, **changes):
    path = tmp_path / "old.yaml"
    content = {k: v for k, v in DEMO.items() if k != "roles"} | {"figures": OLD | changes}
    path.write_text(yaml.safe_dump(content, sort_keys=False))
    return path


def test_a_config_with_the_old_words_is_read_with_one_line_that_says_so(tmp_path, capsys):
    path = with_old_words(tmp_path)
    demo = loading.load([ROOT / "config/demo.yaml"])
    demo["roles"].pop("improved")  # which did not exist then
    assert loading.load([path]) == demo
    said = capsys.readouterr().err.splitlines()
    assert said == [
        f"{path}: figures: {{high: main_32, low: main_16, grid: grid, sweep: sweep}} is written "
        "roles: {large: main_32, small: main_16, search: grid, class_count: sweep} now, and read "
        "as that"
    ]


def test_an_old_word_over_a_new_config_takes_a_role_away(tmp_path):
    path = tmp_path / "more.yaml"
    path.write_text("figures: {grid: null}\n")
    config = loading.load([ROOT / "config/demo.yaml", path])
    assert set(config["roles"]) == {"large", "small", "class_count", "improved"}


def test_a_mistake_under_an_old_word_is_placed_at_its_line(tmp_path):
    path = with_old_words(tmp_path, grid="gird")
    line = 1 + path.read_text().splitlines().index("  grid: gird")
    with pytest.raises(
        UserError, match=rf"{path}:{line}: roles.search: there is no suite named gird"
    ):
        loading.load([path])


def test_a_role_that_there_is_not_is_refused_with_those_that_there_are(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(DEMO | {"roles": {"big": "main_32"}}))
    with pytest.raises(UserError) as error:
        loading.load([path])
    assert "roles.big" in str(error.value) and all(role in str(error.value) for role in ROLES)


def test_a_suite_knows_its_roles():
    config = loading.load([ROOT / "config/demo.yaml"])
    assert suites_in(config, "large") == ["main_32"] and suites_in(config, "search") == ["grid"]
    assert roles_of(config, "sweep") == ["class_count"] and plays(config, "sweep", "accuracy")
    assert not plays(config, "grid", "accuracy") and plays(config, "grid", "scores")


@pytest.mark.parametrize("role", ROLES)
def test_a_suite_in_any_role_may_have_restarts(role):
    of = "systems" if role == "systems" else "demo"
    content = yaml.safe_load((ROOT / f"config/{of}.yaml").read_text())
    played = content["roles"].setdefault(role, "main_32")
    for name in [played] if isinstance(played, str) else played:
        content["suites"][name]["restarts"] = 3
    if played == "main_32" and ROLES[role].scores:
        content["suites"]["main_32"]["samples_per_class"] = 600
    if played == "main_32" and ROLES[role].class_counts:
        content["suites"]["main_32"]["classes_per_model"] = [2, 5]
        content["roles"]["large"] = None
    if played == "main_32" and ROLES[role].system:
        content["suites"]["main_32"]["objective"] = {"system": ROLES[role].system}
    assert loading.check(content, [])


@pytest.mark.parametrize(
    ("suite", "changes", "said"),
    [
        ("gan", {"grid": {"training.beta1": [0.0, 0.5]}}, "suite gan: restarts are compared, so"),
        ("gan", {"classes_per_model": 5}, "its suites have one classes_per_model: acgan 10"),
        ("gan", {"side": 32}, "its suites have one side: acgan 16"),
        ("frozen_judge", {"grid": {"objective.judge": ["digits_cnn"]}}, "each judge is a suite"),
        ("gan", {"grid": {"nets.generator_norm": ["batch"]}}, "each is a suite of its own"),
    ],
)
def test_systems_are_compared_with_their_like(suite, changes, said):
    content = yaml.safe_load((ROOT / "config/systems.yaml").read_text())
    content["suites"][suite] |= changes
    with pytest.raises(UserError, match=said):
        loading.check(content, [])


def test_figure_7s_left_half_is_improved_gans():
    content = DEMO | {"roles": DEMO["roles"] | {"improved": "main_16"}}
    with pytest.raises(UserError, match="its suite trains improved_gan, not acgan"):
        loading.check(content, [])


@pytest.mark.slow
def test_snakemake_reads_the_old_words_too(tmp_path):
    run = snakemake(tmp_path, "figure_10", "-n", configs=[with_old_words(tmp_path)])
    assert run.returncode == 0 and "is written roles: {large: main_32" in run.stdout, run.stdout
