"""The workflow as others take it in: a Snakemake module, Snakemake's catalogue, conda."""

import re
import subprocess
import tomllib

import yaml
from running import BIN, ROOT, TOY

from acgan.config import loading


def test_another_workflow_takes_it_in_as_a_module(tmp_path):
    page = (ROOT / "docs/module.md").read_text()
    block = re.search(r'```python\n(configfile: "mine.yaml"\n.*?)```', page, re.S).group(1)
    text = block.replace('"acgan-repro/', f'"{ROOT}/')
    figure = "results/toy/figures/diagram/figure.svg"
    text += "rule all:\n    default_target: True\n"
    text += f'    input: "{figure}", "results/toy/groups/main_32.csv"\n'
    (tmp_path / "Snakefile").write_text(text)
    mine = loading.merge(*map(loading.read_yaml, TOY))
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(mine))
    run = subprocess.run(
        [BIN / "snakemake", "--cores", "2"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    assert (tmp_path / figure).is_file()
    assert loading.read_yaml(tmp_path / "results/toy/config.json")["experiment"] == "toy"
    assert "acgan_groups" in run.stderr


def test_what_the_catalogue_asks_for_is_there():
    usage = yaml.safe_load((ROOT / ".snakemake-workflow-catalog.yml").read_text())["usage"]
    assert usage["mandatory-flags"]["flags"] == "" and usage["report"] is True
    assert (ROOT / "workflow/Snakefile").is_file() and (ROOT / "config/README.md").is_file()


def test_conda_installs_exactly_the_pins():
    """By construction: all of it comes from pip, held to constraints.txt, which pins what pyproject
    asks.
    """
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    python, pip, pinned = environment["dependencies"]
    assert (python, pip) == ("python=3.11", "pip")
    assert pinned == {"pip": ["--constraint constraints.txt", "--editable .[pipeline,onnx,dev]"]}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == ">=3.11"
    asked = [
        *project["dependencies"],
        *(d for e in project["optional-dependencies"].values() for d in e),
    ]
    pins = re.findall(r"^([a-z0-9-]+)==\S+$", (ROOT / "constraints.txt").read_text(), re.M)
    names = {re.match(r"[A-Za-z0-9-]+", d).group().lower() for d in asked}
    assert names <= set(pins), names - set(pins)
