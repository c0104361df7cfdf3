"""Tables made of scores and notebooks run in this process: no job and no kernel has to start."""

import re
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
from running import ROOT, TOY

from acgan.config import loading
from acgan.data import packed
from acgan.declarations.items import ITEMS, items_of
from acgan.io.files import read_json, write_json
from acgan.tables import TABLES
from acgan.tables.registry import Asked
from acgan.tables.sheets import Sources, write_sheet
from acgan.workflow.experiment import Experiment

OF_TOY = items_of(loading.load(TOY))


def made_tables(results: Path, config: dict, data: Path) -> None:
    """The tables and sheets of the scores that are there, as the rules make them."""
    names = {entry.id: entry.name for entry in packed.read_index(data)}
    e = Experiment(config)

    def here(path: str) -> Path:
        return results / Path(path).relative_to(e.results)

    for w in sorted(e.tables, key=lambda w: bool(TABLES[w.name].tables(config))):
        if w.suite or TABLES[w.name].tables(config):
            asked = Asked(config, w.suite, [here(p) for p in e.table_inputs(w)], names)
            here(e.table(w)).parent.mkdir(parents=True, exist_ok=True)
            TABLES[w.name].make(asked).to_csv(here(e.table(w)), index=False)
    for w in e.sheets:
        own = data.with_name(str(config["suites"][w.suite]["side"]))
        sources = Sources(config, w.suite, [here(p) for p in e.sheet_inputs(w)], own)
        out, *pictures = map(here, e.sheet(w))
        write_sheet(w.name, sources, out, pictures)


def draw(results: Path, item: str) -> Path:
    """Run an item's notebook here, as the script that it is; returns the figure's folder."""
    out = results / "figures" / item
    text = (ROOT / f"notebooks/{ITEMS[item].part}/{item}.py").read_text()
    for name, value in (
        ("config", results / "config.json"),
        ("tables", results / "tables"),
        ("out", out),
    ):
        text = re.sub(rf"^{name} = .*$", f"{name} = {str(value)!r}", text, count=1, flags=re.M)
    try:
        exec(compile(text, item, "exec"), {"__name__": item})
    except SystemExit as end:
        assert not end.code
    finally:
        plt.close("all")
    return out


def caption(item: str, results: Path, config: dict[str, Any]) -> str:
    """What a notebook writes below the figure that it draws of an experiment's tables."""
    write_json(results / "config.json", config)
    return read_json(draw(results, item) / "item.json")["caption"]
