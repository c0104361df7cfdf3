"""An experiment as a DVC pipeline: `acgan config pipeline --config config/own.yaml` writes
pipelines/own/dvc.yaml (the demo's is dvc.yaml, at the root).

Every stage is one Snakemake target, so Snakemake decides what a stage really does; DVC decides which
stages are asked, keeps what they made and tells it apart by content. `persist` on every output:
without it DVC removes them before the command, and Snakemake makes again only what something
unfinished asks for.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from acgan.config.resolve import BY_FEATURES, OWN_CLASSES, Config
from acgan.data.check import used_datasets
from acgan.errors import UserError
from acgan.files import write_text
from acgan.items import items_of
from acgan.stages import CODE

DEMO = "demo"  # what a bare `dvc repro` runs
HEAD = """# Written by `acgan config pipeline --config {config}`; again after adding a data set, suite or judge.
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


def persistent(*paths: str) -> list[dict[str, Any]]:
    return [{path: {"persist": True}} for path in paths]


def taken_datasets(root: Path, but: Path) -> set[str]:
    """The data sets that the pipelines under `root`, but for the file `but`, already make."""
    found = set()
    for file in pipelines(root):
        if file != root / but:
            stages = (yaml.safe_load(file.read_text(encoding="utf-8")) or {}).get("stages", {})
            outs = [path for out in stages.get("data", {}).get("outs", ()) for path in out]
            found |= {Path(path).name for path in outs}
    return found


def stages(
    config: Config, config_file: Path, taken: set[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each stage with its command, what it depends on and what it makes; paths from the root.

    Two stages cannot make one data set, so those `taken` by another experiment's pipeline are made
    there.
    """
    results = f"results/{config['experiment']}"
    resolved = f"{results}/config.json"
    suites, judges = config["suites"], config["judges"]
    of_suites = sorted({f"data/{s['dataset']}" for s in suites.values()})
    of_high = [f"data/{suites[high]['dataset']}"] if (high := config["figures"]["high"]) else []
    used = [f"data/{d}" for d in used_datasets(config)]
    sides = [f"suites.{s}.{key}" for s in suites for key in ("dataset", "side")]
    sides += [f"judges.{j}.{key}" for j in judges for key in ("train", "test", "side")]
    given = sorted({s["groups_file"] for s in suites.values() if s["groups_file"]})
    weights = sorted({j["weights"] for j in judges.values() if j["weights"]})
    class_lists = sorted({j["classes"] for j in judges.values() if isinstance(j["classes"], str)})
    judged = [f"{results}/judges"] if any(j["test"] for j in judges.values()) else []
    by_features = any(s["grouping"] in BY_FEATURES for s in suites.values())
    brought = {d: str(config["datasets"][d]["path"]) for d in used_datasets(config)
               if config["datasets"][d]["source"] in OWN_CLASSES and d not in taken}  # fmt: skip

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
            "cmd": ["python workflow/scripts/unlock.py", f"snakemake {name} --configfile {config_file}{options}"],
            "deps": [*deps, *code, "workflow/rules/common.smk", f"workflow/rules/{rules}.smk"],
            "params": [{resolved: params}],
            "outs": persistent(*outs),
        }  # fmt: skip

    yield (
        "config",
        {
            "cmd": f"acgan config resolve {config_file} --out {resolved}",
            "deps": [f"src/acgan/config/{m}.py" for m in ("loading", "model", "resolve")],
            "params": [{str(config_file): None}],
            "outs": [{resolved: {"cache": False, "persist": True}}],
        },
    )
    own = [d for d in used if Path(d).name not in taken]
    if own:
        # Snakemake does not look into a folder of pictures again by itself.
        again = "".join(f" data/{d}/archives.csv" for d in brought)
        yield "data", stage("data", sorted(brought.values()), "data", ["datasets", *sides], *own,
                            options=f" --forcerun{again}" if again else "")  # fmt: skip
    yield "models", stage("models", [*of_suites, *given, *(weights if by_features else [])], "models",
                          ["seed", "suites", *(["judges"] if by_features else [])],
                          f"{results}/groups", f"{results}/models")  # fmt: skip
    yield (
        "samples",
        stage("samples", [f"{results}/models"], "models", ["suites"], f"{results}/samples"),
    )
    yield "scores", stage("scores", [*used, *weights, *class_lists,
                                      *(f"{results}/{f}" for f in ("groups", "models", "samples"))],
                          "models", ["seed", "suites", "judges", "figures", "scores"],
                          *judged, f"{results}/scores")  # fmt: skip
    yield "tables", stage(
        "tables", [*used, *judged, *(f"{results}/{f}" for f in ("groups", "models", "samples", "scores"))],
        "tables", ["datasets", "suites", "figures", "scores", "report"], f"{results}/tables")  # fmt: skip
    if of_high:
        yield "album_full_size", stage(
            "album_full_size", [*of_high, f"{results}/groups", f"{results}/samples"], "tables", ["suites", "figures"],
            f"{results}/album")  # fmt: skip
    yield "figures", stage("figures", [f"{results}/tables", "notebooks"], "figures",
                           ["datasets", "suites", "figures", "scores"], f"{results}/figures")  # fmt: skip
    report = stage("report", [f"{results}/{f}" for f in ("figures", "tables", "models")], "figures", None,
                   f"{results}/report")  # fmt: skip
    metrics = {f"{results}/metrics.json": {"cache": False, "persist": True}}
    yield "report", {**report, "metrics": [metrics]}


def write(config: Config, config_file: Path, root: Path) -> Path:
    """Write the dvc.yaml of an experiment and return its path. Raises UserError for a config outside
    the project, which DVC could not follow.
    """
    if config_file.is_absolute() or not (root / config_file).is_file():
        raise UserError(
            f"{config_file}: name the config by its path from the project's root, as config/own.yaml"
        )
    file = place(config["experiment"])
    up = "../" * (len(file.parts) - 1)
    found = dict(stages(config, config_file, taken_datasets(root, file)))
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
    write_text(root / file, HEAD.format(config=config_file, run=run) + text)
    return file
