"""Run one notebook: `acgan figure --notebook notebooks/paper/figure_04.py --config C --tables T
--out figures/figure_04 --failed logs/figure/figure_04.ipynb`.

The notebook is a percent-format script (git sees plain Python); here it becomes a notebook, is
executed by papermill with its parameters filled in, and is rendered as HTML. The figure and its
data are what the notebook itself saves.
"""

import contextlib
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from acgan.io.errors import UserError
from acgan.io.files import write_text

PRODUCTS = ("figure.svg", "figure.png", "figure.pdf", "data.csv", "item.json")  # of the notebook
FILES = (*PRODUCTS, "notebook.ipynb", "notebook.html")
TRACEBACK_LINES = 30  # of a failing notebook, in the log
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def draw(notebook: Path, config: Path, tables: Path, out: Path, failed: Path) -> None:
    """Execute `notebook` into `out`.

    Raises UserError for a notebook that fails or saves no figure: `out` then stays as it was, the
    notebook as far as it came is kept as `failed`, and the end of its traceback is printed.
    """
    use_own_jupyter()
    import jupytext
    import nbformat
    from nbconvert import HTMLExporter

    # Shown as seen from where the notebook lies, so that it is the same in every clone; it runs in
    # a scratch folder, and `out` may be a link to another disk.
    shown = {
        "config": os.path.relpath(config, out),
        "tables": os.path.relpath(tables, out),
        "out": ".",
    }
    given = {"config": str(config.resolve()), "tables": str(tables.resolve()), "out": "."}
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".notebook-", dir=out) as scratch:
        run, settings = (Path(scratch, part).absolute() for part in ("run", "settings"))
        run.mkdir()
        settings.mkdir()
        try:
            page = executed(jupytext.read(notebook), given, run, settings)
        except RuntimeError as error:
            failed.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(run / "notebook.ipynb", failed)
            raise UserError(f"{notebook}: {error} (as far as it came: {failed})") from None
        missing = [name for name in PRODUCTS if not (run / name).exists()]
        if missing:
            raise UserError(
                f"{notebook} ran but did not make {', '.join(missing)}; its last cell must call "
                f"item.finish(...)"
            )
        forget_the_run(page, shown)
        write_text(run / "notebook.ipynb", nbformat.writes(page))
        body, _ = HTMLExporter(template_name="lab").from_notebook_node(page)
        write_text(run / "notebook.html", body)
        for made in run.iterdir():
            os.replace(made, out / made.name)
    failed.unlink(missing_ok=True)


def use_own_jupyter() -> None:
    """Have kernels and pages' templates looked for in our own environment first."""
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    os.environ.pop("JUPYTER_PATH", None)
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"


def executed(notebook: Any, parameters: dict[str, str], folder: Path, settings: Path) -> Any:
    """The notebook with its outputs, run in `folder`, which gets notebook.ipynb cell by cell.

    What it said is printed. Raises RuntimeError for a cell that fails or a kernel that dies.
    """
    import papermill

    from acgan.figures.kernel import manager

    try:
        # Relative names: papermill would take braces in a folder's for a place to fill in.
        with contextlib.chdir(folder):
            page = papermill.execute_notebook(
                notebook,
                "notebook.ipynb",
                parameters,
                kernel_name="python3",
                language="python",
                progress_bar=False,
                start_timeout=300,
                kernel_manager_class=manager(settings),
            )
    except papermill.PapermillExecutionError as error:
        traceback = COLOURS.sub("", "\n".join(error.traceback)).splitlines()
        print("\n".join(traceback[-TRACEBACK_LINES:]))
        said = (error.evalue.splitlines() or [""])[0]
        raise RuntimeError(f"{error.ename}: {said}, in cell {error.exec_count}") from None
    for output in (o for cell in page.cells for o in cell.get("outputs", ())):
        print(output.get("text", ""), end="")
    return page


def forget_the_run(notebook: Any, parameters: dict[str, str]) -> None:
    """Take out what differs from run to run (times, random names, addresses in memory, paths), so
    that a figure drawn again of the same tables is the same in every file.
    """
    from papermill.translators import translate_parameters

    notebook.metadata.pop("papermill", None)
    for i, cell in enumerate(notebook.cells):
        # How an item that has nothing to draw ends its notebook is no error to be shown.
        if any(o.get("ename") == "SystemExit" for o in cell.get("outputs", ())):
            cell.outputs = []
        if "injected-parameters" in cell.metadata.get("tags", ()):
            cell.source = translate_parameters("python3", "python", parameters, "Parameters")
        cell.id = f"cell-{i}"
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", ()):
            text = output.get("data", {}).get("text/plain")
            if text:
                output["data"]["text/plain"] = re.sub(r" at 0x[0-9a-f]+", "", text)
