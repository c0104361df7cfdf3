"""`dvc repro` on an experiment of one's own data: what docs/dvc.md says, run for real. DVC
and Snakemake must agree at every turn.
"""

import json
import shlex
import shutil
from pathlib import Path

import pytest
import yaml
from dvc_project import (
    PIPELINE,
    PLANNED,
    PULL,
    REPRO,
    STAGES,
    copy_of_the_project,
    models_in,
    nothing_to_do,
    planned_stages,
    ran,
    run,
)
from running import ROOT, UNPLEASANT

from acgan.io.errors import UserError

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("dvc")]


def test_after_a_reproduction_both_tools_are_content(project):
    assert "up to date" in run(project, f"dvc status {PIPELINE}")
    assert nothing_to_do(project)
    assert (project / "results/own/report/index.html").is_file()
    assert not run(project, "git status --porcelain")  # metrics and settings are in git


def test_after_pulling_all_both_tools_are_content_and_see_later_changes(pulled):
    assert nothing_to_do(pulled)
    output = run(pulled, f"{PLANNED} --config training='{{steps: 9}}'")
    assert "train_own_16" in output and "pack_own" not in output


def test_an_edited_notebook_redraws_its_figure_and_the_report(pulled):
    """Links to the cache are refused before that, since DVC dates them anew."""
    with (pulled / "notebooks/paper/figure_10.py").open("a") as notebook:
        notebook.write("# seen\n")
    run(pulled, "dvc config --local cache.type hardlink")
    assert "dvc config --local cache.type reflink,copy" in run(pulled, REPRO, fails=True)
    run(pulled, "dvc config --local cache.type reflink,copy && touch notebooks/paper/figure_10.py")
    output = run(pulled, REPRO)
    assert ran(output) == ["figures", "report"]
    drawn = [line for line in output.splitlines() if ": drawing " in line]
    assert len(drawn) == 1 and "figure_10" in drawn[0]
    shown = pulled / "results/own/report/figures/figure_10/notebook.ipynb"
    assert "# seen" in shown.read_text()  # though the numbers are the same
    assert nothing_to_do(pulled)


def test_new_pictures_are_packed(pulled):
    shutil.copy(pulled / "pictures/cats/0.png", pulled / "pictures/cats/new.png")
    run(pulled, "dvc add pictures")
    output = run(pulled, f"{REPRO}:data")
    assert ran(output) == ["config", "data"][-len(ran(output)) :]
    index = (pulled / "data/own/16/index.csv").read_text()
    assert "cats,cats,31," in index


def test_a_second_experiment_packs_the_side_that_it_adds_and_leaves_the_first_alone(pulled):
    run(
        pulled,
        "sed 's/experiment: own/experiment: more/; s/side: 16/side: 32/' config/own.yaml > "
        "config/more.yaml",
    )
    run(pulled, "acgan config pipeline --config config/more.yaml")
    assert ran(run(pulled, "dvc repro pipelines/more/dvc.yaml:data")) == ["config", "data"]
    lock = yaml.safe_load((pulled / "pipelines/more/dvc.lock").read_text())["stages"]
    assert [out["path"] for out in lock["data"]["outs"]] == ["data/own/32"]
    assert (pulled / "data/own/32/index.csv").is_file()
    assert nothing_to_do(pulled)


def test_an_experiment_with_a_changed_setting_has_results_of_its_own(pulled):
    elsewhere = pulled / "results/imagenette/models/imagenet/n000/state/checkpoint.pt"
    elsewhere.parent.mkdir(parents=True)
    elsewhere.write_bytes(b"of an experiment without a dvc.lock")
    settings = {"training.steps": (8, 9), "scores.ms_ssim_pairs": (4, 5)}
    changes = " ".join(f"-S config/own.yaml:{key}={new}" for key, (_, new) in settings.items())
    output = run(pulled, f"dvc exp run --name longer {changes} {PIPELINE}")
    assert ran(output) == ["config", "models", "samples", "scores", "tables", "figures", "report"]
    shown = run(pulled, "dvc params diff --json --targets config/own.yaml -- HEAD longer")
    found = json.loads(shown)["config/own.yaml"]
    assert {key: (v["old"], v["new"]) for key, v in found.items()} == settings
    # the warning is of the experiments that never ran
    changed = json.loads(run(pulled, "dvc metrics diff --json HEAD 2>/dev/null"))
    assert list(changed["results/own/metrics.json"]) == ["figure_10.threshold"]
    assert "longer" in run(pulled, "dvc exp list")
    asked = "acgan compare --revisions HEAD longer --experiment own --models --out beside"
    assert "longer against HEAD: 2 settings differ" in run(pulled, asked)
    page = (pulled / "beside/index.html").read_text()
    assert "training.steps" in page and "pictures/samples_" in page

    # back to the older results, all of which lie in the cache: nothing is made again
    run(pulled, "dvc remote remove --local storage")
    run(pulled, "git checkout -q . && dvc exp branch longer tried")
    assert "In place and intact: all of own" in run(pulled, PULL)
    assert nothing_to_do(pulled)
    run(pulled, f"git checkout -q tried && {PULL}")
    assert "steps: 9" in (pulled / "config/own.yaml").read_text()
    assert nothing_to_do(pulled)
    assert elsewhere.is_file()  # `dvc exp apply` would remove it


def test_a_changed_file_asks_its_stage_and_what_follows(pulled):
    asked = {
        "src/acgan/training/loop.py": "",  # expensive: never by itself
        "src/acgan/samples/draw.py": "samples",
        # The table of its cost counts its operations.
        "src/acgan/metrics/ms_ssim.py": "scores tables",
        "own_classes.txt": "scores",
        "src/acgan/tables/class_count.py": "tables",
        "src/acgan/figures/drawing.py": "figures",
        "src/acgan/report/build.py": "report",
    }
    for file, stages in asked.items():
        with (pulled / file).open("a") as changed:
            changed.write("\n")
        status = json.loads(run(pulled, f"dvc status --json {PIPELINE} 2>/dev/null"))
        asks = stages.split()
        assert [name.split(":")[-1] for name in status] == asks, file
        assert planned_stages(pulled) == (STAGES[STAGES.index(asks[0]) :] if asks else []), file
        run(pulled, f"git checkout -q {file}")


def test_metrics_and_plots_are_told(project):
    metrics = json.loads((project / "results/own/metrics.json").read_text())
    assert metrics and all(isinstance(value, (int, float)) for value in metrics.values())
    shown = json.loads(run(project, "dvc metrics show --json results/own/metrics.json 2>/dev/null"))
    assert shown[""]["data"]["results/own/metrics.json"]["data"] == metrics
    pipeline = yaml.safe_load((project / PIPELINE).read_text())
    (log,) = (file for plot in pipeline["plots"] for file in plot if "models/own_16" in file)
    assert "generator_loss" in run(project, f"dvc plots show --json {PIPELINE}::{log}")


def test_a_run_that_fails_overwrites_nothing_that_is_tracked(pulled):
    before = models_in(pulled)
    weights = next(pulled.glob("results/own/models/own_16/*/weights.safetensors"))
    kept = weights.read_bytes()
    (weights.parent / "state").mkdir()
    (weights.parent / "state/checkpoint.pt").write_bytes(b"damaged")
    run(pulled, "sed -i 's/steps: 8/steps: 9/' config/own.yaml")
    output = run(pulled, f"dvc repro {PIPELINE}:models", fails=True)
    assert "checkpoint.pt is damaged" in output
    assert models_in(pulled) == before
    run(pulled, f"git checkout -q . && {PULL} --force")
    assert weights.read_bytes() == kept and nothing_to_do(pulled)


def test_the_pipelines_in_git_are_what_their_configs_say(tmp_path):
    from acgan.config import loading
    from acgan.workflow import dvc_pipeline as pipeline

    copy_of_the_project(tmp_path / "p")
    for name in run(ROOT, "git ls-files config/*.yaml").split():
        written = pipeline.write(loading.load([ROOT / name]), Path(name), tmp_path / "p")
        assert (tmp_path / "p" / written).read_text() == (ROOT / written).read_text(), written


def test_the_pipeline_of_a_config_with_an_unpleasant_name(tmp_path):
    from acgan.config import loading
    from acgan.workflow import dvc_pipeline as pipeline

    file = Path(f"config/{UNPLEASANT}.yaml")
    (tmp_path / "config").mkdir()
    shutil.copy(ROOT / "config/imagenette.yaml", tmp_path / file)
    config = loading.load([tmp_path / file])
    written = yaml.safe_load((tmp_path / pipeline.write(config, file, tmp_path)).read_text())
    for stage in written["stages"].values():
        command = stage["cmd"] if isinstance(stage["cmd"], str) else stage["cmd"][-1]
        assert str(file) in shlex.split(command), command
    variable = Path("config/${own}.yaml")
    shutil.copy(tmp_path / file, tmp_path / variable)
    with pytest.raises(UserError, match="which DVC takes for a variable"):
        pipeline.write(config, variable, tmp_path)


def test_no_output_is_one_that_dvc_would_delete():
    for file in (ROOT / "dvc.yaml", *ROOT.glob("pipelines/*/dvc.yaml")):
        for stage in yaml.safe_load(file.read_text())["stages"].values():
            for out in [*stage["outs"], *stage.get("metrics", [])]:
                assert all(options["persist"] for options in out.values()), (file, out)
