"""What training cost: one row per model, the curves beside it, and whether today's code made it."""

from pathlib import Path
from typing import Any

import pandas as pd

from acgan.config import resolve
from acgan.config.resolve import Config
from acgan.io.files import read_csv, read_json
from acgan.io.frames import read_frame
from acgan.io.words import counted, setting
from acgan.report.curves import training_curves
from acgan.report.words import PARTS
from acgan.training import provenance


def suites(config: Config, results: Path, folder: Path) -> list[dict[str, Any]]:
    """The suites with their models; draws curves/<suite>/<model>.svg. Raises UserError when a
    model is not there.
    """
    table = results / "tables" / "training.csv"
    training = read_frame(table) if table.is_file() else pd.DataFrame(columns=["suite", "model"])
    curves = dict(tuple(training.groupby(["suite", "model"]))) if len(training) else {}
    return [suite(config, name, results, folder, curves) for name in config["suites"]]


def suite(
    config: Config, name: str, results: Path, folder: Path, curves: dict[Any, pd.DataFrame]
) -> dict[str, Any]:
    chosen = config["suites"][name]
    rows = []
    for model in resolve.models(config, name):
        row = model_row(results / "models" / name / model.id, name, model)
        if (name, model.id) in curves:
            row["curve"] = f"curves/{name}/{model.id}.svg"
            (folder / row["curve"]).parent.mkdir(parents=True, exist_ok=True)
            (folder / row["curve"]).write_text(
                training_curves(curves[name, model.id], row["id"]), encoding="utf-8"
            )
        rows.append(row)
    return {
        "name": name,
        "dataset": chosen["dataset"],
        "side": chosen["side"],
        "classes": setting(chosen["classes_per_model"]),
        "samples": chosen["samples_per_class"],
        "judge": chosen["judge"],
        "parts": [PARTS[p] for p, s in config["figures"].items() if s == name],
        "seconds": sum(r["seconds"] for r in rows),
        "settings": list(chosen["grid"]),
        "models": rows,
    }


def model_row(folder: Path, suite_name: str, model: resolve.Model) -> dict[str, Any]:
    """Cost and origin of one model, from its timing.csv and provenance.json."""
    timing = {name: float(value) for name, value in read_csv(folder / "timing.csv")[0].items()}
    made = read_json(folder / "provenance.json")
    training = made["spec"]["training"]
    return {
        "id": f"{suite_name}/{model.id}",
        "model": model.id,
        "classes": model.classes,
        "settings": [setting(v) for v in model.settings.values()],
        **timing,
        "device": made["device"],
        "threads": training["threads"],
        "precision": made["engine"]["precision"],
        "diverged": made.get("diverged"),  # step, losses and the step of the last good checkpoint
        "seed": made["spec"]["seed"],
        "code": made["code_sha256"],
        "other_code": made["code_sha256"] != provenance.code_hash(),
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
        "code": provenance.code_hash(),
    }


def machine(hardware: dict[str, Any]) -> str:
    parts = [hardware["cpu"], counted(hardware["cores"], "core")] + (
        [hardware["gpu"]] if "gpu" in hardware else []
    )
    return ", ".join(parts)


def distinct(values: Any) -> list[str]:
    """Each value once, in order of appearance."""
    return list(dict.fromkeys(values))
