"""The explorer and the pages of classes and models, beside the report's page."""

import shutil
from pathlib import Path
from typing import Any

from acgan.config.resolve import Config
from acgan.io.files import write_text
from acgan.report import explore_data, explore_plots

HERE = Path(__file__).parent
PAGES = ("explorer.html", "class.html", "model.html")
SCRIPTS = ("pages.js", "explorer.js", "class.js", "model.js")
WINDOW = 100  # rows of a table of classes that are there before anybody scrolls


def write(
    config: Config,
    results: Path,
    folder: Path,
    collapse: list[dict[str, Any]],
    suites: list[dict[str, Any]],
    all_samples: dict[str, dict[str, str]],
) -> list[str]:
    """Write the pages into the report's folder; the suites whose classes can be explored, of which
    there may be none.
    """
    shown = explore_data.write(config, results, folder, collapse, suites, all_samples)
    if not shown:
        return []
    for page in PAGES:
        shutil.copyfile(HERE / page, folder / page)
    place = folder / explore_data.FOLDER
    for name in SCRIPTS:
        shutil.copyfile(HERE / name, place / name)
    style = "".join(
        (HERE / name).read_text(encoding="utf-8") for name in ("style.css", "pages.css")
    )
    write_text(place / "pages.css", style)
    explore_plots.write(place)
    return shown
