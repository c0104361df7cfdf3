"""An item's notebook, run in this process: no kernel has to start."""

import re
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
from running import ROOT

from acgan.io.files import read_json, write_json


def draw(results: Path, item: str) -> Path:
    """Run an item's notebook here, as the script that it is; returns the figure's folder."""
    out = results / "figures" / item
    text = (ROOT / f"notebooks/paper/{item}.py").read_text()
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
