"""What training cost: one row per model, the curves beside it, and whether today's code made it."""

from pathlib import Path
from typing import Any

import pandas as pd

from acgan.config import resolve
from acgan.config.resolve import Config
from acgan.config.spec import completed
from acgan.declarations.roles import ROLES, roles_of
from acgan.io.files import read_csv, read_json
from acgan.io.words import counted, setting
from acgan.report.collapse import read_table
from acgan.report.curves import own_columns, training_curves
from acgan.training import provenance


def suites(config: Config, results: Path, folder: Path) -> list[dict[str, Any]]:
    """The suites with their models; draws curves/<suite>/<model>.svg. Raises UserError when a
    model is not there.
    """
    return [suite(config, name, results, folder) for name in config["suites"]]


def suite(config: Config, name: str, results: Path, folder: Path) -> dict[str, Any]:
    chosen = config["suites"][name]
    training = read_table(results, "training", name)
    curves = (
        {} if training is None else {str(m): wide(rows) for m, rows in training.groupby("model")}
    )
    rows = []
    for model in resolve.models(config, name):
        row = model_row(results / "models" / name / model.id, name, model)
        if model.id in curves:
            row["curve"] = f"curves/{name}/{model.id}.svg"
            (folder / row["curve"]).parent.mkdir(parents=True, exist_ok=True)
            (folder / row["curve"]).write_text(
                training_curves(curves[model.id], row["id"]), encoding="utf-8"
            )
        rows.append(row)
    return {
        "name": name,
        "dataset": chosen["dataset"],
        "side": chosen["side"],
        "classes": setting(chosen["classes_per_model"]),
        "samples": chosen["samples_per_class"],
        "judge": chosen["judge"],
        "roles": [ROLES[role].about for role in roles_of(config, name)],
        "seconds": sum(r["seconds"] for r in rows),
        "settings": list(chosen["grid"]),
        "columns": list(dict.fromkeys(c for rows in curves.values() for c in own_columns(rows))),
        "models": rows,
    }


def wide(rows: pd.DataFrame) -> pd.DataFrame:
    """A model's rows of tables/<suite>/training.csv as it logged them: a column for each term."""
    terms = list(dict.fromkeys(rows["term"]))
    return rows.pivot(index="step", columns="term", values="value")[terms].reset_index()


def model_row(folder: Path, suite_name: str, model: resolve.Model) -> dict[str, Any]:
    """Cost and origin of one model, from its timing.csv and provenance.json."""
    timing = {name: float(value) for name, value in read_csv(folder / "timing.csv")[0].items()}
    made = read_json(folder / "provenance.json")
    spec = completed(made["spec"])
    return {
        "id": f"{suite_name}/{model.id}",
        "model": model.id,
        "classes": model.classes,
        "settings": [setting(v) for v in model.settings.values()],
        **timing,
        "device": made["device"],
        "threads": spec["training"]["threads"],
        "precision": made["engine"]["precision"],
        "diverged": made.get("diverged"),  # step, losses and the step of the last good checkpoint
        "seed": spec["seed"],
        "code": made["code_sha256"],
        "other_code": not provenance.is_current(made["code_sha256"], system_of(spec)),
        "versions": made["versions"],
        "hardware": made["hardware"],
        "curve": None,
    }


def origin(config: Config, all_suites: list[dict[str, Any]]) -> dict[str, Any]:
    """Who, what and where of the whole run, for the page's foot and summary.json."""
    rows = [row for s in all_suites for row in s["models"]]
    here = provenance.versions()
    packages = {
        name: sorted({r["versions"][name] for r in rows if name in r["versions"]}) for name in here
    }
    return {
        "commit": provenance.commit(),
        "seed": config["seed"],
        "versions": [(name, here[name], packages[name]) for name in here],
        "hardware": distinct(machine(r["hardware"]) for r in rows),
        "here": machine(provenance.hardware()),
        "devices": distinct(r["device"] for r in rows),
        "threads": distinct(str(r["threads"]) for r in rows),
        "precision": distinct(r["precision"] for r in rows),
        "code": distinct(provenance.code_hash(s) for s in systems(config)),
    }


def system_of(spec: dict[str, Any]) -> str:
    return spec["objective"]["system"]


def systems(config: Config) -> list[str]:
    """The systems that some suite trains."""
    return distinct(system_of(suite) for suite in config["suites"].values())


def machine(hardware: dict[str, Any]) -> str:
    parts = [hardware["cpu"], counted(hardware["cores"], "core")] + (
        [hardware["gpu"]] if "gpu" in hardware else []
    )
    return ", ".join(parts)


def distinct(values: Any) -> list[str]:
    """Each value once, in order of appearance."""
    return list(dict.fromkeys(values))
