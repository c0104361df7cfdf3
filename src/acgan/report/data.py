"""What the models were trained on and judged by: data sets, the files that they came in, and images
that could not be read, from tables/.
"""

from pathlib import Path
from typing import Any

import pandas as pd

from acgan.config.resolve import Config
from acgan.data.sources import SOURCES
from acgan.io.words import counted
from acgan.report.collapse import read_table

SHOWN = 200  # unreadable images on the page; the table has all


def datasets(config: Config, results: Path) -> list[dict[str, Any]]:
    """Every data set that a suite or judge reads, those of suites first."""
    table = read_table(results, "datasets")
    if table is None:
        return []
    trained = [s["dataset"] for s in config["suites"].values()]
    found = [described(str(name), rows) for name, rows in table.groupby("dataset", sort=False)]
    for dataset in found:
        dataset["trained"] = dataset["name"] in trained
    return sorted(found, key=lambda d: not d["trained"])


def described(name: str, rows: pd.DataFrame) -> dict[str, Any]:
    first = rows.iloc[0]
    files = [
        {
            "file": r.file,
            "bytes": int(r.bytes),
            "checksum": r.checksum,
            "published": r.published == "yes",
        }
        for r in rows.itertuples()
        if isinstance(r.file, str)
    ]
    source = SOURCES[first["source"]].title
    if SOURCES[first["source"]].is_own:
        source += f" {files[0]['file']}"
    elif any(not f["published"] for f in files):
        source += ", from other archives than the published ones"
    return {
        "name": name,
        "source": source,
        "split": first["split"],
        "classes": int(first["classes"]),
        "images": int(first["images"]),
        "sides": str(first["sides"]).split(),
        "unreadable": int(first["unreadable"]),
        "passed_over": int(first["passed_over"]),
        "passed_over_reasons": first["passed_over_reasons"],
        "files": files,
        "summary": (
            f"{counted(int(first['images']), 'image')} of "
            f"{counted(int(first['classes']), 'class', 'classes')}"
        ),
    }


def unreadable(results: Path) -> list[dict[str, str]]:
    """The first images that were left out."""
    table = read_table(results, "unreadable")
    if table is None:
        return []
    return table.head(SHOWN).astype(str).to_dict("records")
