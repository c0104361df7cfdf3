"""Names that people choose beside words of our own: refused in one line, or kept apart."""

import csv
from pathlib import Path

import pandas as pd
import pytest
import yaml
from PIL import Image
from running import ROOT, snakemake

from acgan import cli
from acgan.config import loading
from acgan.io.errors import UserError
from acgan.tables.class_count import class_count
from acgan.tables.ms_ssim import trajectory
from acgan.tables.registry import Asked
from acgan.workflow import dvc_pipeline as pipeline
from acgan.workflow import preflight as check
from notebooks import caption

DEMO = loading.read_yaml(ROOT / "config/demo.yaml")


def renamed(section: str, old: str, new: str) -> dict:
    """The demo with another name for one of its suites, judges or data sets, wherever it stands."""
    text = yaml.safe_dump(
        DEMO | {section: {new if n == old else n: v for n, v in DEMO[section].items()}}
    )
    key = {"suites": "roles", "judges": "judge", "datasets": "dataset"}[section]
    content = yaml.safe_load(text)
    if section == "suites":
        content[key] = {part: new if s == old else s for part, s in DEMO[key].items()}
    else:
        for suite in content["suites"].values():
            if suite.get(key) == old:
                suite[key] = new
    if section == "datasets":
        content["judges"]["digits_cnn"]["train"] = new
    return content


@pytest.mark.parametrize(
    ("section", "old", "new", "says"),
    [
        (
            "suites",
            "main_16",
            "real",
            "suites.real: choose another name: tables and scores/ call the training",
        ),
        ("suites", "main_16", "none", "suites.none: choose another name"),
        (
            "suites",
            "main_16",
            "main_32_00",
            "the jobs of suite main_32 are called main_32_00, main_32_01",
        ),
        (
            "datasets",
            "digits",
            "raw",
            "datasets.raw: choose another name: data/raw/ holds the archives",
        ),
        ("datasets", "digits", "weights", "datasets.weights: choose another name: data/weights/"),
        (
            "judges",
            "digits_cnn",
            "efficientnet_lite0",
            "a digits_cnn cannot be called like another kind",
        ),
        (
            "suites",
            "main_16",
            10,
            'suites: YAML reads a name there as 10, not as text: put it in quotes, as in "010"',
        ),
        ("datasets", "digits", False, "datasets: YAML reads a name there as false"),
        ("judges", "digits_cnn", None, "judges: YAML reads a name there as null"),
    ],
)
def test_a_name_that_stands_for_something_else_is_refused(
    tmp_path, capsys, section, old, new, says
):
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(renamed(section, old, new), sort_keys=False))
    assert cli.main(["config", "check", str(path)]) == 2
    output = capsys.readouterr().err
    assert says in output and output.startswith(f"error: {path}:") and output.count("\n") == 1


def named(suite: str, dataset: str, judge: str, experiment: str) -> dict:
    """The demo with other names throughout."""
    content = renamed("suites", "main_32", suite) | {"experiment": experiment}
    for section, old, new in (("judges", "digits_cnn", judge), ("datasets", "digits", dataset)):
        content[section] = renamed(section, old, new)[section]
        for chosen in content["suites"].values():
            chosen[section.removesuffix("s")] = new
    content["judges"][judge]["train"] = dataset
    return content


def test_other_words_of_ours_are_names_like_any(tmp_path):
    for name in ("all", "data", "default", "models", "job0", "table_1", "step", "index", "total"):
        assert name in loading.check(named(name, name, name, name), [])["suites"]
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(named("figure_04", "all", "none", "data"), sort_keys=False))
    run = snakemake(tmp_path, "-n", "figure_04", "results/data/judges/none.csv", configs=[path])
    assert run.returncode == 0, run.stdout
    assert "train_figure_04_00" in run.stdout and "training the judge none" in run.stdout


def test_a_key_that_stands_twice_is_refused_and_not_lost(tmp_path):
    path = tmp_path / "mine.yaml"
    text = (ROOT / "config/demo.yaml").read_text()
    path.write_text(text.replace("  main_16: #", "  main_32: #"))
    first, second = (
        i for i, line in enumerate(path.read_text().splitlines(), 1) if "  main_32: #" in line
    )
    with pytest.raises(
        UserError, match=rf"mine.yaml:{second}: suites.main_32 stands in line {first} already"
    ):
        loading.load([path])


def with_pictures(path: str) -> dict:
    """The demo with one more data set, a folder of two classes."""
    mine = {"source": "folder", "path": path, "classes": 2}
    return DEMO | {"datasets": {**DEMO["datasets"], "mine": mine}}


@pytest.mark.parametrize("path", ["data/mine", "data"])
def test_pictures_where_packed_images_go_are_refused(tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)
    assert loading.check(with_pictures("pictures"), [])
    with pytest.raises(UserError, match=rf"datasets.mine.path: {path}/ is where packed images go"):
        loading.check(with_pictures(path), [])


def test_a_class_may_be_called_like_a_column(tmp_path):
    """Of a model's trajectory, where every class is a column."""
    names = ["step", "ms_ssim", "class", "001", "NA", "a,b", "<b>"]
    path = tmp_path / "models/s/g000/trajectory.csv"
    path.parent.mkdir(parents=True)
    path.with_name("provenance.json").write_text("{}")
    with open(path, "w", newline="") as handle:
        csv.writer(handle).writerows([["step", *names], [0, *range(7)], [50, *range(7, 14)]])
    config = {"suites": {"s": {"objective": {"system": "acgan"}}}}
    found = trajectory(Asked(config, "s", [path], {n: n.upper() for n in names}))
    assert list(found.columns) == ["suite", "model", "step", "class", "name", "ms_ssim"]
    assert found[found["step"] == 50].set_index("class")["ms_ssim"].to_dict() == dict(
        zip(names, range(7, 14), strict=True)
    )
    assert set(found["name"]) == {n.upper() for n in names}
    path.write_text("step,a\n")  # of a model that diverged at once
    assert len(trajectory(Asked(config, "s", [path], {}))) == 0


def test_a_judge_may_be_called_like_a_statistic(tmp_path):
    """Its accuracy is not taken for a standard deviation and left out of Figure 10."""
    content = renamed("judges", "digits_cnn", "my_std")
    config = loading.check(content, [])
    rows = [
        ("sweep", f"n{n:03d}-r{r}", c, metric, 16, "", 0.5)
        for n in (2, 5, 10)
        for r in (0, 1)
        for c in "01"
        for metric in (
            "accuracy_my_std",
            "ms_ssim_100_random_pairs_mean",
            "ms_ssim_100_random_pairs_std",
        )
    ]
    path = tmp_path / "scores.csv"
    pd.DataFrame(
        rows, columns=["suite", "model", "class", "metric", "side", "subset", "value"]
    ).to_csv(path, index=False)
    found = class_count(Asked(config, "sweep", [path], {}))
    assert set(found["metric"]) == {"accuracy_my_std", "ms_ssim_100_random_pairs_mean"}


def test_a_class_that_safetensors_cannot_hold_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("ant", "__metadata__"):
        (tmp_path / "pictures" / name).mkdir(parents=True)
    config = loading.check(with_pictures("pictures"), [])
    found = check.guarded("data set mine", check.dataset_state, config, "mine", True)
    assert found.state == check.MISSING and "no class can be called __metadata__" in found.text


def test_a_pipeline_is_not_written_over_that_of_another_config(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config").mkdir()
    for name in ("demo", "mine"):  # a copy whose `experiment` was not changed
        (tmp_path / f"config/{name}.yaml").write_text((ROOT / "config/demo.yaml").read_text())
    config = loading.check(DEMO, [])
    written = tmp_path / pipeline.write(config, Path("config/demo.yaml"), tmp_path)
    before = written.read_text()
    with pytest.raises(
        UserError,
        match=r"dvc.yaml is the pipeline of config/demo.yaml, whose experiment is called demo too",
    ):
        pipeline.write(config, Path("config/mine.yaml"), tmp_path)
    assert written.read_text() == before
    pipeline.write(config, Path("config/demo.yaml"), tmp_path)  # its own, again


def test_a_judge_called_inception_score_gives_none(tmp_path):
    """Torchvision's Inception may be called what it is, but its score is no Inception Score."""
    content = yaml.safe_load(yaml.safe_dump(DEMO))
    content["judges"]["inception_score"] = {"kind": "inception_v3"}
    content["suites"]["grid"] |= {"judge": "inception_score", "grid": {}}
    config = loading.check(content, [])
    rows = [
        (
            "grid",
            "g000",
            f"class_score_inception_score_1k_5x200_{purpose}",
            16,
            group,
            2.0 + group,
            purpose,
        )
        for purpose in ("select", "report")
        for group in range(2)
    ]
    (tmp_path / "tables/grid").mkdir(parents=True)
    columns = ["suite", "model", "metric", "side", "group", "score", "purpose"]
    pd.DataFrame(rows, columns=columns).to_csv(tmp_path / "tables/grid/search.csv", index=False)
    told = caption("table_cifar10", tmp_path, config)
    assert told.startswith("Class score by inception_score (class_score_inception_score_1k_5x200)")


def test_a_class_called_like_one_of_the_papers_is_not_all_that_the_paper_shows(tmp_path):
    rows = [
        {
            "sheet": "t.webp",
            "row": row,
            "column": 3 * i,
            "side": 8,
            "class": name,
            "name": name,
            "kind": kind,
            "ms_ssim": 0.5,
            "ms_ssim_std": 0.1,
        }
        for i, name in enumerate(("artichoke", "bee", "cat", "dog"))
        for row, kind in ((0, "generated"), (3, "real"))
    ]
    tables = tmp_path / "tables/main_32"
    tables.mkdir(parents=True)
    pd.DataFrame(rows).to_csv(tables / "ms_ssim_examples.csv", index=False)
    Image.new("RGB", (80, 80)).save(tables / "t.webp")
    scored = [
        {
            "suite": "main_32",
            "model": f"g00{i // 2}",
            "class": r["class"],
            "name": r["name"],
            "metric": "ms_ssim",
            "side": 32,
            "ms_ssim": 0.5,
            "ms_ssim_std": 0.1,
        }
        for i, r in enumerate(rows[::2])
    ]
    pd.DataFrame(scored).to_csv(tables / "ms_ssim_by_class.csv", index=False)
    told = caption("figure_03", tmp_path, loading.check(DEMO, []))
    assert "the paper's four are not in this data" in told
