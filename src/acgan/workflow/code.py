"""Which of our files a stage follows from: what a change of our own code makes again, in Snakemake
and in DVC alike (docs/reproducibility.md).

It follows from the stage's package and from what its tables, sheets and metrics declare. io/ counts
in none. Training, packing and judges are expensive or upstream of it, so their code is in no list.
"""

from collections.abc import Iterable
from pathlib import Path

from acgan.scores import METRICS
from acgan.tables import SHEETS, TABLES

PACKAGE = Path(__file__).parents[1]
# Names of subcommands and their arguments; and the list of samples, which changes none.
APART = ("commands.py", "listing.py")
# Metrics that notebooks ask themselves.
OF_NOTEBOOKS = tuple(f"metrics/{name}.py" for name in ("statistics", "inference", "survival"))


def files_of(package: str) -> list[str]:
    """The files of a package, from the folder of all packages."""
    files = sorted((PACKAGE / package).glob("[!.]*.*"))
    return [f.relative_to(PACKAGE).as_posix() for f in files if f.name not in APART]


def of_samples() -> list[str]:
    return files_of("samples")


def of_scores(metrics: Iterable[str]) -> list[str]:
    """Of some metrics: what they share, their own modules, and what they declare."""
    shared = [f"scores/{name}.py" for name in ("base", "images", "write")]
    own = [f for m in metrics for f in (f"scores/{m}.py", *METRICS[m].code)]
    return list(dict.fromkeys([*shared, *own]))


def of_table(name: str) -> list[str]:
    table = TABLES[name]
    return ["tables/registry.py", "tables/reading.py", table.module, *table.code]


def of_sheet(name: str) -> list[str]:
    return ["tables/sheets.py", SHEETS[name].module, *SHEETS[name].code]


def of_figures() -> list[str]:
    return [*files_of("figures"), *OF_NOTEBOOKS]


def of_report() -> list[str]:
    return files_of("report")


def of_stage(stage: str) -> list[str]:
    """All of a stage, as DVC asks for it: packages as folders, and what is declared beside them."""
    if stage == "samples":
        return ["samples"]
    # A change of how samples are drawn asks for these, and they for what is made of them.
    apart = ("samples/", "scores/")
    if stage == "scores":
        named = dict.fromkeys(f for m in METRICS.values() for f in m.code)
        return ["scores", *(f for f in named if not f.startswith(apart))]
    if stage == "tables":
        more = [f for declared in (TABLES, SHEETS) for t in declared.values() for f in t.code]
        return ["tables", *(f for f in dict.fromkeys(more) if not f.startswith(apart))]
    if stage == "album_full_size":
        return of_sheet("album_full_size")
    if stage == "figures":
        return ["figures", *OF_NOTEBOOKS]
    return ["report"] if stage == "report" else []
