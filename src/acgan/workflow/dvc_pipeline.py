"""An experiment as a DVC pipeline: `acgan config pipeline --config config/own.yaml` writes
pipelines/own/dvc.yaml (the demo's is dvc.yaml, at the root).

Every stage is one Snakemake target, so Snakemake decides what a stage really does; DVC decides
which stages are asked, keeps what they made and tells it apart by content. `persist` on every
output: without it DVC removes them before the command, and Snakemake makes again only what
something unfinished asks for.
"""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from acgan.config.loading import base_of
from acgan.config.resolve import BY_FEATURES, Config
from acgan.config.spec import ALWAYS_OF_JUDGES
from acgan.data.sources import source_of
from acgan.io.errors import UserError
from acgan.io.files import write_text
from acgan.tables import TABLES
from acgan.training import LOSSES
from acgan.workflow.code import of_stage
from acgan.workflow.experiment import Experiment

DEMO = "demo"  # what a bare `dvc repro` runs
HEAD = """# Written by `acgan config pipeline --config {config}`;
# write it again after adding a data set, suite or judge.
# {run}
"""


def place(experiment: str) -> Path:
    """Where an experiment's dvc.yaml lies, from the project's root."""
    return Path("dvc.yaml") if experiment == DEMO else Path("pipelines") / experiment / "dvc.yaml"


def pipelines(root: Path) -> list[Path]:
    """The dvc.yaml of every experiment that has one."""
    return [
        file
        for file in (root / "dvc.yaml", *sorted(root.glob("pipelines/*/dvc.yaml")))
        if file.is_file()
    ]


def written_from(pipeline: Path) -> str | None:
    """The config that a dvc.yaml was written from; None where there is no such file."""
    if not pipeline.is_file():
        return None
    found = re.match(r"# Written by `.*--config (.*?)`", pipeline.read_text(encoding="utf-8"))
    return found and found.group(1)


def persistent(*paths: str) -> list[dict[str, Any]]:
    return [{path: {"persist": True}} for path in paths]


def taken_data(root: Path, but: Path) -> set[str]:
    """The packed data that the pipelines under `root`, but for the file `but`, already make."""
    found = set()
    for file in pipelines(root):
        if file != root / but:
            stages = (yaml.safe_load(file.read_text(encoding="utf-8")) or {}).get("stages", {})
            found |= {path for out in stages.get("data", {}).get("outs", ()) for path in out}
    return found


class Stage(NamedTuple):
    """One stage: a Snakemake target of its name."""

    name: str
    reads: list[str]
    rules: str  # the file of its rules
    params: list[str] | None  # keys of the resolved config; None for all
    makes: list[str]
    options: str = ""  # of Snakemake


def stages(
    config: Config, config_file: Path, base: Path | None, taken: set[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each stage with its command, what it depends on and what it makes; paths from the root.

    `base` is the file that the config is put over. Two stages cannot make one file, so what of the
    data is `taken` by another experiment's pipeline is made there.
    """
    e, files = Experiment(config), [config_file, base]
    yield (
        "config",
        {
            "cmd": f"acgan config resolve {shlex.quote(str(config_file))} --out {e.resolved}",
            "deps": [f"src/acgan/config/{m}.py" for m in ("loading", "schema", "resolve", "spec")],
            "params": [{str(file): None} for file in files if file],
            "outs": [{e.resolved: {"cache": False, "persist": True}}],
        },
    )
    for stage in (*data_stages(e, taken), *model_stages(e), *result_stages(e)):
        declared = written(stage, e, config_file)
        if stage.name == "report":
            metrics = {f"{e.results}/metrics.json": {"cache": False, "persist": True}}
            declared["metrics"] = [metrics]
        yield stage.name, declared


def written(stage: Stage, e: Experiment, config_file: Path) -> dict[str, Any]:
    """A stage as DVC has it."""
    code = [f"src/acgan/{module}" for module in of_stage(stage.name)]
    command = f"snakemake {stage.name} --configfile {shlex.quote(str(config_file))}{stage.options}"
    rules = ["workflow/rules/common.smk", f"workflow/rules/{stage.rules}.smk"]
    return {
        # The first takes away the lock of a Snakemake that was killed.
        "cmd": ["python workflow/scripts/unlock.py", command],
        "deps": [*stage.reads, *code, *rules],
        "params": [{e.resolved: stage.params}],
        "outs": persistent(*stage.makes),
    }


def packed_folders(e: Experiment) -> list[str]:
    return [f"data/{d}/{side}" for d in e.datasets for side in e.sides(d)]


def below(e: Experiment, *folders: str) -> list[str]:
    """Folders of the experiment's results."""
    return [f"{e.results}/{folder}" for folder in folders]


def judged(e: Experiment) -> list[str]:
    return below(e, "judges") if e.judged else []


def data_stages(e: Experiment, taken: set[str]) -> Iterator[Stage]:
    """Fetching and packing, of what no other pipeline makes."""
    own = [path for path in (*packed_folders(e), *e.archives) if path not in taken]
    if not own:
        return
    # Snakemake does not look into a folder of pictures again by itself.
    brought = {
        f"data/{d}/archives.csv": str(e.config["datasets"][d]["path"])
        for d in e.datasets
        if source_of(e.config["datasets"][d]).is_own and f"data/{d}/archives.csv" not in taken
    }
    again = f" --forcerun {' '.join(brought)}" if brought else ""
    others = [path for path in e.archives if path in taken]
    sides = [f"suites.{s}.{key}" for s in e.suites for key in ("dataset", "side")]
    sides += [f"judges.{j}.{key}" for j in e.config["judges"] for key in ALWAYS_OF_JUDGES]
    reads = [*sorted(brought.values()), *others]
    yield Stage("data", reads, "data", ["datasets", *sides], own, again)


def model_stages(e: Experiment) -> Iterator[Stage]:
    """Groups and models, samples, scores."""
    suites, judges = e.config["suites"].values(), e.config["judges"].values()
    given = sorted({s["groups_file"] for s in suites if s["groups_file"]})
    weights = sorted({j["weights"] for j in judges if j["weights"]})
    class_lists = sorted({j["classes"] for j in judges if isinstance(j["classes"], str)})
    packed = packed_folders(e)
    # A judge that groups classes, or by which G learns, may be trained on other data than models.
    judged_by = any(s["grouping"] in BY_FEATURES for s in suites)
    judged_by = judged_by or any(e.frozen_judge(s) for s in e.suites)
    read = packed if judged_by else sorted({e.packed(s) for s in e.suites})
    yield Stage(
        "models",
        [*read, *given, *(weights if judged_by else [])],
        "models",
        ["seed", "suites", *(["judges"] if judged_by else [])],
        below(e, "groups", "models"),
    )
    yield Stage("samples", below(e, "models"), "models", ["suites"], below(e, "samples"))
    yield Stage(
        "scores",
        [*packed, *weights, *class_lists, *below(e, "groups", "models", "samples")],
        "models",
        ["seed", "datasets", "suites", "judges", "roles", "scores"],
        [*judged(e), *below(e, "scores")],
    )


def result_stages(e: Experiment) -> Iterator[Stage]:
    """Tables, the album, figures, the report."""
    made = below(e, "groups", "models", "samples", "scores")
    yield Stage(
        "tables",
        [*packed_folders(e), *e.archives, *judged(e), *made],
        "tables",
        ["datasets", "suites", "roles", "scores", "report"],
        below(e, "tables"),
    )
    if e.albums:
        data = sorted({e.packed(str(w.suite)) for w in e.albums})
        yield Stage(
            "album_full_size",
            [*data, *below(e, "groups", "samples", "tables")],
            "tables",
            ["suites", "roles", "report"],
            below(e, "album"),
        )
    yield Stage(
        "figures",
        [*below(e, "tables"), "notebooks"],
        "figures",
        ["datasets", "suites", "roles", "scores"],
        below(e, "figures"),
    )
    yield Stage(
        "report", below(e, "figures", "tables", "models"), "figures", None, below(e, "report")
    )


def columns(named: str | list[str]) -> str | list[str]:
    """A copy of a list, since YAML would write the same one as a reference."""
    return named if isinstance(named, str) else list(named)


def plots(e: Experiment, up: str) -> list[dict[str, Any]]:
    """Curves for `dvc plots`: a table, or the log of a suite's first model, and which columns lie
    on its axes.
    """
    drawn = [(e.table(w), TABLES[w.name].plot) for w in e.tables]
    for suite in e.suites:
        log = e.model(suite).format(model=e.model_ids(suite)[0]) + "/training.csv"
        drawn.append((log, ("step", list(LOSSES))))
    return [{f"{up}{file}": {"x": plot[0], "y": columns(plot[1])}} for file, plot in drawn if plot]


def write(config: Config, config_file: Path, root: Path) -> Path:
    """Write the dvc.yaml of an experiment and return its path. Raises UserError for a config
    outside the project, which DVC could not follow.
    """
    if config_file.is_absolute() or not (root / config_file).is_file():
        raise UserError(
            f"{config_file}: name the config by its path from the project's root, as "
            f"config/own.yaml"
        )
    file = place(config["experiment"])
    other = written_from(root / file)
    if other not in (None, str(config_file)) and (root / str(other)).is_file():
        raise UserError(
            f"{file} is the pipeline of {other}, whose experiment is called {config['experiment']} "
            f"too: give that of {config_file} a name of its own"
        )
    up = "../" * (len(file.parts) - 1)
    base = base_of(root / config_file)
    below = base and base.relative_to(root)
    found = dict(stages(config, config_file, below, taken_data(root, file)))
    if up:
        found = {name: {"wdir": up.rstrip("/"), **stage} for name, stage in found.items()}
    run = "`dvc repro` runs it." if not up else f"`dvc repro {file}` runs it."
    text = yaml.safe_dump(
        {"stages": found, "plots": plots(Experiment(config), up)}, sort_keys=False, width=120
    )
    if "${" in text:
        raise UserError(
            f"{config_file}: its name, or a path in it, holds ${{, which DVC takes for a variable; "
            f"rename it"
        )
    given = shlex.quote(str(config_file))
    write_text(root / file, HEAD.format(config=given, run=run) + text)
    return file
