"""docs/add_a_figure.md and docs/add_a_system.md, followed literally in a copy of the project."""

import re
from pathlib import Path

import pytest
import yaml
from dvc_project import copy_of_the_project, run
from running import ROOT, TOY

from acgan.config import loading
from acgan.io.files import read_json

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("toy")]
WRITE = re.compile(r"^Write `([^`]+)`:\n\n```\w+\n(.*?)```", re.M | re.S)
ADD = re.compile(r"^In `([^`]+)`, add to `(\w+)`:\n\n```\w+\n(.*?)```", re.M | re.S)
COMMANDS = re.compile(r"^```bash\n(.*?)```", re.M | re.S)
LINE = re.compile(r"^```yaml\n(.*?)```", re.M | re.S)
SUITE = {
    "dataset": "digits",
    "side": 16,
    "classes_per_model": [2],
    "judge": "digits_cnn",
    "samples_per_class": 20,
}


def follow(page: str, folder: Path) -> list[str]:
    """Make a page's edits in a copy of the project; returns its commands."""
    text = (ROOT / "docs" / page).read_text()
    copy_of_the_project(folder)
    edits = [*WRITE.findall(text), *ADD.findall(text)]
    assert 1 <= len(edits) <= 3
    for file, content in WRITE.findall(text):
        assert not (folder / file).exists()
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(content)
    for file, name, entry in ADD.findall(text):
        before, begins, rest = (folder / file).read_text().partition(f"\n{name} = {{\n")
        entries, ends, after = rest.partition("\n}\n")
        assert begins and ends, f"{file} has no {name}"
        (folder / file).write_text(f"{before}{begins}{entries}\n{entry.rstrip()}{ends}{after}")
    return [line for block in COMMANDS.findall(text) for line in block.splitlines()]


def config(folder: Path, **changes) -> Path:
    """The toy experiment with one small suite of one model, and changes."""
    toy = loading.merge(*map(loading.read_yaml, TOY))
    toy |= {"suites": {"sweep": SUITE}, "roles": {"class_count": "sweep"}}
    path = folder / "config/few.yaml"
    path.write_text(yaml.safe_dump(loading.merge(toy, changes)))
    return path.relative_to(folder)


def test_a_figure_is_one_notebook_and_one_entry(tmp_path):
    (command,) = follow("add_a_figure.md", tmp_path)
    two = {"sweep": {"classes_per_model": [2, 3]}}
    run(tmp_path, f"{command} --configfile {config(tmp_path, suites=two)}")
    drawn = tmp_path / "results/toy/figures/class_count_accuracy"
    about = read_json(drawn / "item.json")
    assert [q["id"] for q in about["quantities"]] == ["most"]
    assert len((drawn / "data.csv").read_text().splitlines()) == 3
    # Only what it is drawn from was made.
    assert [p.name for p in (tmp_path / "results/toy/tables").rglob("*.csv")] == ["class_count.csv"]


def test_a_system_is_one_file_and_one_line(tmp_path):
    (command,) = follow("add_a_system.md", tmp_path)
    (line,) = LINE.findall((ROOT / "docs/add_a_system.md").read_text())
    few = config(tmp_path, suites={"sweep": yaml.safe_load(line)})
    run(tmp_path, f"{command} --configfile {few}")
    results = tmp_path / "results/least_squares"
    log = (results / "models/sweep/n002/training.csv").read_text()
    columns = "step,discriminator_loss,generator_loss,source_accuracy_real,source_accuracy_fake"
    assert log.startswith(f"{columns},d_source,g_source\n")
    curves = (results / "report/curves/sweep/n002.svg").read_text()
    assert curves.count("<polyline") == 6
    page = (results / "report/index.html").read_text()
    assert "real, fake" in page and "<dt>class</dt>" not in page
