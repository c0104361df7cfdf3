"""What an experiment wants follows from its items: tables, metrics, sides, models; and the paths
and jobs from the config.
"""

import subprocess

import pytest
from running import BIN, ROOT, TOY, job_counts, snakemake

from acgan.config import loading
from acgan.declarations import items
from acgan.declarations.items import ITEMS, Item
from acgan.io.errors import UserError
from acgan.scores import METRICS
from acgan.tables import SHEETS, TABLES, wanted
from acgan.tables.wanted import Wanted
from acgan.workflow import code, jobs
from acgan.workflow.experiment import Experiment


def config_of(name: str) -> dict:
    return loading.load([ROOT / f"config/{name}.yaml"])


@pytest.fixture
def demo() -> dict:
    return config_of("demo")


def test_what_items_and_tables_name_exists():
    for item in ITEMS.values():
        for reference in (*item.tables, *item.welcome, *items.PAGE_TABLES):
            assert reference.rpartition("/")[2] in TABLES, reference
        assert all(name.rpartition("/")[2] in SHEETS for name in item.sheets)
        assert (ROOT / f"notebooks/{item.part}").is_dir() and item.question
    for table in TABLES.values():
        assert all(metric in METRICS for metric in (*table.scores, *table.real_scores))
    for sheet in SHEETS.values():
        assert all(name in TABLES for name in sheet.tables)
    for name in ITEMS:
        assert (ROOT / f"notebooks/{ITEMS[name].part}/{name}.py").is_file()


def test_the_metrics_of_a_suite_are_what_its_tables_read(demo):
    asked = ["accuracy", "fixed_latents", "ms_ssim", "neighbours", "probe", "smoothness"]
    assert wanted.metrics(demo, "main_32") == asked
    assert wanted.metrics(demo, "main_16") == ["accuracy", "ms_ssim"]
    assert wanted.metrics(demo, "grid") == ["class_score", "feature_distances", "ms_ssim"]
    assert wanted.metrics(demo, "sweep") == ["accuracy", "ms_ssim"]
    demo["scores"]["feature_distances"] = False
    assert wanted.metrics(demo, "grid") == ["class_score", "ms_ssim"]
    assert Wanted("feature_distances", "grid") not in wanted.tables(demo)


def test_accuracy_is_taken_at_the_resolutions_that_a_table_shows(demo):
    every = demo["scores"]["resolutions"]
    assert wanted.sides(demo, "main_32") == wanted.sides(demo, "main_16") == every
    assert wanted.sides(demo, "sweep") == [16]


def test_any_table_of_any_suite_is_a_role_away(demo, monkeypatch):
    """FID of the large suite, accuracy of the search's, MS-SSIM by all pairs of the sweep's."""
    asked = ("large/feature_distances", "search/accuracy_by_class", "class_count/ms_ssim_by_class")
    monkeypatch.setitem(ITEMS, "mine", Item("Mine", "Why?", ("large",), asked, part="beyond"))
    found = {w.file for w in wanted.tables(demo)}
    assert {
        f"tables/{s}/{t}.csv"
        for s, t in (
            ("main_32", "feature_distances"),
            ("grid", "accuracy_by_class"),
            ("sweep", "ms_ssim_by_class"),
        )
    } <= found
    assert "feature_distances" in wanted.metrics(demo, "main_32")
    assert "accuracy" in wanted.metrics(demo, "grid")
    e = Experiment(demo)
    assert e.score_features("main_32") == "results/demo/scores/real/main_32/features.safetensors"
    assert "results/demo/scores/real/sweep/ms_ssim.csv" in e.table_inputs(
        Wanted("ms_ssim_by_class", "sweep")
    )
    assert wanted.suites_of(demo, ITEMS["mine"]) == {"main_32", "grid", "sweep"}


def test_a_role_may_be_played_by_several_suites(demo):
    demo["roles"]["large"] = ["main_32", "main_16"]
    found = {w.suite for w in wanted.tables_of(demo, ITEMS["figure_04"])}
    assert found == {"main_32", "main_16"}


@pytest.mark.parametrize(
    ("item", "suites"),
    [
        ("figure_04", {"main_32"}),
        ("figure_02", {"main_32", "main_16"}),
        ("figure_10", {"sweep"}),
        ("table_1", set()),
        ("album", {"main_32"}),
        ("diagram", set()),
    ],
)
def test_an_item_needs_the_models_of_its_roles_alone(demo, item, suites):
    assert wanted.suites_of(demo, ITEMS[item]) == suites


def test_paths_of_data_and_judges_follow_from_the_config(demo):
    e = Experiment(demo)
    assert e.indexes == [
        "data/digits/16/index.csv",
        "data/digits/32/index.csv",
        "data/digits_heldout/32/index.csv",
    ]
    assert e.archives == [] and e.judged == ["results/demo/judges/digits_cnn.csv"]
    assert e.weights("digits_cnn") == "results/demo/judges/digits_cnn.safetensors"
    assert e.judge_data("digits_cnn", "test") == "data/digits_heldout/32/index.csv"
    paper = Experiment(config_of("paper"))
    sets = ("imagenet", "imagenet_heldout", "cifar10")
    assert paper.archives == [f"data/{name}/archives.csv" for name in sets]
    assert str(paper.weights("inception_v3_tf2015")).startswith("data/weights/weights-inception")
    assert paper.parts("imagenet") == 20 and paper.parts("cifar10") == 1
    assert len(paper.part_files("imagenet")) == 20
    # Where an archive lies does not decide its bytes.
    moved = config_of("paper")
    moved["datasets"]["imagenet"]["path"] = "/elsewhere"
    assert Experiment(moved).pack_keys("imagenet") == paper.pack_keys("imagenet")


def test_weights_of_ones_own_that_are_missing_are_one_line(demo):
    demo["judges"]["mine"] = {
        **demo["judges"]["digits_cnn"],
        "kind": "local_classifier",
        "weights": "nowhere.pt",
        "architecture": "resnet20",
    }
    with pytest.raises(UserError, match=r"put the state dict of its resnet20 at nowhere\.pt"):
        Experiment(demo).weights("mine")


def test_the_code_of_a_stage_follows_from_its_package_and_declarations():
    assert code.of_scores(["neighbours"])[-2:] == ["metrics/neighbours.py", "metrics/ms_ssim.py"]
    assert code.of_table("layers")[2:4] == ["tables/nets.py", "nets/generator.py"]
    assert "metrics/accuracy.py" in code.of_sheet("resolutions")
    every = [*code.of_samples(), *code.of_figures(), *code.of_report()]
    every += [f for name in METRICS for f in code.of_scores([name])]
    every += [f for name in TABLES for f in code.of_table(name)]
    every += [f for name in SHEETS for f in code.of_sheet(name)]
    assert all((ROOT / "src/acgan" / file).is_file() for file in every)
    assert not [f for f in every if f.startswith(("io/", "training/", "data/"))]


def test_what_jobs_need_is_asked_before_they_run(demo):
    e = Experiment(demo)
    planned = [
        ("pack_digits", {}),
        ("score_grid_00", {}),
        ("score_real", {"suite": "main_32"}),
        ("figure_04", {}),
    ]
    assert jobs.needed(e, planned) == ({"digits"}, {"digits_cnn"})
    assert jobs.needed(e, [("figure_04", {})]) == (set(), set())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["toy", "imagenette", "paper"])
def test_the_jobs_are_those_that_snakemake_plans(tmp_path, name):
    """`acgan plan` counts the list that rules are made of; a dry run counts the rules."""
    configs = TOY if name == "toy" else [ROOT / f"config/{name}.yaml"]
    run = snakemake(tmp_path, "-n", "--forceall", "--quiet", "rules", configs=configs)
    planned = job_counts(run.stdout)
    assert planned.pop("total") and planned.pop("default") == 1
    listed = {r.name: r.jobs for r in jobs.rules(Experiment(loading.load(configs))) if r.jobs}
    assert planned == listed


def test_a_table_that_there_is_not_is_named_with_those_that_there_are(tmp_path):
    command = [BIN / "acgan", "table", "tabel", "--config", ROOT / "config/demo.yaml"]
    command += ["--data", tmp_path, "--out", tmp_path / "t.csv", "--inputs"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert run.stderr.startswith("error: there is no table tabel; there are: accuracy_by_class, ")
