"""`acgan new`: what it sees in a folder, what it chooses for a time, and what it writes."""

from pathlib import Path

import archives
import numpy as np
import pytest
import yaml
from PIL import Image
from running import snakemake

from acgan import cli
from acgan.config import loading
from acgan.data.survey import look
from acgan.io.errors import UserError
from acgan.io.files import read_csv
from acgan.speed import here
from acgan.workflow import fit, new

MACHINE = here.Machine(2, "made up", 16_000, None)


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """Pictures of three classes, in the folder in which the command is given."""
    monkeypatch.chdir(tmp_path)
    for name, images, first in (("ant", 40, 0), ("bee", 12, 50), ("cat", 1, 70)):
        archives.write_folder(tmp_path / "mine" / name, images, first)
    (tmp_path / "mine/bee/12.jpg").write_bytes((tmp_path / "mine/ant/3.jpg").read_bytes())
    (tmp_path / "mine/bee/broken.jpg").write_bytes(b"no image")
    (tmp_path / "mine/bee/notes.txt").write_text("x")
    return Path("mine")


@pytest.fixture
def quick(monkeypatch):
    """No step is measured: as many operations a second whatever the size."""

    def seconds(spec, device):
        width = spec["nets"]["width"]
        slow = 1.0 if spec["training"]["precision"] == "bfloat16" else 2.0
        return slow * 0.02 * (spec["side"] / 16) ** 1.5 * (width / 0.25) ** 1.5

    monkeypatch.setattr(here, "step_seconds", seconds)
    monkeypatch.setattr(here, "image_seconds", lambda kind, side, threads: 0.02)
    monkeypatch.setattr(here, "machine", lambda: MACHINE)


def silent(text: str) -> None:
    pass


def planned(name: str, folder: Path, minutes: float, side: int | None = None) -> new.Plan:
    return new.Plan(name, look(folder, silent), MACHINE, minutes, side, silent)


def test_a_folder_is_looked_at(folder):
    found = look(folder, silent)
    assert found.classes == {"ant": 40, "bee": 13, "cat": 1}
    assert found.suffixes == {".jpg": 55} and found.passed == {".txt": 1}
    assert [Path(path).name for path, _ in found.unreadable] == ["broken.jpg"]
    assert found.alike == [["mine/ant/3.jpg", "mine/bee/12.jpg"]]
    assert found.side == 38 and found.grey < 0.5 and not found.is_imagenet


@pytest.mark.parametrize(
    ("made", "says"),
    [
        ([], "nowhere is no folder"),
        (["nowhere/1.jpg"], "holds no folder for each class"),
        (["nowhere/ant/1.jpg"], "no class has 2 images, which MS-SSIM needs"),
    ],
)
def test_a_folder_that_cannot_be_trained_on_is_refused(tmp_path, monkeypatch, quick, made, says):
    monkeypatch.chdir(tmp_path)
    for file in made:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).write_bytes(archives.jpeg(0))
    with pytest.raises(UserError, match=says):
        new.new(Path("nowhere"), "own", 30, None, False, silent)
    assert not Path("config").exists()


def test_a_config_is_written_that_fits_and_says_what_is_odd(folder, quick, capsys):
    assert cli.main(["new", str(folder), "--minutes", "20"]) == 0
    told, text = capsys.readouterr().out, Path("config/own.yaml").read_text()
    for said in (
        "54 pictures (.jpg 55) of 2 classes, 13 to 40 each",
        "left out, with fewer than 2 images: cat",
        "under 30 images: bee",
        "cannot be read and are left out: mine/bee/broken.jpg (no image)",
        "1 file passed over: .txt 1",
        "2 cores (made up), 16 GB, no GPU here",
        "no more steps, though there is time: after",
        "snakemake --configfile config/own.yaml",
    ):
        assert said in told, said
    config = loading.load([Path("config/own.yaml")])
    own = config["datasets"]["own"]
    assert own["classes"] == ["ant", "bee"] and own["unreadable"] == 1 and own["holdout"] == 0.2
    assert config["datasets"]["own_heldout"] == own | {"split": "heldout"}
    assert config["judges"]["own_judge"]["kind"] == "finetuned"
    assert text.count("#") > 6 and "precision: " in text
    again = cli.main(["new", str(folder)])
    assert again == 2 and "config/own.yaml is there already" in capsys.readouterr().err
    assert Path("config/own.yaml").read_text() == text
    assert cli.main(["new", str(folder), "--dry-run", "--name", "other"]) == 0
    assert "nothing was written" in capsys.readouterr().out
    assert not Path("config/other.yaml").exists()


@pytest.mark.parametrize("minutes", [5, 30, 300])
def test_the_parts_add_up_to_the_time_given(folder, quick, minutes):
    plan = planned("own", folder, minutes)
    assert plan.fit.seconds <= 60 * minutes * 1.05 or minutes == 5
    assert plan.fit.steps >= 10
    assert plan.fit.is_enough or plan.fit.longer
    sizes = [planned("own", folder, m).fit for m in (minutes, 3000)]
    assert sizes[0].side <= sizes[1].side


def test_one_class_has_no_judge_and_grey_ones_a_small_net(tmp_path, monkeypatch, quick):
    monkeypatch.chdir(tmp_path)
    archives.write_folder(Path("one/ant"), 4)
    new.new(Path("one"), "one", 30, None, False, silent)
    one = yaml.safe_load(Path("config/one.yaml").read_text())
    assert "judges" not in one and "judge" not in one["suites"][next(iter(one["suites"]))]
    loading.load([Path("config/one.yaml")])
    for name in ("a", "b"):
        Path("grey", name).mkdir(parents=True)
        for i in range(3):
            Image.new("L", (20, 20), 40 * i).save(Path("grey", name, f"{i}.png"))
    plan = planned("grey", Path("grey"), 30, 16)
    assert plan.judge == "trained_cnn" and plan.fit.side == 16


def test_folders_called_like_synsets_get_imagenets_judge(tmp_path, quick):
    for name in ("n01440764", "n02391049"):
        archives.write_folder(tmp_path / name, 2)
    assert planned("i", tmp_path, 30).judge == "efficientnet_lite0"


@pytest.mark.parametrize("name", ["it's $5", "<b>", "NA", "001", "a: b, {c}"])
def test_names_that_yaml_might_take_for_something_else(tmp_path, monkeypatch, quick, name):
    monkeypatch.chdir(tmp_path)
    for of in (name, "other"):
        archives.write_folder(Path("mine # 1", of), 2)
    archives.write_folder(Path("mine # 1", "few"), 1)
    new.new(Path("mine # 1"), "own", 30, None, False, silent)
    own = loading.load([Path("config/own.yaml")])["datasets"]["own"]
    assert set(own["classes"]) == {name, "other"} and own["path"] == "mine # 1"


def test_a_step_is_measured_at_a_cut_down_batch_where_it_takes_long(monkeypatch):
    spec = fit.model(2, fit.Size(16, 0.0625, 1), 1, "float32")
    whole = here.step_seconds(spec, "cpu")
    monkeypatch.setattr(here, "LONGEST_STEP", 0.0)
    cut = here.step_seconds(spec, "cpu")
    assert whole > 0 and 0.2 < cut / whole < 20


@pytest.mark.slow
def test_what_is_written_runs(tmp_path, monkeypatch, quick):
    """From the folder to the tables, with a judge that is trained on four fifths of it."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    for name, level in (("dark", 40), ("light", 200)):
        Path("mine", name).mkdir(parents=True)
        for i in range(15):
            pixels = np.repeat(rng.integers(level, level + 30, (20, 20, 1)), 3, 2).astype(np.uint8)
            Image.fromarray(pixels).save(Path("mine", name, f"{i}.png"))
    new.new(Path("mine"), "own", 5, 16, False, silent)
    small = Path("small.yaml")
    small.write_text(
        "nets: {width: 0.0625}\ntraining: {steps: 4, trajectory_every: 2, trajectory_pairs: 2, "
        "batch_size: 8}\njudges: {own_judge: {epochs: 8}}\nsuites: {own_16: {samples_per_class: "
        "20}}\nscores: {ms_ssim_pairs: 4, ms_ssim_all_pairs: 4, neighbours: 1, subsets: 2}\n"
    )
    run = snakemake(tmp_path, "tables", configs=[tmp_path / "config/own.yaml", tmp_path / small])
    assert run.returncode == 0, run.stdout[-3000:]
    packed = [read_csv(Path(f"data/{d}/16/index.csv")) for d in ("own", "own_heldout")]
    assert [sum(int(row["images"]) for row in index) for index in packed] == [24, 6]
    rows = read_csv(Path("results/own/tables/judges.csv"))
    assert {row["split"] for row in rows} == {"train", "heldout"}
    assert read_csv(Path("results/own/tables/judge_confusion.csv"))
    table = read_csv(Path("results/own/tables/own_16/accuracy_by_class.csv"))
    assert {row["metric"] for row in table} == {"accuracy_own_judge"}
    assert "heldout: " in Path("results/own/logs/judge/own_judge.log").read_text()
