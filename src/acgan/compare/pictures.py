"""Pictures side by side: the same item of each, and samples of the same class and seed."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from acgan.compare.differences import like
from acgan.compare.results import Results
from acgan.io.errors import UserError

CLASSES, SEEDS = 10, 8  # that are drawn


class Row(NamedTuple):
    """A title, and for each of the results a picture below the page, or why there is none."""

    title: str
    pictures: tuple[str | None, ...]
    why: tuple[str, ...]


def items(compared: Sequence[Results], out: Path) -> list[Row]:
    """The figure of each item that two at least have, copied to pictures/."""
    every = [
        {p.parent.name: p for p in sorted((r.folder / "figures").glob("*/figure.png"))}
        for r in compared
    ]
    names = [
        n for n in dict.fromkeys(n for one in every for n in one) if sum(n in e for e in every) > 1
    ]
    titles = {i["id"]: i["title"] for r in compared for i in r.summary.get("items", [])}
    rows = []
    for name in names:
        places: list[str | None] = []
        for number, one in enumerate(every):
            places.append(f"pictures/{name}_{number}.png" if name in one else None)
            if name in one:
                (out / "pictures").mkdir(parents=True, exist_ok=True)
                shutil.copyfile(one[name], out / str(places[-1]))
        rows.append(Row(titles.get(name, name), tuple(places), ("not drawn",) * len(every)))
    return rows


def samples(compared: Sequence[Results], out: Path) -> list[Row]:
    """Of each suite of the first a sheet by each of the results: a row for each of the first
    classes that all have, a column for each seed. Latents are the same where the nets take as many.
    """
    rows = []
    for suite in compared[0].config["suites"]:
        found = [(r, suite if r is compared[0] else like(compared[0], suite, r)) for r in compared]
        sheets: list[str | None] = []
        reasons = []
        shared = common_classes([(r, s) for r, s in found if s])
        for number, (results, own) in enumerate(found):
            image, why = (None, "no such suite") if own is None else drawn(results, own, shared)
            place = f"pictures/samples_{suite}_{number}.png" if image is not None else None
            if image is not None:
                (out / "pictures").mkdir(parents=True, exist_ok=True)
                Image.fromarray(image).save(out / str(place))
            sheets.append(place)
            reasons.append(why)
        if sum(sheet is not None for sheet in sheets) > 1:
            classes = f": {', '.join(shared)}" if shared else ""
            rows.append(Row(f"{suite}{classes}", tuple(sheets), tuple(reasons)))
    return rows


def common_classes(found: Sequence[tuple[Results, str]]) -> list[str]:
    """The ids of the first classes that all suites draw, in the order of the first."""
    ids = [list(owners(results, suite)) for results, suite in found]
    return [c for c in ids[0] if all(c in other for other in ids[1:])][:CLASSES]


def owners(results: Results, suite: str) -> dict[str, str]:
    """{class id: the first model that draws it} of the trained models of a suite."""
    from acgan.io.files import read_json

    found: dict[str, str] = {}
    for file in sorted((results.folder / "models" / suite).glob("*/provenance.json")):
        made = read_json(file)
        if file.with_name("weights.safetensors").is_file() and "diverged" not in made:
            for class_id in made.get("class_ids", []):
                found.setdefault(class_id, file.parent.name)
    return found


def drawn(results: Results, suite: str, classes: Sequence[str]) -> tuple[Any, str]:
    """A sheet uint8 (classes * side, SEEDS * side, 3), or None and why."""
    from acgan.take_away.generator import of_results

    by_class = owners(results, suite)
    if not by_class:
        return None, "its weights are not at hand"
    lines = []
    try:
        first = of_results(results.folder, f"{suite}/{next(iter(by_class.values()))}", "cpu")
        if first.given != "class":
            images = first.sample(None, range(SEEDS))
            lines = [np.concatenate(list(row), 1) for row in images[:CLASSES]]
        else:
            if not classes:
                return None, "no class in common"
            models = dict.fromkeys(by_class[c] for c in classes)
            generators = {m: of_results(results.folder, f"{suite}/{m}", "cpu") for m in models}
            for class_id in classes:
                of = generators[by_class[class_id]]
                lines.append(np.concatenate(list(of.sample([class_id], range(SEEDS))[0]), 1))
    except UserError as error:
        return None, str(error)
    return np.concatenate(lines), ""
