"""Which classes have collapsed, and how well the judge knows real images: from tables/, class by
class.
"""

from pathlib import Path
from typing import Any

import pandas as pd

from acgan.config.resolve import Config
from acgan.figures.compare import share
from acgan.io.frames import read_frame
from acgan.io.words import counted, number

MIXED_UP = 5  # pairs of classes that are named


def read_table(results: Path, name: str, suite: str = "") -> pd.DataFrame | None:
    """A table of a suite, or of the whole experiment; None where it was not made."""
    path = results / "tables" / suite / f"{name}.csv"
    return read_frame(path) if path.is_file() else None


def collapse(config: Config, results: Path) -> list[dict[str, Any]]:
    """Per suite with MS-SSIM by class: the threshold and the classes, most alike first.

    The threshold is the largest mean MS-SSIM of any class of training images at the same side
    (section 4.2), None where training images were not scored at that side; a class is collapsed
    when its samples reach it.
    """
    found = []
    for name in config["suites"]:
        table = read_table(results, "ms_ssim_by_class", name)
        rows = pd.DataFrame() if table is None else table[table["suite"] == name]
        if table is None or rows.empty:
            continue
        side = int(rows["side"].iloc[0])
        own = (table["suite"] == "real") & (table["side"] == side)
        real = table[own].set_index("class")[["ms_ssim", "ms_ssim_std"]]
        accuracy = read_table(results, "accuracy_by_class", name)
        threshold = float(real["ms_ssim"].max()) if len(real) else None
        accurate = [accuracies(accuracy, name, s) for s in (side, side // 4)]
        classes = [class_row(row, real, threshold, *accurate) for row in rows.to_dict("records")]
        found.append(
            {
                "suite": name,
                "side": side,
                "threshold": threshold,
                "protocol": rows["metric"].iloc[0],
                "judge": config["suites"][name]["judge"],
                "classes": sorted(classes, key=lambda c: -c["samples"]),
                "collapsed": sum(bool(c["collapsed"]) for c in classes),
                "models": rows["model"].nunique(),
            }
        )
    return found


def accuracies(table: pd.DataFrame | None, suite: str, side: int) -> dict[tuple[str, str], float]:
    """{(model, class): accuracy} of a suite's samples at a side."""
    if table is None:
        return {}
    own = table[(table["suite"] == suite) & (table["side"] == side)]
    return {
        (model, c): float(a)
        for model, c, a in zip(own["model"], own["class"], own["accuracy"], strict=True)
    }


def class_row(
    row: dict[str, Any],
    real: pd.DataFrame,
    threshold: float | None,
    accurate: dict[tuple[str, str], float],
    at_quarter: dict[tuple[str, str], float],
) -> dict[str, Any]:
    known = row["class"] in real.index
    return {
        "class": row["class"],
        "name": str(row["name"]),
        "model": row["model"],
        "real": float(real["ms_ssim"][row["class"]]) if known else None,
        "real_std": float(real["ms_ssim_std"][row["class"]]) if known else None,
        "samples": float(row["ms_ssim"]),
        "std": float(row["ms_ssim_std"]),
        "accuracy": accurate.get((row["model"], row["class"])),
        "quarter": at_quarter.get((row["model"], row["class"])),
        "collapsed": None if threshold is None else row["ms_ssim"] >= threshold,
    }


def judges(config: Config, results: Path) -> list[dict[str, Any]]:
    """Each judge's accuracy on the real images of each split, held-out images first, with its
    worst class.
    """
    table, names = read_table(results, "judges"), class_names(config, results)
    if table is None:
        return []
    found = []
    for (judge, split), rows in table.groupby(["judge", "split"], sort=False):
        images = int(rows["images"].sum())
        right = round(float((rows["accuracy"] * rows["images"]).sum()))
        value, (low, high) = share(right, images)
        worst = rows.loc[rows["accuracy"].idxmin()]
        found.append(
            {
                "judge": judge,
                "kind": config["judges"][judge]["kind"],
                "split": split,
                "images_of": images_of(str(split), config["judges"][judge]),
                "images": images,
                "accuracy": value,
                "interval": f"{number(low, 'fraction')} to {number(high, 'fraction')}",
                "confused": confused(results, str(judge), names) if split == "heldout" else "",
                "calibration": calibrated(results, str(judge)) if split == "heldout" else "",
                "worst": (
                    f"{names.get(worst['class'], worst['class'])}: "
                    f"{number(float(worst['accuracy']), 'fraction')}"
                ),
            }
        )
    return sorted(found, key=lambda j: j["split"] != "heldout")


def confused(results: Path, judge: str, names: dict[str, str]) -> str:
    """The pairs of classes that a judge mixes up most, in words; "" where that is not measured."""
    table = read_table(results, "judge_confusion")
    if table is None:
        return ""
    own = table[table["judge"] == judge]
    totals = own.groupby("class")["images"].sum()
    wrong = own[own["class"] != own["named"]].sort_values("images", ascending=False, kind="stable")
    return ", ".join(
        f"{names.get(t['class'], t['class'])} for {names.get(t['named'], t['named'])}: "
        f"{t['images']} of {totals[t['class']]}"
        for t in wrong.head(MIXED_UP).to_dict("records")
    )


def confusions_of(results: Path, judge: str | None) -> dict[str, list[tuple[str, int, int]]]:
    """{class: [(taken for, images, of so many)]} of real images that a judge takes for another
    class, the most frequent first; nothing where that is not measured.
    """
    table = read_table(results, "judge_confusion")
    if table is None or judge is None:
        return {}
    own = table[table["judge"] == judge]
    totals = own.groupby("class")["images"].sum()
    wrong = own[own["class"] != own["named"]].sort_values("images", ascending=False, kind="stable")
    found: dict[str, list[tuple[str, int, int]]] = {}
    for t in wrong.to_dict("records"):
        mine = found.setdefault(t["class"], [])
        if len(mine) < MIXED_UP:
            mine.append((t["named"], int(t["images"]), int(totals[t["class"]])))
    return found


def calibrated(results: Path, judge: str) -> str:
    """How sure a judge is beside how often it is right, in words."""
    table = read_table(results, "judge_calibration")
    own = None if table is None else table[table["judge"] == judge]
    if own is None or own.empty:
        return ""
    shares = own["images"] / own["images"].sum()
    sure, right = ((own[c] * shares).sum() for c in ("confidence", "accuracy"))
    error = ((own["confidence"] - own["accuracy"]).abs() * shares).sum()
    return (
        f"{sure:.0%} sure on average and right on {right:.0%}; expected calibration error "
        f"{error:.3f}"
    )


def images_of(split: str, judge: dict[str, Any]) -> str:
    """What a split of judges/accuracy.py holds, after "1,000 images". What a judge that comes
    trained was trained on is not known here.
    """
    split, _, best_of = split.partition("_best_of_")
    words = {"heldout": "held out", "train": "that it was trained on"}[split]
    if not judge["train"]:
        known = {"heldout": "", "train": "; whether it was trained on them is not known here"}[
            split
        ]
        words = f"of {judge['test']} (split {split}{known})"
    return words + (
        f", best of their {counted(int(best_of), 'class', 'classes')}" if best_of else ""
    )


def class_names(config: Config, results: Path) -> dict[str, str]:
    """{class id: name} of the classes that some table of MS-SSIM has."""
    found: dict[str, str] = {}
    for suite in config["suites"]:
        table = read_table(results, "ms_ssim_by_class", suite)
        if table is not None:
            found |= dict(zip(table["class"], table["name"], strict=True))
    return found
