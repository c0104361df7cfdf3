"""One card per figure and table: picture, caption, numbers against the paper's, links, command."""

from pathlib import Path
from typing import Any

from PIL import Image

from acgan.config.resolve import Config
from acgan.figures.catalogue import ITEMS, Item, items_of
from acgan.io.files import read_json
from acgan.io.words import number
from acgan.report.words import PAPER_SOURCES, label

METRIC_CODE = {
    "accuracy_by_resolution": "metrics/accuracy.py",
    "accuracy_by_class": "metrics/accuracy.py",
    "resolution_tests": "metrics/statistics.py",
    "ms_ssim_by_class": "metrics/ms_ssim.py",
    "trajectory": "metrics/ms_ssim.py",
    "sweep": "metrics/ms_ssim.py",
    "grid": "metrics/class_score.py",
    "neighbours": "metrics/neighbours.py",
}
NAMED_UNITS = ("MS-SSIM", "score", "r")  # the quantity's name says it already
# Shown on the first screen, where the experiment has them.
HEADLINES = (
    ("figure_02", "accuracy_128"),
    ("figure_04", "mean_samples"),
    ("figure_04", "below_threshold"),
    ("figure_06", "pearson_r"),
    ("table_cifar10", "best_score"),
)


def card(
    config: Config, name: str, item: Item, folder: Path, sources: dict[str, str]
) -> dict[str, Any]:
    """What the page shows of one item, from its copied folder figures/<name>/."""
    place = f"figures/{name}"
    about = read_json(folder / place / "item.json")
    with Image.open(folder / place / "figure.png") as picture:
        width, height = picture.size
    return {
        "id": name,
        "label": label(name),
        "title": about["title"],
        "caption": about["caption"],
        "place": place,
        "width": width,
        "height": height,
        "wide": width > 2.2 * height or width > 1000,
        "links": links(name, item, place, sources),
        "command": command(config, name),
        "quantities": [row(q) for q in about["quantities"]],
        "measured": about["quantities"],
    }


def links(
    name: str, item: Item, place: str, sources: dict[str, str]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """(what, [(text, link)]) for the foot of a card; source files that were not found are left
    out.
    """
    own = sources.get(f"notebooks/{name}.py")
    code = (
        ["figures/drawing.py", "figures/compare.py"]
        + ["tables/tables.py"] * bool(item.tables)
        + ["tables/sheets.py"] * bool(item.sheets)
    )
    code += sorted({METRIC_CODE[t] for t in item.tables if t in METRIC_CODE})
    paths = {"Rule": ["workflow/rules/figures.smk"], "Code": [f"src/acgan/{c}" for c in code]}
    made = [
        (what, [(Path(p).name, sources[p]) for p in wanted if p in sources])
        for what, wanted in paths.items()
    ]
    return [
        ("Picture", [(kind.upper(), f"{place}/figure.{kind}") for kind in ("svg", "png", "pdf")]),
        ("Data", [("data.csv", f"{place}/data.csv")]),
        (
            "Notebook",
            [("page", f"{place}/notebook.html"), ("notebook.ipynb", f"{place}/notebook.ipynb")]
            + ([("source", own)] if own else []),
        ),
        *((what, found) for what, found in made if found),
    ]


def command(config: Config, name: str) -> str:
    """The command that redraws an item; `demo` is the experiment that Snakemake runs unasked."""
    if config["experiment"] == "demo":
        return f"snakemake {name}"
    return f"snakemake {name} --configfile config/{config['experiment']}.yaml"


def row(quantity: dict[str, Any]) -> dict[str, Any]:
    """One quantity as text."""
    unit = quantity["unit"]
    interval = None
    if quantity["low"] is not None and quantity["high"] is not None:
        interval = f"{number(quantity['low'], unit)} to {number(quantity['high'], unit)}"
    spread = quantity["paper_plus_minus"]
    return {
        **quantity,
        "paper_text": number(quantity["paper"], unit),
        "paper_spread": None if spread is None else f"± {number(spread, unit)}",
        "paper_tags": ", ".join(quantity.get("paper_tags", [])),
        "paper_mark": PAPER_SOURCES.get(quantity["paper_source"]),
        "measured_text": number(quantity["measured"], unit),
        "interval": interval,
        "tolerance_text": number(quantity["tolerance"], unit),
        "unit_text": "" if unit.startswith("fraction") or unit in NAMED_UNITS else unit,
    }


def headlines(cards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The few quantities of the first screen, each with the card that holds it."""
    by_id = {
        (c["id"], q["id"]): {**q, "item": c["id"], "label": c["label"]}
        for c in cards
        for q in c["quantities"]
    }
    return [by_id[key] for key in HEADLINES if key in by_id]


def omitted(config: Config) -> list[dict[str, Any]]:
    """The paper's items that this experiment has no suite for, with the parts that it lacks."""
    there = items_of(config)
    return [
        {
            "label": label(name),
            "title": item.title,
            "parts": [p for p in item.needs if not config["figures"][p]],
        }
        for name, item in ITEMS.items()
        if name not in there
    ]
