"""The README and the pages of docs/: links lead somewhere, named files exist, and every command
that they show is run by a test, or the table below says why not.
"""

import re
from functools import cache
from pathlib import Path

import pytest
import yaml
from running import ROOT

from acgan.declarations.items import ITEMS

PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
PATH = re.compile(
    r"`((?:src|docs|tests|config|notebooks|workflow|profiles|pipelines|benchmarks|results|data|"
    r"[.]ci|[.]github)/[^`\s]*)`"
)
# Made by a run, written by the reader, of earlier versions, or there with its first item.
NOT_IN_GIT = ("results/", "data/", "config/own.yaml", "notebooks/<item>.py")

# {a test: how the commands begin that it runs}, as they stand or at toy settings. The longest
# beginning counts.
RUN_BY = {
    "conftest.py::toy_run": ("snakemake",),
    "conftest.py::project": ("dvc remote add", "dvc push", "dvc add", "git add -A && git commit"),
    "conftest.py::pulled": ("make pull",),
    "test_cluster.py::test_the_scores_of_a_cluster_where_everything_goes_wrong": (
        "snakemake --profile slurm",
    ),
    "test_config.py::test_a_target_stands_before_configfile": (
        "snakemake figure_04 --configfile config/paper.yaml",
    ),
    "test_data_check.py::test_a_folder_of_ones_own_through_the_pipeline": (
        "snakemake --configfile config/own.yaml",
    ),
    "test_data_check.py::test_what_is_missing_is_said_with_its_cure": ("acgan data check",),
    "test_docs.py::test_help_lists_the_commands_that_pages_show": ("acgan --help",),
    "test_dvc.py::test_after_a_reproduction_both_tools_are_content": ("dvc repro",),
    "test_dvc.py::test_an_experiment_with_a_changed_setting_has_results_of_its_own": (
        "acgan compare --revisions",
        "dvc exp list",
        "dvc exp run",
        "dvc metrics diff",
        "dvc params diff",
        "git checkout . && make pull",
    ),
    "test_dvc.py::test_metrics_and_plots_are_told": ("dvc plots show",),
    "test_dvc.py::test_the_pipelines_in_git_are_what_their_configs_say": ("acgan config pipeline",),
    "test_how_to.py::test_a_figure_is_one_notebook_and_one_entry": (
        "snakemake class_count_accuracy",
    ),
    "test_how_to.py::test_a_system_is_one_file_and_one_line": (
        "snakemake report --config experiment=least_squares objective.system=least_squares",
    ),
    "test_make.py::test_make_works_in_a_folder_with_an_unpleasant_name": (
        "make demo",
        'make pull EXPERIMENT=paper STAGES="tables figures report"',
    ),
    "test_real.py::test_the_one_model_of_cifar10_is_drawn_after_each_step_that_it_keeps": (
        "snakemake --configfile config/cifar10_single.yaml docs/results_cifar10/copy.yaml",
    ),
    "test_model_choice.py::test_a_part_of_a_finished_experiment_trains_nothing": (
        "snakemake --configfile config/paper.yaml --config",
    ),
    "test_module.py::test_another_workflow_takes_it_in_as_a_module": ("snakemake --cores 2",),
    "test_new.py::test_a_config_is_written_that_fits_and_says_what_is_odd": ("acgan new",),
    "test_overview.py::test_it_tells_done_running_stopped_failed_and_to_come": ("acgan status",),
    "test_plan.py::test_the_page_shows_the_papers_plan": ("acgan plan",),
    "test_pull.py::test_the_tables_alone_redraw_a_figure_and_nothing_else": (
        "make pull STAGES=tables",
    ),
    "test_rating.py::test_a_page_shows_pictures_and_says_nothing_of_them": ("acgan rate",),
    "test_side_by_side.py::test_the_page_shows_settings_claims_pictures_and_escapes_names": (
        "acgan compare results/demo results/own",
    ),
    "test_generate.py::test_a_class_by_name_id_or_number_is_drawn_by_its_model": (
        "acgan generate",
    ),
    "test_generate.py::test_onnx_gives_the_same_pictures": ("acgan export",),
    "test_verify.py::test_every_number_that_was_changed_is_found": ("acgan verify",),
    "test_bundle.py::test_without_more_said_it_is_todays_folder": ("acgan bundle",),
    "test_workflow.py::test_one_figure_is_redrawn_from_tables_alone": ("snakemake figure_04",),
}
# {how a command begins that no test runs: the reason}
NOT_RUN = {
    "make setup": "installs the environment that tests run in; .ci/run begins with it",
    "make check": ".ci/run runs it",
    "make test": "runs the tests",
    "make test-browser": "runs tests/report/test_browser.py",
    "make test-real": "runs tests/workflow/test_real.py",
    "make test-cluster": "runs tests/workflow/test_cluster.py",
    "make test-python": "makes a Debian in a folder and takes twenty minutes",
    "make test-miniature": "runs tests/workflow/test_miniature.py",
    "make bench": "takes twenty minutes of an idle machine",
    ".ci/run": "runs the tests, as root",
    ".venv/bin/pytest": "runs tests",
    "pipx install pre-commit": "installs a program for the user",
    "snakemake figure_02 figure_03 figure_04 --profile slurm": "takes 397 GPU-hours",
    "snakemake --configfile config/systems.yaml": "takes 38 minutes",
    "snakemake systems --configfile config/systems.yaml": "takes five minutes",
    "snakemake --configfile config/critics.yaml": "takes over an hour",
    "snakemake nearness --configfile config/critics.yaml": "takes twenty minutes",
    "snakemake human_check": "draws what people answered",
    "ln -s": "writes to the home folder",
    "python workflow/scripts/equal_code.py": "needs a checkout of another commit",
    "mkdir -p data && ln -sfn": "links the folder that the photographs lie in",
    "for n in 1000 5000 10000 25000; do snakemake": "trains for ten hours",
    "python workflow/scripts/photographs_page.py": "needs runs of many hours",
    "dvc exp show": "is DVC's own table, for the eye",
    "uv venv .cache/rocrate": "installs the validator, which needs the web once",
    "uv pip install --python .cache/rocrate": "installs the validator",
    ".cache/rocrate/bin/rocrate-validator": "test_bundle.py runs it where it is installed",
    "rm data/own/archives.csv": "removes one file",
    "rm -rf results/demo": "makes the demo anew, twice",
    "find results/demo": "needs two runs of the demo",
    "| xargs sha256sum": "needs two runs of the demo",
    "sha256sum": "needs two runs of the demo",
}
COMMANDS = [*NOT_RUN, *(begin for begins in RUN_BY.values() for begin in begins)]


@cache
def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def commands(page: Path) -> list[str]:
    """Lines of indented blocks and of ```bash; of ```text, those behind a $. Comments are cut."""
    found, language = [], None
    for line in text(page).splitlines():
        if line.startswith("```"):
            language = None if language is not None else line[3:].strip()
        elif language == "text":
            found += [line[2:]] if line.startswith("$ ") else []
        elif language == "bash" or (language is None and line.startswith("    ")):
            found.append(line.strip())
        else:
            assert language in (None, "python", "yaml"), f"{page.name}: a block of {language!r}"
    cut = [re.sub(r"\s+#.*", "", line) for line in found]
    return [line for line in cut if line and not line.startswith(("config -> data", "#"))]


def entry(command: str) -> str | None:
    """How the command begins, in the table."""
    fits = [b for b in COMMANDS if command == b or command.startswith((f"{b} ", f"{b}/"))]
    return max(fits, key=len, default=None)


def anchors(page: Path) -> set[str]:
    """The headings of a page as GitHub links to them."""
    headings = re.findall(r"^#+ (.*)$", text(page), re.M)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)\s]+)\)", text(page)):
        if re.match(r"https?://", link):
            continue
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_a_page_names_exist(page):
    for path in PATH.findall(text(page)):
        if path.startswith(NOT_IN_GIT) or "..." in path:
            continue
        # <item>, <name>: any that there is; what the recipes write is not there yet.
        pattern = re.sub(r"<[^>]*>", "*", path).rstrip("/")
        written = f"Write `{path}`:" in text(page)
        assert written or any(ROOT.glob(pattern)), path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_is_run_or_said_not_to_be(page):
    assert [c for c in commands(page) if entry(c) is None] == []


def test_the_tables_of_commands_hold_nothing_else():
    shown = {entry(command) for page in PAGES for command in commands(page)}
    assert set(COMMANDS) - shown == set() and len(set(COMMANDS)) == len(COMMANDS)
    for test in RUN_BY:
        file, _, name = test.partition("::")
        (place,) = (ROOT / "tests").rglob(file)
        assert re.search(rf"^def {name}\(", text(place), re.M), test


def test_every_request_of_the_critics_has_an_answer_on_its_page():
    """The page lists what requests.yaml does; its items exist, and so do the numbers' ones."""
    page = text(ROOT / "docs/critics.md")
    requests = yaml.safe_load(text(ROOT / "workflow/scripts/requests.yaml"))
    assert len(requests) == 23
    for place, request in enumerate(requests, 1):
        items = ", ".join(f"`{item}`" for item in request["items"])
        (line,) = (row for row in page.splitlines() if row.startswith(f"| {place} |"))
        assert line.startswith(f"| {place} | {request['asks']} | {', '.join(request['who'])} | ")
        assert f" | {items} | " in line and line.rstrip(" |").split("|")[-1].strip()
        named = {name.partition(".")[0] for name in request["numbers"]}
        assert set(request["items"]) | named <= set(ITEMS)
        assert request["numbers"] or "says" in request


def test_the_readme_is_short():
    assert len(text(ROOT / "README.md").split()) <= 1200


def test_every_page_is_linked_to():
    linked = "\n".join(map(text, PAGES))
    for page in (ROOT / "docs").glob("*.md"):
        assert re.search(rf"\]\((docs/)?{re.escape(page.name)}[)#]", linked), page.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_prose_is_at_most_100_columns_wide(page):
    """Tables and commands may be wider; the generated pages are not ours to wrap."""
    inside = False
    for number, line in enumerate(text(page).splitlines(), 1):
        inside ^= line.startswith("```")
        if not (inside or line.startswith(("|", "    ", "!["))):
            assert len(line) <= 100 or page.name == "benchmarks.md", f"{page.name}:{number}"


def test_help_lists_the_commands_that_pages_show(capsys):
    from acgan import cli

    with pytest.raises(SystemExit) as end:
        cli.main(["--help"])
    assert end.value.code == 0
    said = capsys.readouterr().out
    for page in PAGES:
        for name in re.findall(r"`?acgan ([a-z-]+)", "\n".join(commands(page))):
            assert name in said, name
