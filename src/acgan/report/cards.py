"""One card per figure and table: picture, caption, numbers against the paper's, links, command."""

from pathlib import Path
from typing import Any

from PIL import Image

from acgan.config.resolve import Config
from acgan.declarations.items import ITEMS, Item, items_of
from acgan.declarations.roles import suites_in
from acgan.io.files import read_json
from acgan.io.words import number
from acgan.report.words import PAPER_SOURCES, label
from acgan.scores import METRICS
from acgan.tables import TABLES

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
    """(what, [(text, link)]) for the foot of a card.

    Source files that were not found are left out.
    """
    own = sources.get(f"notebooks/{item.part}/{name}.py")
    tables = [TABLES[t.rpartition("/")[2]] for t in item.tables]
    code = ["figures/drawing.py", "figures/compare.py", *dict.fromkeys(t.module for t in tables)]
    code += ["tables/pictures.py"] * bool(item.sheets)
    code += sorted({file for t in tables for m in t.scores for file in METRICS[m].code})
    paths = {"Rule": ["workflow/rules/figures.smk"], "Code": [f"src/acgan/{c}" for c in code]}
    paths["Systems"] = [f"src/acgan/systems/{system}.py" for system in item.systems]
    made = [
        (what, [(p.removeprefix("src/acgan/"), sources[p]) for p in wanted if p in sources])
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
    """The paper's items that this experiment has no suite for, with the roles that it lacks."""
    there = items_of(config)
    return [
        {
            "label": label(name),
            "title": item.title,
            "roles": [r for r in item.roles if not suites_in(config, r)],
        }
        for name, item in ITEMS.items()
        if name not in there
    ]
