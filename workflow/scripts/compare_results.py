"""Results of two versions of this project, of one config: what is equal, and what differs.

    python workflow/scripts/compare_results.py ../before/results/demo results/demo

Weights, training logs and samples must be equal byte by byte; tables and what was drawn must have
the same rows. What may differ is printed: tables that lie by suite now, and old words for roles.
"""

import argparse
import sys
from pathlib import Path

import pandas as pd

BYTES = (
    "models/*/*/weights.safetensors",
    "models/*/*/training.csv",
    "models/*/*/trajectory.csv",
    "samples/*/*/*.npy",
    "groups/*.csv",
    "judges/*",
    "scores/**/*.csv",
)
RENAMED = {"sweep": "class_count", "grid": "search"}  # tables
DROPPED = ("role",)  # columns whose word the folder of the table says now


def rows(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    """The rows as text, sorted; columns by name."""
    frame = frame.drop(columns=[c for c in DROPPED if c in frame])
    return sorted(frame[sorted(frame)].itertuples(index=False, name=None))


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def bytes_differing(before: Path, after: Path) -> list[str]:
    """The files of both that are not the same, and those that only one has."""
    found = []
    for pattern in BYTES:
        names = {p.relative_to(root) for root in (before, after) for p in root.glob(pattern)}
        for name in sorted(names):
            a, b = before / name, after / name
            if not b.is_file():
                found.append(f"{name}: only before")
            elif not a.is_file():
                found.append(f"{name}: only after")
            elif a.read_bytes() != b.read_bytes():
                found.append(f"{name}: other bytes")
    return found


def tables_differing(before: Path, after: Path) -> list[str]:
    """Tables whose rows are not the same, all suites together."""
    found = []
    for old in sorted((before / "tables").glob("*.csv")):
        name = RENAMED.get(old.stem, old.stem)
        news = [p for p in (after / "tables" / f"{name}.csv",) if p.is_file()]
        news = news or sorted((after / "tables").glob(f"*/{name}.csv"))
        if not news:
            found.append(f"tables/{old.name}: gone")
            continue
        if news[0].parent.name != "tables" or name != old.stem:
            names = " and ".join(str(p.relative_to(after)) for p in news)
            print(f"allowed: tables/{old.name} is {names}")
        a, b = rows(read(old)), rows(pd.concat([read(p) for p in news]).fillna(""))
        if a != b:
            more = [r for r in b if r not in set(a)]
            less = [r for r in a if r not in set(b)]
            found.append(f"tables/{old.name}: {len(less)} rows less, {len(more)} more")
        dropped = [c for c in DROPPED if c in read(old)]
        if dropped:
            print(f"allowed: tables/{old.name} has no column {', '.join(dropped)} any more")
    return found


def drawn_differing(before: Path, after: Path) -> list[str]:
    """Items whose data.csv is not the same."""
    found = []
    for old in sorted((before / "figures").glob("*/data.csv")):
        new = after / "figures" / old.parent.name / "data.csv"
        if not new.is_file():
            found.append(f"figures/{old.parent.name}: gone")
        elif old.read_bytes() != new.read_bytes():
            same = rows(read(old)) == rows(read(new))
            text = "the same rows in another order" if same else "other rows"
            found.append(f"figures/{old.parent.name}/data.csv: {text}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    args = parser.parse_args()
    differing = []
    for what, compare in (
        ("weights, samples and scores", bytes_differing),
        ("tables", tables_differing),
        ("figures", drawn_differing),
    ):
        found = compare(args.before, args.after)
        print(f"{what}: {'equal' if not found else f'{len(found)} differ'}")
        for line in found:
            print(f"  {line}")
        differing += found
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
