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
from typing import Any

import yaml

from acgan.config.resolve import BY_FEATURES, Config
from acgan.data.sources import is_in_package, source_of
from acgan.figures.catalogue import items_of
from acgan.io.errors import UserError
from acgan.io.files import write_text
from acgan.workflow.preflight import sides_of, used_datasets
from acgan.workflow.stages import CODE

DEMO = "demo"  # what a bare `dvc repro` runs
HEAD = """# Written by `acgan config pipeline --config {config}`;
# write it again after adding a data set, suite or judge.
# {run}
"""
# Curves for `dvc plots`: a table, and which columns lie on its axes.
PLOTS = {
    "trajectory": ("step", "ms_ssim"),
    "accuracy_by_resolution": ("side", "accuracy"),
    "training": ("step", ["generator_loss", "discriminator_loss"]),
}


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


def stages(
    config: Config, config_file: Path, taken: set[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each stage with its command, what it depends on and what it makes; paths from the root.

    Two stages cannot make one file, so what of the data is `taken` by another experiment's pipeline
    is made there.
    """
    results = f"results/{config['experiment']}"
    resolved = f"{results}/config.json"
    given_file = shlex.quote(str(config_file))
    suites, judges = config["suites"], config["judges"]
    data_of = {name: f"data/{s['dataset']}/{s['side']}" for name, s in suites.items()}
    high = config["figures"]["high"]
    packed = [f"data/{d}/{side}" for d in used_datasets(config) for side in sides_of(config, d)]
    archives = [
        f"data/{d}/archives.csv"
        for d in used_datasets(config)
        if not is_in_package(config["datasets"][d])
    ]
    sides = [f"suites.{s}.{key}" for s in suites for key in ("dataset", "side")]
    sides += [f"judges.{j}.{key}" for j in judges for key in ("train", "test", "side")]
    given = sorted({s["groups_file"] for s in suites.values() if s["groups_file"]})
    weights = sorted({j["weights"] for j in judges.values() if j["weights"]})
    class_lists = sorted({j["classes"] for j in judges.values() if isinstance(j["classes"], str)})
    judged = [f"{results}/judges"] if any(j["test"] for j in judges.values()) else []
    by_features = any(s["grouping"] in BY_FEATURES for s in suites.values())
    brought = {
        a: str(config["datasets"][d]["path"])
        for d in used_datasets(config)
        if source_of(config["datasets"][d]).is_own and (a := f"data/{d}/archives.csv") not in taken
    }

    def stage(
        name: str,
        deps: list[str],
        rules: str,
        params: list[str] | None,
        *outs: str,
        options: str = "",
    ) -> dict[str, Any]:
        code = [f"src/acgan/{module}" for module in CODE.get(name, ())]
        return {
            # the first takes away the lock of a Snakemake that was killed
            "cmd": [
                "python workflow/scripts/unlock.py",
                f"snakemake {name} --configfile {given_file}{options}",
            ],
            "deps": [*deps, *code, "workflow/rules/common.smk", f"workflow/rules/{rules}.smk"],
            "params": [{resolved: params}],
            "outs": persistent(*outs),
        }

    yield (
        "config",
        {
            "cmd": f"acgan config resolve {given_file} --out {resolved}",
            "deps": [f"src/acgan/config/{m}.py" for m in ("loading", "schema", "resolve")],
            "params": [{str(config_file): None}],
            "outs": [{resolved: {"cache": False, "persist": True}}],
        },
    )
    own = [path for path in (*packed, *archives) if path not in taken]
    if own:
        # Snakemake does not look into a folder of pictures again by itself.
        again = f" --forcerun {' '.join(brought)}" if brought else ""
        others = [path for path in archives if path in taken]
        yield (
            "data",
            stage(
                "data",
                [*sorted(brought.values()), *others],
                "data",
                ["datasets", *sides],
                *own,
                options=again,
            ),
        )
    # The judge whose features group may be trained on other data than the models.
    read = packed if by_features else sorted(set(data_of.values()))
    yield (
        "models",
        stage(
            "models",
            [*read, *given, *(weights if by_features else [])],
            "models",
            ["seed", "suites", *(["judges"] if by_features else [])],
            f"{results}/groups",
            f"{results}/models",
        ),
    )
    yield (
        "samples",
        stage("samples", [f"{results}/models"], "models", ["suites"], f"{results}/samples"),
    )
    yield (
        "scores",
        stage(
            "scores",
            [
                *packed,
                *weights,
                *class_lists,
                *(f"{results}/{f}" for f in ("groups", "models", "samples")),
            ],
            "models",
            ["seed", "suites", "judges", "figures", "scores"],
            *judged,
            f"{results}/scores",
        ),
    )
    yield (
        "tables",
        stage(
            "tables",
            [
                *packed,
                *archives,
                *judged,
                *(f"{results}/{f}" for f in ("groups", "models", "samples", "scores")),
            ],
            "tables",
            ["datasets", "suites", "figures", "scores", "report"],
            f"{results}/tables",
        ),
    )
    if high:
        yield (
            "album_full_size",
            stage(
                "album_full_size",
                [data_of[high], *(f"{results}/{f}" for f in ("groups", "samples", "tables"))],
                "tables",
                ["suites", "figures", "report"],
                f"{results}/album",
            ),
        )
    yield (
        "figures",
        stage(
            "figures",
            [f"{results}/tables", "notebooks"],
            "figures",
            ["datasets", "suites", "figures", "scores"],
            f"{results}/figures",
        ),
    )
    report = stage(
        "report",
        [f"{results}/{f}" for f in ("figures", "tables", "models")],
        "figures",
        None,
        f"{results}/report",
    )
    metrics = {f"{results}/metrics.json": {"cache": False, "persist": True}}
    yield "report", {**report, "metrics": [metrics]}


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
    found = dict(stages(config, config_file, taken_data(root, file)))
    if up:
        found = {name: {"wdir": up.rstrip("/"), **stage} for name, stage in found.items()}
    drawn = {table for item in items_of(config).values() for table in item.tables}
    plots = [
        {f"{up}results/{config['experiment']}/tables/{table}.csv": {"x": x, "y": y}}
        for table, (x, y) in PLOTS.items()
        if table in {"training", *drawn}
    ]
    run = "`dvc repro` runs it." if not up else f"`dvc repro {file}` runs it."
    text = yaml.safe_dump({"stages": found, "plots": plots}, sort_keys=False, width=120)
    if "${" in text:
        raise UserError(
            f"{config_file}: its name, or a path in it, holds ${{, which DVC takes for a variable; "
            f"rename it"
        )
    given = shlex.quote(str(config_file))
    write_text(root / file, HEAD.format(config=given, run=run) + text)
    return file
