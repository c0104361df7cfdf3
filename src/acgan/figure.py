"""Run one notebook: `acgan figure --notebook notebooks/figure_04.py --config C --tables T --out
figures/figure_04`.

The notebook is a percent-format script (git sees plain Python); here it becomes a notebook, is
executed by papermill with its parameters filled in, and is rendered as HTML. The figure and its
data are what the notebook itself saves.
"""

import os
import re
import tempfile
from pathlib import Path
from typing import Any

from acgan.errors import UserError
from acgan.files import write_text

PRODUCTS = ("figure.svg", "figure.png", "figure.pdf", "data.csv", "item.json")  # of the notebook
FILES = (*PRODUCTS, "notebook.ipynb", "notebook.html")


def draw(notebook: Path, config: Path, tables: Path, out: Path) -> None:
    """Execute `notebook` into `out`. Raises UserError with the failing cell's error, keeping the
    executed notebook.
    """
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    import jupytext
    import nbformat
    import papermill
    from nbconvert import HTMLExporter

    out.mkdir(parents=True, exist_ok=True)
    # Seen from where the notebook lies, so that it is the same in every clone.
    parameters = {
        "config": os.path.relpath(config, out),
        "tables": os.path.relpath(tables, out),
        "out": ".",
    }
    executed = out / "notebook.ipynb"
    with tempfile.TemporaryDirectory(prefix=".notebook-", dir=out) as scratch:
        source = Path(scratch) / f"{notebook.stem}.ipynb"
        nbformat.write(jupytext.read(notebook), source)
        try:
            page = papermill.execute_notebook(
                source, executed, parameters, kernel_name="python3", progress_bar=False, cwd=out
            )
        except papermill.PapermillExecutionError as error:
            raise UserError(
                f"{notebook}: {error.ename}: {error.evalue} (cell {error.exec_count}; as far as it came: {executed})"
            ) from None
    missing = [name for name in PRODUCTS if not (out / name).exists()]
    if missing:
        raise UserError(
            f"{notebook} ran but did not make {', '.join(missing)}; its last cell must call item.finish(...)"
        )
    forget_the_run(page)
    write_text(executed, nbformat.writes(page))
    body, _ = HTMLExporter(template_name="lab").from_notebook_node(page)
    write_text(out / "notebook.html", body)


def forget_the_run(notebook: Any) -> None:
    """Take out what differs from run to run (times, random names, addresses in memory), so that a figure
    drawn again of the same tables is the same in every file.
    """
    notebook.metadata.pop("papermill", None)
    for i, cell in enumerate(notebook.cells):
        # How an item that has nothing to draw ends its notebook is no error to be shown.
        if any(o.get("ename") == "SystemExit" for o in cell.get("outputs", ())):
            cell.outputs = []
        cell.id = f"cell-{i}"
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", ()):
            text = output.get("data", {}).get("text/plain")
            if text:
                output["data"]["text/plain"] = re.sub(r" at 0x[0-9a-f]+", "", text)
