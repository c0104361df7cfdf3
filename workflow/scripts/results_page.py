"""What docs/results.md says of config/systems.yaml, made from its results: the table, the pictures.

snakemake --configfile config/systems.yaml && python workflow/scripts/results_page.py
"""

import math
import shutil
import sys
from pathlib import Path

import pandas as pd

from acgan.io.errors import UserError
from acgan.io.files import write_text
from acgan.io.words import number

ROOT = Path(__file__).parents[2]
FIGURES, PAGE = ROOT / "results/systems/figures", ROOT / "docs/results.md"
PICTURES = {"systems": "results_systems.png", "ablation": "results_ablation.png"}
BEGIN = "<!-- by python workflow/scripts/results_page.py, from results/systems -->"
END = "<!-- end -->"
COLUMNS = {
    "accuracy": "named as asked for",
    "missing": "missing classes",
    "judged_ms_ssim": "MS-SSIM, judged",
    "class_score": "class score",
    "best_class_score": "at its best moment",
    "distance": "feature distance",
}


def cell(row: pd.Series, measure: str) -> str:
    """A mean over restarts; in brackets, accuracy by the class that a code was matched to."""
    if measure == "accuracy" and pd.isna(row["accuracy"]):
        code = row.get("code_accuracy", math.nan)
        return f"({number(code, 'fraction')})" if pd.notna(code) else "–"
    return number(row[measure], "fraction" if measure == "accuracy" else "")


def markdown(head: list[str], rows: list[list[str]]) -> str:
    """A table."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, ["---"] * len(head), *rows])


def table(data: pd.DataFrame) -> str:
    """A line for each system."""
    head = ["system", *COLUMNS.values(), "minus AC-GAN's class score", "p (Holm)", "collapsed"]
    rows = []
    for _, row in data.iterrows():
        difference = "–"
        if pd.notna(row["class_score_difference"]):
            low, high = (number(row[f"class_score_{end}"]) for end in ("low", "high"))
            difference = f"{number(row['class_score_difference'])} ({low} to {high})"
        p = "–" if pd.isna(row["p_holm"]) else f"{row['p_holm']:.2g}"
        lost = f"{row['collapsed']:.0f} of {row['restarts']}"
        lost += f", {row['diverged']:.0f} diverged" if row["diverged"] else ""
        rows.append([row["system"], *(cell(row, m) for m in COLUMNS), difference, p, lost])
    return markdown(head, rows)


def put(begin: str, text: str) -> None:
    """Write between the line `begin` of docs/results.md and the next END."""
    page = PAGE.read_text(encoding="utf-8")
    if begin not in page or END not in page.partition(begin)[2]:
        raise UserError(f"{PAGE.name} has no lines {begin} and {END}")
    before, _, rest = page.partition(begin)
    write_text(PAGE, f"{before}{begin}\n{text}\n{END}{rest.partition(END)[2]}")


def main() -> int:
    data = FIGURES / "systems/data.csv"
    if not data.is_file():
        print(
            f"there is no {data.relative_to(ROOT)}: snakemake --configfile config/systems.yaml",
            file=sys.stderr,
        )
        return 1
    put(BEGIN, table(pd.read_csv(data)))
    for item, picture in PICTURES.items():
        shutil.copyfile(FIGURES / item / "figure.png", PAGE.parent / picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
