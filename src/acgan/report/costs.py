"""What training cost, by suite and by figure, and the speed-ups that it took."""

from pathlib import Path
from typing import Any

from acgan.config.resolve import Config
from acgan.declarations.items import items_of
from acgan.io.files import read_json
from acgan.tables.wanted import suites_of
from acgan.training.choice import FILE, speedups_of


def of_suites(config: Config, suites: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A row for each suite: hours of what it ran on, and the means and the peak of its models."""
    return [of_suite(config["suites"][s["name"]]["models_per_job"], s) for s in suites]


def of_suite(models_per_job: int, suite: dict[str, Any]) -> dict[str, Any]:
    """Models that share a GPU take its hours once; of a processor, cores are counted."""
    models = suite["models"]
    on_gpu = any(m["device"].startswith("cuda") for m in models)
    each = [
        m["seconds"] / models_per_job if on_gpu else m["seconds"] * m["threads"] for m in models
    ]
    return {
        "name": suite["name"],
        "models": len(models),
        "unit": "GPU" if on_gpu else "core",
        "hours": sum(each) / 3600,
        "hours_a_model": sum(each) / len(models) / 3600,
        "images_per_second": sum(m["images_per_second"] for m in models) / len(models),
        "seconds_per_kimg": sum(m["seconds_per_kimg"] for m in models) / len(models),
        "peak_memory_mb": max(m["peak_memory_mb"] for m in models),
    }


def of_items(config: Config, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A row for each figure and table: the hours of the models that it shows."""
    found = []
    for name, item in items_of(config).items():
        own = [row for row in rows if row["name"] in suites_of(config, item)]
        hours = {
            unit: sum(r["hours"] for r in own if r["unit"] == unit) for unit in ("GPU", "core")
        }
        found.append(
            {
                "name": name,
                "models": sum(row["models"] for row in own),
                "hours": {unit: value for unit, value in hours.items() if value},
            }
        )
    return found


def speedups(results: Path) -> list[dict[str, str]]:
    """What results/<experiment>/speedups.json fixed, by device and kind of model."""
    file = results / FILE
    if not file.is_file():
        return []
    return [
        {"device": device, "kind": kind, "taken": str(speedups_of(row)), "why": row["why"]}
        for device, kinds in read_json(file).items()
        for kind, row in kinds.items()
    ]
