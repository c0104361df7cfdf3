"""The whole DAG at toy settings: what it makes, what a second run does, what a change re-runs,
what a failure says.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image
from running import BIN, ROOT, TOY, job_counts, jobs, snakemake

from acgan.declarations.items import ITEMS
from acgan.groups.grouping import read_groups
from acgan.io.frames import read_frame
from acgan.tables.reading import read_scores
from notebooks import OF_TOY

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("toy")]


def result(toy_run: Path, path: str) -> Path:
    return toy_run / "results/toy" / path


def test_every_item_has_its_files(toy_run):
    for item in OF_TOY:
        folder = result(toy_run, f"figures/{item}")
        assert {p.name for p in folder.iterdir()} == {
            "figure.svg",
            "figure.png",
            "figure.pdf",
            "data.csv",
            "item.json",
            "notebook.ipynb",
            "notebook.html",
        }
        assert len(pd.read_csv(folder / "data.csv")) > 0
        picture = Image.open(folder / "figure.png").convert("L")
        # something is drawn
        assert min(picture.size) > 200 and len(picture.getcolors(256) or [0] * 9) > 3
        about = json.loads((folder / "item.json").read_text())
        assert about["id"] == item and about["title"] and len(about["caption"]) > 40


def test_figure_04_draws_the_class_means(toy_run):
    """The drawn points are recomputed from the scores, past tables and notebook."""
    drawn = pd.read_csv(
        result(toy_run, "figures/figure_04/data.csv"), dtype={"class": str}
    ).set_index("class")
    for suite, column in (("real/main_32", "ms_ssim_real"), ("main_32/*", "ms_ssim_samples")):
        scores = read_scores(sorted(result(toy_run, "scores").glob(f"{suite}/ms_ssim.csv")))
        means = scores[scores["metric"] == "ms_ssim_10_random_pairs_mean"].set_index("class")[
            "value"
        ]
        assert (drawn[column] - means).abs().max() < 1e-12
    assert len(drawn) == 10


def drawn(toy_run: Path, item: str) -> pd.DataFrame:
    return pd.read_csv(result(toy_run, f"figures/{item}/data.csv"), dtype={"class": str})


def test_figure_02_draws_the_mean_over_classes_of_each_resolution(toy_run):
    lines = drawn(toy_run, "figure_02").query("panel == 'lines'").set_index(["suite", "side"])
    for suite, files in (
        ("main_32", "main_32/*"),
        ("main_16", "main_16/*"),
        ("real", "real/main_32"),
    ):
        scores = read_scores(sorted(result(toy_run, "scores").glob(f"{files}/accuracy.csv")))
        assert set(scores["metric"]) == {"accuracy_digits_cnn"}  # its own name, never "Inception"
        for side, own in scores.groupby("side"):
            assert lines.loc[(suite, side), "accuracy"] == pytest.approx(own["value"].mean())
            spread = own.groupby("subset")["value"].mean().std()
            assert lines.loc[(suite, side), "accuracy_std"] == pytest.approx(spread)


def test_only_the_suites_of_figure_02_are_judged_at_its_resolutions(toy_run):
    for files, sides in (
        ("main_16/*", {8, 16, 32}),
        ("real/main_32", {8, 16, 32}),
        ("sweep/*", {16}),
    ):
        scores = read_scores(sorted(result(toy_run, "scores").glob(f"{files}/accuracy.csv")))
        assert set(scores["side"]) == sides


def test_figure_05_draws_the_trajectories_that_the_trainers_wrote(toy_run):
    points = drawn(toy_run, "figure_05")
    for model in ("g000", "g001"):
        wide = pd.read_csv(result(toy_run, f"models/main_32/{model}/trajectory.csv")).set_index(
            "step"
        )
        for _, point in points[points["model"] == model].iterrows():
            assert point["ms_ssim"] == pytest.approx(wide.loc[point["step"], point["class"]])
    assert points["class"].nunique() == 10 and set(points["step"]) == {0, 4, 8, 12}


def test_figure_06_sets_accuracy_beside_ms_ssim_of_the_same_class(toy_run):
    points = drawn(toy_run, "figure_06").set_index("class")
    for metric, column in (("accuracy", "accuracy"), ("ms_ssim", "ms_ssim")):
        scores = read_scores(sorted(result(toy_run, "scores").glob(f"main_32/*/{metric}.csv")))
        means = "accuracy" if metric == "accuracy" else "random_pairs_mean"
        scores = scores[(scores["side"] == 32) & scores["metric"].str.contains(means)]
        wanted = scores.groupby("class")["value"].mean()
        assert (points[column] - wanted).abs().max() < 1e-12


def test_figure_10_draws_every_restart_over_the_shared_classes(toy_run):
    points = drawn(toy_run, "figure_10").set_index("model")
    assert sorted(points["classes_per_model"]) == [2, 2, 5, 5, 10, 10]
    for model, point in points.iterrows():
        scores = read_scores([result(toy_run, f"scores/sweep/{model}/ms_ssim.csv")])
        scores = scores[
            scores["metric"].str.endswith("random_pairs_mean") & scores["class"].isin(["0", "1"])
        ]
        assert point["ms_ssim"] == pytest.approx(scores["value"].mean())


def test_the_setting_is_chosen_by_one_score_and_reported_by_another(toy_run):
    rows = drawn(toy_run, "table_cifar10")
    means = {}
    for model in ("s00", "s01", "s02", "s03"):
        scores = read_scores([result(toy_run, f"scores/grid/g000-{model}/class_score.csv")])
        purpose = scores["metric"].str.rsplit("_", n=1).str[1]
        means[model] = scores.groupby(purpose)["value"].mean()
    best = max(means, key=lambda m: means[m]["select"])
    assert rows.loc[0, "select_mean"] == pytest.approx(means[best]["select"])
    assert rows.loc[0, "report_mean"] == pytest.approx(means[best]["report"])
    assert rows["select_mean"].is_monotonic_decreasing


def test_sheets_hold_the_samples_themselves(toy_run):
    """The album's tiles are the first ten samples of each class, pixel by pixel."""
    table = pd.read_csv(result(toy_run, "tables/main_32/album.csv"), dtype={"class": str})
    sheet = np.asarray(Image.open(result(toy_run, "tables/main_32/album_0.webp")).convert("RGB"))
    for t in table.itertuples():
        samples = np.load(result(toy_run, f"samples/main_32/{t.model}/samples_0.npy"))
        tile = sheet[t.row * 32 : t.row * 32 + 32, t.column * 32 : t.column * 32 + 32]
        assert np.array_equal(tile, samples[t.row % 5, t.column])
    assert len(table) == 100


ORIGIN = ["model", "array", "sample", "seed", "training_image"]


@pytest.mark.parametrize("item", [name for name in OF_TOY if ITEMS[name].sheets])
def test_every_picture_can_be_found_again(toy_run, item):
    """data.csv says which model, sample and seed made a picture, or which training image it is."""
    groups = read_groups(result(toy_run, "groups/main_32.csv"))
    places = {c: i for classes in groups.values() for i, c in enumerate(classes)}
    table = read_frame(result(toy_run, f"tables/main_32/{ITEMS[item].sheets[0]}.csv"))
    data = read_frame(result(toy_run, f"figures/{item}/data.csv"))
    named = [c for c in ORIGIN if c in table]
    assert {"model", "array", "sample", "seed"} <= set(named)
    drawn = data[data["row"].notna()].reset_index(drop=True)
    pd.testing.assert_frame_equal(drawn[named], table[named].loc[: len(drawn) - 1])
    sheet = np.asarray(
        Image.open(result(toy_run, f"tables/main_32/{table['sheet'][0]}")).convert("RGB")
    )
    for t in table[table["sheet"] == table["sheet"][0]].to_dict("records"):
        tile = sheet[t["row"] * 32 :, t["column"] * 32 :][:32, :32]
        if pd.isna(t["model"]):
            image = np.load(toy_run / f"data/digits/32/{t['class']}.npy")[t["training_image"]]
        else:
            folder = result(toy_run, f"samples/main_32/{t['model']}")
            image = np.load(folder / f"{t['array']}.npy")[places[t["class"]], t["sample"]]
            made = json.loads(
                result(toy_run, f"models/main_32/{t['model']}/provenance.json").read_text()
            )
            assert t["seed"] == made["spec"]["seed"]
        if t.get("resolution", 32) >= 32:  # Figure 2 shrinks some
            assert np.array_equal(tile, image)


def test_nothing_is_called_inception(toy_run):
    for path in result(toy_run, "tables").rglob("*.csv"):
        assert "inception" not in path.read_text().lower()


def test_paper_numbers_stand_beside_ours_and_are_not_comparable(toy_run):
    summary = json.loads(result(toy_run, "report/summary.json").read_text())
    assert summary["experiment"] == "toy"
    assert [i["id"] for i in summary["items"]] == list(OF_TOY)
    quantities = [q for item in summary["items"] for q in item["quantities"]]
    assert len(quantities) > 15
    of_claims = next(i["quantities"] for i in summary["items"] if i["id"] == "claims")
    assert {q["verdict"] for q in of_claims} == {None}
    rest = [q for q in quantities if q not in of_claims]
    assert {q["verdict"] for q in rest} == {"not comparable"}
    for item in summary["items"]:
        for kind in ("html", "png", "svg", "data"):
            assert (result(toy_run, "report") / item[kind]).is_file()


def test_a_second_run_has_nothing_to_do(toy_run):
    run = snakemake(toy_run)
    assert run.returncode == 0
    assert "Nothing to be done" in run.stdout


@pytest.mark.parametrize(
    ("override", "trains"),
    [
        ("suites={sweep: {training: {steps: 13}}}", 3),
        ("suites={grid: {restarts: 2}}", 4),
        ("scores={ms_ssim_pairs: 11}", 0),
    ],
)
def test_a_changed_key_reruns_what_depends_on_it(toy_run, override, trains):
    run = snakemake(toy_run, "-n", "--config", override)
    assert run.returncode == 0
    planned = jobs(run.stdout)
    assert sum(n for rule, n in planned.items() if rule.startswith("train_")) == trains
    if "sweep" in override:  # six models, two in a job
        jobs_of = {f"{act}_sweep_0{i}" for act in ("train", "sample", "score") for i in range(3)}
        assert set(planned) == {
            *jobs_of,
            "table_of_class_count_sweep",
            "table_of_training_sweep",
            "figure_10",
            "table_of_claims",
            "claims",
        }
    if "scores" in override:
        assert {"score_sweep_00", "score_main_32"} <= set(planned) and "judge" not in planned
        assert not any(rule.startswith("sample") for rule in planned)


def test_other_judges_are_planned(tmp_path):
    """The 2015 graph's weights are fetched first; EfficientNet needs no file; one's own weights
    must be there, and a line says where.
    """
    own = tmp_path / "own.pt"
    mine = (
        "{kind: local_classifier, architecture: resnet20, classes: ['0', '1', '2', '3', '4', '5', "
        f"'6', '7', '8', '9'], weights: {own}, mean: [0, 0, 0], std: [1, 1, 1], test: "
        f"digits_heldout}}"
    )
    extra = tmp_path / "judges.yaml"
    extra.write_text(
        f"judges:\n  tf: {{kind: inception_v3_tf2015}}\n  mine: {mine}\n"
        "suites: {grid: {judge: tf}, sweep: {judge: mine}}\n"
    )
    run = snakemake(tmp_path, "-n", configs=[*TOY, extra])
    assert run.returncode != 0
    assert (
        f"put the state dict of its resnet20 at {own}, or change judges.mine.weights" in run.stdout
    )
    own.touch()
    planned = jobs(snakemake(tmp_path, "-n", configs=[*TOY, extra]).stdout)
    assert {planned[r] for r in ("fetch_weights", "judge_accuracy", "judge", "real_features")} == {
        1
    }
    extra.write_text("judges: {e: {kind: efficientnet_lite0}}\nsuites: {grid: {judge: e}}\n")
    planned = jobs(snakemake(tmp_path, "-n", configs=[*TOY, extra]).stdout)
    assert "fetch_weights" not in planned and {"score_grid_00", "score_grid_01"} <= set(planned)


def test_feature_distances_stand_in_the_report(toy_run):
    table = pd.read_csv(result(toy_run, "tables/grid/feature_distances.csv"))
    kinds = ["frechet_distance", "kernel_distance", "precision", "recall"]
    counts = "digits_cnn_50_vs_4k_train"
    assert [m for m in table["metric"].unique() if not m.endswith("_std")] == [
        f"{kinds[0]}_{counts}",
        f"{kinds[1]}_{counts}_100x25_mean",
        f"{kinds[2]}_{counts}_k3",
        f"{kinds[3]}_{counts}_k3",
    ]
    assert table["model"].nunique() == 4 and table["value"].notna().all()
    assert "Frechet distance" in result(toy_run, "report/index.html").read_text()


def test_a_touched_file_reruns_nothing(toy_run):
    os.utime(result(toy_run, "groups/sweep.csv"))
    run = snakemake(toy_run, "-n")
    assert run.returncode == 0 and "Nothing to be done" in run.stdout


def test_a_removed_model_is_trained_again(toy_run):
    """Also when everything that was made from it is still there."""
    model, aside = result(toy_run, "models/grid/g000-s02"), result(toy_run, "aside")
    model.rename(aside)
    try:
        run = snakemake(toy_run, "-n")
    finally:
        aside.rename(model)
    assert jobs(run.stdout)["train_grid_01"] == 1


def test_one_figure_is_redrawn_from_tables_alone(toy_run, tmp_path):
    """No data, no weights, no samples: what a reader with somebody else's tables does."""
    shutil.copytree(result(toy_run, "tables"), tmp_path / "tables")
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "acgan.cli",
            "figure",
            "--notebook",
            ROOT / "notebooks/paper/figure_04.py",
            "--config",
            result(toy_run, "config.json"),
            "--tables",
            tmp_path / "tables",
            "--out",
            tmp_path / "figure_04",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    for name in ("figure.svg", "data.csv"):
        again, first = tmp_path / "figure_04" / name, result(toy_run, f"figures/figure_04/{name}")
        assert again.read_bytes() == first.read_bytes()


def test_snakemakes_own_report_has_captions_and_categories(toy_run, tmp_path):
    run = snakemake(toy_run, "--report", str(tmp_path / "report.html"))
    assert run.returncode == 0, run.stdout[-3000:]
    page = (tmp_path / "report.html").read_text()
    assert "Figures and tables of the paper" in page
    assert "redraw it with" in page and "Classes per model and diversity" in page


def test_a_failing_rule_is_named_with_log_and_reason_and_the_rest_runs(toy_run, tmp_path):
    """A damaged samples file fails its score; everything that does not need it is made all the
    same.
    """
    shutil.copytree(toy_run, tmp_path / "run", symlinks=True)
    folder = tmp_path / "run"
    for suite in ("sweep/*", "real/main_16"):
        for path in (folder / "results/toy/scores").glob(f"{suite}/*.csv"):
            path.unlink()
    samples = folder / "results/toy/samples/sweep/n005-r1/samples_0.npy"
    samples.write_bytes(samples.read_bytes()[:1000])
    run = snakemake(folder, "scores", "--rerun-triggers", "mtime")
    assert run.returncode != 0
    last = [line for line in run.stdout.splitlines() if line.startswith("FAILED")][-1]
    assert last.startswith(
        "FAILED rule score_sweep_01: error: cannot read samples from "
        "results/toy/samples/sweep/n005-r1"
    )
    assert "(log: results/toy/logs/score/sweep/job_01.log)" in last
    # of 15 models all but the two of the failed job, and the training images of three suites
    assert len(list((folder / "results/toy/scores").glob("*/*/ms_ssim.csv"))) == 16
    assert "FAILED" in "\n".join(run.stdout.splitlines()[-6:])


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize(
    ("target", "damaged", "folder", "removed"),
    [
        ("table_1", "tables/main_32/layers.csv", "figures/table_1", "notebook.html"),
        ("report", "tables/datasets.csv", "report", "summary.json"),
    ],
)
def test_what_fails_to_be_made_again_stays_as_it_was_until_it_is(
    toy_run, tmp_path, target, damaged, folder, removed
):
    """Snakemake removes what a job declares before and after it; but one file, the last good ones
    stay. That one makes the next run try again.
    """
    shutil.copytree(toy_run, tmp_path / "run", symlinks=True)
    results = tmp_path / "run/results/toy"
    before, metrics = files_of(results / folder), (results / "metrics.json").read_bytes()
    (results / damaged).write_text("damaged")
    run = snakemake(tmp_path / "run", target, "--rerun-triggers", "mtime")
    assert run.returncode != 0
    after = files_of(results / folder)
    assert set(before) - set(after) == {removed}
    assert all(before[name] == content for name, content in after.items())
    assert (results / "metrics.json").read_bytes() == metrics
    planned = snakemake(tmp_path / "run", "-n", "--rerun-triggers", "mtime").stdout
    assert job_counts(planned)[target] == 1
    if target == "table_1":
        last = [line for line in run.stdout.splitlines() if line.startswith("FAILED")][-1]
        kept = results / "logs/figure/table_1.ipynb"
        assert f"as far as it came: {kept.relative_to(tmp_path / 'run')})" in last
        log = kept.with_suffix(".log").read_text()
        assert kept.is_file() and "] are in the [columns]" in log
        assert "site-packages/pandas" in log  # where it came from


def test_a_suite_with_a_missing_part_leaves_its_figures_out(tmp_path):
    alone = yaml.safe_load(TOY[0].read_text())
    alone["experiment"] = "alone"
    alone["suites"] = {"main_32": alone["suites"]["main_32"]}
    alone["roles"] = {"large": "main_32"}
    (tmp_path / "alone.yaml").write_text(yaml.safe_dump(alone))
    run = snakemake(tmp_path, "-n", configs=[tmp_path / "alone.yaml"])
    assert run.returncode == 0, run.stdout[-2000:]
    planned = jobs(run.stdout)
    assert planned["train_main_32_00"] == 1 and "figure_04" in planned
    assert not {"figure_02", "figure_10", "table_cifar10", "table_2"} & set(planned)


@pytest.mark.parametrize("item", ["figure_02", "table_1"])
def test_a_figure_drawn_again_of_the_same_tables_is_the_same_in_every_file(toy_run, tmp_path, item):
    """In another folder too, so no notebook names the machine."""
    for part in ("config.json", "tables"):
        source, copy = result(toy_run, part), tmp_path / "elsewhere" / part
        copy.parent.mkdir(exist_ok=True)
        shutil.copytree(source, copy) if source.is_dir() else shutil.copy(source, copy)
    out = tmp_path / "elsewhere/figures" / item
    command = [
        BIN / "acgan",
        "figure",
        "--notebook",
        ROOT / f"notebooks/paper/{item}.py",
        "--out",
        out,
    ]
    command += ["--config", out.parents[1] / "config.json", "--tables", out.parents[1] / "tables"]
    subprocess.run(command, check=True, capture_output=True)
    for file in result(toy_run, f"figures/{item}").iterdir():
        assert (out / file.name).read_bytes() == file.read_bytes(), file.name


def test_a_model_that_diverges_is_shown_as_failed_and_the_others_go_on(toy_run, tmp_path_factory):
    # As deep as the toy run: the same relative paths, few re-runs.
    folder = tmp_path_factory.mktemp("diverged") / "run"
    shutil.copytree(toy_run, folder, symlinks=True, dirs_exist_ok=True)
    override = (
        "suites={grid: {grid: {training.d_learning_rate: [0.0005, 1.0e+30], nets.activation_noise: "
        "[0.1]}}}"
    )
    run = snakemake(folder, "--config", override)
    assert run.returncode == 0, run.stdout[-3000:]
    report = folder / "results/toy/report"
    summary = json.loads((report / "summary.json").read_text())
    assert list(summary["diverged"]) == ["grid/g000-s01"]
    assert 1 <= summary["diverged"]["grid/g000-s01"]["step"] <= 12
    page = (report / "index.html").read_text()
    assert "1 model of 13 failed" in page and "failed at step" in page
    rows = pd.read_csv(folder / "results/toy/tables/grid/search.csv")
    assert set(rows["model"]) == {"g000-s00"}
