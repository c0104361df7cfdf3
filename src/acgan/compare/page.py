"""One page and one CSV: `acgan compare results/a results/b --out compare/`."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from acgan.compare import pictures
from acgan.compare.differences import Difference, changed, differences
from acgan.compare.results import Results
from acgan.compare.settings import settings
from acgan.io.errors import UserError
from acgan.io.files import read_csv, write_text
from acgan.io.words import counted, duration, number, p_value, setting
from acgan.report import build
from acgan.report.words import label

COLUMNS = (
    *("first", "second", "of", "quantity", "protocol", "unit", "value", "other_value"),
    *("difference", "low", "high", "p", "verdict"),
)


def compare(compared: Sequence[Results], out: Path) -> str:
    """Write `out`/index.html and `out`/differences.csv; says what differs in three lines. Raises
    UserError where `out` holds something else.
    """
    if out.is_file():
        raise UserError(f"{out} is a file; name a folder")
    if out.exists() and not (out / "differences.csv").is_file() and any(out.iterdir()):
        raise UserError(f"{out} is not empty; name another folder")
    found = [(other, differences(compared[0], other)) for other in compared[1:]]
    asked = settings(compared)
    with build.replacing_folder(out) as folder:
        page = {
            "compared": compared,
            "settings": asked,
            "pairs": found,
            "claims": claims(compared),
            "costs": costs(compared),
            "items": pictures.items(compared, folder),
            "samples": pictures.samples(compared, folder),
        }
        write_text(folder / "index.html", render(page))
        write_text(folder / "differences.csv", as_csv(compared[0], found))
    return "\n".join(said(compared[0], other, rows, len(asked)) for other, rows in found)


def said(first: Results, other: Results, rows: list[Difference], keys: int) -> str:
    """What differs, in a line or two."""
    tested = [r for r in rows if r.tested]
    more = [r for r in tested if r.verdict.startswith("more")]
    asked = counted(keys, "setting differs", "settings differ")
    lines = [
        f"{other.name} against {first.name}: {asked}; of "
        f"{counted(len(tested), 'difference')} with an interval {len(more)} are more than chance"
    ]
    for r in sorted(more, key=lambda r: r.tested.p if r.tested else 1)[:5]:
        lines.append(
            f"  {r.of}: {r.quantity}: {number(r.first, r.unit)} to {number(r.second, r.unit)}"
        )
    return "\n".join(lines)


def claims(compared: Sequence[Results]) -> list[dict[str, Any]]:
    """Each statement with its verdict in each of the results."""
    names = dict.fromkeys(name for r in compared for name in r.claims)
    return [
        {
            "statement": next(r.claims[name]["statement"] for r in compared if name in r.claims),
            "of": [r.claims.get(name) for r in compared],
        }
        for name in names
    ]


def costs(compared: Sequence[Results]) -> list[dict[str, Any]]:
    """What training took, where the models' timing is at hand."""
    rows = []
    for results in compared:
        files = sorted(results.folder.glob("models/*/*/timing.csv"))
        times = [read_csv(file)[0] for file in files]
        seconds = sum(float(t["seconds"]) for t in times)
        rate = [float(t["images_per_second"]) for t in times]
        rows.append(
            {
                "models": len(times),
                "seconds": seconds,
                "images_per_second": sum(rate) / len(rate) if rate else None,
                "peak_memory_mb": max((float(t["peak_memory_mb"]) for t in times), default=None),
            }
        )
    return rows


def as_csv(first: Results, found: Sequence[tuple[Results, list[Difference]]]) -> str:
    """Every difference, a row each."""
    handle = io.StringIO()
    writer = csv.writer(handle, lineterminator="\n")
    writer.writerow(COLUMNS)
    for other, rows in found:
        for r in rows:
            low, high = r.tested.interval if r.tested else (None, None)
            p = r.tested.p if r.tested else None
            values = r.first, r.second, r.difference, low, high, p
            about = first.name, other.name, r.of, r.quantity, r.protocol, r.unit
            writer.writerow([*about, *("" if v is None else v for v in values), r.verdict])
    return handle.getvalue()


def render(page: dict[str, Any]) -> str:
    """The page's HTML; all that came from data is escaped."""
    environment = build.templates(Path(__file__).parent)
    environment.filters |= {"number": number, "setting": setting, "duration": duration}
    environment.filters |= {"p_value": p_value, "label": label}
    style = Markup((Path(build.__file__).parent / "style.css").read_text(encoding="utf-8"))
    return environment.get_template("page.html.j2").render(style=style, counted=counted, **page)


def three_lines(before: dict[str, float], now: dict[str, float], folder: Path) -> str:
    """How a run's flat numbers differ from the committed ones."""
    rows = changed(before, now)
    both = [name for name in before if name in now]
    apart = sorted(set(before) ^ set(now))
    if not rows and not apart:
        return f"{folder}/metrics.json: all {counted(len(both), 'number')} are the committed ones"
    largest = "; ".join(f"{n} {number(a)} to {number(b)}" for n, a, b in rows[:3])
    lines = [
        f"{folder}/metrics.json: of {counted(len(both), 'committed number')} {len(rows)} differ"
        + (f", and {len(apart)} are in one of the two alone" if apart else ""),
        f"  most of all: {largest}" if rows else f"  {', '.join(apart[:3])}",
        "  another processor or another version gives other bits (docs/reproducibility.md); chance "
        "or not: acgan compare",
    ]
    return "\n".join(lines)
