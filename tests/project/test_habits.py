"""What others expect of a repository: its forms obey their schemas and say what is true here."""

import json
import re
import tomllib

import pytest
from check_jsonschema.cli import main as check_jsonschema
from click.testing import CliRunner
from ruamel.yaml import YAML
from running import ROOT

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
WORKFLOW = ".github/workflows/ci.yml"
NOT_REPRODUCED = ".github/ISSUE_TEMPLATE/not_reproduced.yml"
FORMS = [".github/ISSUE_TEMPLATE/bug.yml", NOT_REPRODUCED]
SCHEMAS = {
    "vendor.github-workflows": [WORKFLOW],
    "custom.github-workflows-require-timeout": [WORKFLOW],
    "vendor.github-issue-forms": FORMS,
    "vendor.citation-file-format": ["CITATION.cff"],
}


def read(name):
    """YAML 1.2, in which a workflow's `on` is a word; PyYAML's 1.1 reads it as true."""
    return YAML(typ="safe").load((ROOT / name).read_text())


def refusal(schema, *paths):
    """What the schema, which ships inside check-jsonschema, has against the files."""
    run = CliRunner().invoke(check_jsonschema, ["--builtin-schema", schema, *map(str, paths)])
    assert run.exit_code in (0, 1), run.output
    return run.output if run.exit_code else ""


@pytest.mark.parametrize("schema", SCHEMAS)
def test_files_obey_their_schemas(schema):
    assert refusal(schema, *(ROOT / name for name in SCHEMAS[schema])) == ""


@pytest.mark.parametrize(
    ("schema", "key"),
    [
        ("vendor.github-workflows", "on"),
        ("vendor.github-issue-forms", "description"),
        ("vendor.citation-file-format", "authors"),
    ],
)
def test_a_schema_refuses_a_file_without_a_key_that_it_needs(schema, key, tmp_path):
    spoilt = read(SCHEMAS[schema][0])
    del spoilt[key]
    (tmp_path / "spoilt.json").write_text(json.dumps(spoilt))
    assert key in refusal(schema, tmp_path / "spoilt.json")


def recipe(target):
    """The commands of a target in the Makefile."""
    text = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.M)[1]
    return [line.strip().replace("$(BIN)", ".venv/bin") for line in text.splitlines()]


def test_pre_commit_runs_what_make_check_runs_but_for_the_slow_lint():
    (local,) = read(".pre-commit-config.yaml")["repos"]
    assert local["repo"] == "local"
    hooks = local["hooks"]
    assert {(hook["language"], hook["pass_filenames"]) for hook in hooks} == {("system", False)}
    entries = [hook["entry"] for hook in hooks]
    assert [*entries, ".venv/bin/snakemake --lint"] == recipe("check")


def test_the_citation_and_the_changelog_name_the_version():
    citation = read("CITATION.cff")
    assert citation["version"] == VERSION
    assert citation["authors"] == [{"name": "The acgan-repro contributors"}]
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert headings[:2] == ["Unreleased", VERSION]


def steps(job, key):
    return [step[key] for step in read(WORKFLOW)["jobs"][job]["steps"] if key in step]


def test_the_workflow_lets_ci_run_decide_and_publishes_the_demos_report():
    workflow = read(WORKFLOW)
    assert {"push", "pull_request", "schedule"} <= set(workflow["on"])
    assert workflow["permissions"] == {"contents": "read"}
    assert steps("check", "run")[-1] == ".ci/run"
    assert steps("demo", "run") == ["make demo"]
    assert workflow["jobs"]["pages"]["needs"] == "demo"
    (published,) = steps("demo", "with")[-1].values()
    assert f"/{published}/index.html" in recipe("demo")[-1]


def test_the_form_asks_for_all_that_a_result_depends_on():
    fields = {field["id"]: field for field in read(NOT_REPRODUCED)["body"] if "id" in field}
    needed = {"commit", "command", "config", "machine", "metrics", "provenance"}
    assert needed <= {name for name, f in fields.items() if f["validations"]["required"]}


def test_what_contributing_names_is_there():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    links = re.findall(r"\]\(([^)]+)\)", text)
    paths = [*links, *re.findall(r"tests/[\w/]+(?:\.py)?|\.ci/\w+", text)]
    assert [path for path in paths if not (ROOT / path).exists()] == []
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"(?:^|`|&& )\s*make ([a-z-]+)", text, re.M)) <= targets
