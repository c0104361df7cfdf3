"""Tables as pictures, and the nets and settings in force beside the paper's Tables 1 and 2.

A cell that differs from the paper's begins with the sign ≠ and is drawn in orange: neither colour
nor sign stands alone.
"""

from collections.abc import Hashable
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from acgan.figures.drawing import BLACK, RED, WIDTH
from acgan.io.words import setting as in_words

LAYER_HEADS = {
    "net": "net",
    "operation": "operation",
    "kernel": "kernel",
    "stride": "stride",
    "maps": "maps, paper",
    "maps_here": "maps, here",
    "batch_norm": "batch norm",
    "dropout": "dropout",
    "nonlinearity": "nonlinearity",
}
NOT_STATED = "not stated"


def draw_table(
    axes: Axes, table: pd.DataFrame, heads: list[str], widths: list[float], bold: int | None = None
) -> None:
    """Three rules, text cells, one row in bold.

    A value of the first column only where it is new.
    """
    left = np.cumsum([0.0, *widths[:-1]]) / sum(widths)
    top = -0.2 - 0.9 * max(head.count("\n") + 1 for head in heads)
    axes.set(xlim=(0, 1), ylim=(len(table) + 0.1, top))
    axes.set_axis_off()
    for x, head in zip(left, heads, strict=True):
        axes.text(x, top / 2, head, fontsize=7, weight="bold", va="center")
    before = None
    for i, row in enumerate(table.astype(str).itertuples(index=False)):
        first = 0 if row[0] != before else 1
        for x, cell in zip(left[first:], row[first:], strict=True):
            marked = cell.startswith("≠")
            weight = "bold" if marked or i == bold else "normal"
            colour = RED if marked else BLACK
            axes.text(x, i + 0.5, cell, fontsize=7, va="center", color=colour, weight=weight)
        before = row[0]
    for y in (top, 0, len(table) + 0.1):
        axes.plot([0, 1], [y, y], color=BLACK, lw=0.8, clip_on=False)


Seen = tuple[str, int]  # suite, resolution


def tests_shown(tests: pd.DataFrame, pairs: list[tuple[Seen, Seen]]) -> pd.DataFrame:
    """Of tables/resolution_tests.csv the comparisons (A, B) that are there, each turned so that its
    difference is B - A, with the number of tests in its family.
    """
    family = tests.groupby(["metric", "family"])["p"].transform("size")
    rows = tests.assign(tests=family).to_dict("records")
    found = {((r["suite_a"], r["side_a"]), (r["suite_b"], r["side_b"])): r for r in rows}
    found = {(b, a): turned(r) for (a, b), r in found.items()} | found
    return pd.DataFrame(
        [found[pair] for pair in pairs if pair in found], columns=[*tests.columns, "tests"]
    )


def turned(row: dict[Hashable, Any]) -> dict[Hashable, Any]:
    """A comparison with A and B exchanged."""
    other = {
        f"{k}_{x}": row[f"{k}_{y}"] for k in ("suite", "side", "accuracy") for x, y in ("ab", "ba")
    }
    effect = {"difference": -row["difference"], "low": -row["high"], "high": -row["low"]}
    return row | other | effect


def draw_tests(axes: Axes, tests: pd.DataFrame, own: dict[str, int]) -> None:
    """What `tests_shown` gives, as a table; `own`: the side of each suite's samples."""

    def seen(suite: str, side: int) -> str:
        what = f"samples of {own[suite]}x{own[suite]}" if suite in own else "training images"
        return what if side == own.get(suite) else f"{what} at {side}"

    rows = [
        (
            seen(t.suite_a, t.side_a),
            seen(t.suite_b, t.side_b),
            f"{t.accuracy_a:.1%}",
            f"{t.accuracy_b:.1%}",
            f"{100 * t.difference:+.1f} ({100 * t.low:+.1f} to {100 * t.high:+.1f})"
            if t.classes > 1
            else "one class",
            "< 0.0001" if t.p_holm < 0.0001 else f"{t.p_holm:.4f}",
            str(t.tests),
            str(t.classes),
        )
        for t in tests.itertuples()
    ]
    heads = [
        "A",
        "B",
        "right\nin A",
        "right\nin B",
        "B - A, 95 % interval\n(percentage points)",
        "p\n(Holm)",
        "tests in\nfamily",
        "classes",
    ]
    draw_table(
        axes, pd.DataFrame(rows, columns=heads), heads, [2.6, 2.4, 0.95, 0.95, 2.4, 0.8, 0.85, 0.75]
    )


def paper_layers(generator: tuple[int, ...], discriminator: tuple[int, ...]) -> pd.DataFrame:
    """The rows of the paper's Table 1 or 2, which differ only in G's feature maps.

    All cells as text.
    """
    last = len(generator) - 1
    rows: list[tuple[Any, ...]] = [("G", "Linear", "", "", generator[0], "no", "0", "ReLU")]
    for i, maps in enumerate(generator[1:], 1):
        norm, nonlinearity = ("no", "Tanh") if i == last else ("yes", "ReLU")
        rows.append(("G", "Transposed convolution", "5x5", "2x2", maps, norm, "0", nonlinearity))
    for i, maps in enumerate(discriminator[:-1]):
        norm, stride = "yes" if i else "no", "1x1" if i % 2 else "2x2"
        rows.append(("D", "Convolution", "3x3", stride, maps, norm, "0.5", "Leaky ReLU"))
    rows.append(("D", "Linear", "", "", discriminator[-1], "no", "0", "Soft-Sigmoid"))
    return pd.DataFrame(rows, columns=[c for c in LAYER_HEADS if c != "maps_here"]).astype(str)


def layers_beside(paper: pd.DataFrame, built: pd.DataFrame) -> pd.DataFrame:
    """The paper's layers with those built (tables/layers.csv): one cell where they agree, both
    where not.

    Rows are matched from the first on, the last row of a net with the last.
    """
    built = built[list(paper.columns)].fillna("")
    built["batch_norm"] = built["batch_norm"].map({True: "yes", False: "no"})
    built["dropout"] = built["dropout"].map("{:g}".format)
    found = []
    for net in ("G", "D"):
        p, b = (t[t["net"] == net].astype(str).to_dict("records") for t in (paper, built))
        count = max(len(p), len(b))
        p, b = ([*rows[:-1], *[{}] * (count - len(rows)), rows[-1]] for rows in (p, b))
        for theirs, ours in zip(p, b, strict=True):
            row = {**ours, **theirs}
            if theirs and ours:
                row = {c: y if ours[c] == y else f"≠ {ours[c]} ({y})" for c, y in theirs.items()}
            row["maps"], here = theirs.get("maps", "none"), ours.get("maps", "no layer")
            found.append(row | {"maps_here": here if here == row["maps"] else f"≠ {here}"})
    return pd.DataFrame(found)[list(LAYER_HEADS)]


def setting(suite: dict[str, Any], name: str) -> str:
    """The value of a suite's `section.key`, or the list of them that its grid tries, as text."""
    section, _, key = name.partition(".")
    values = suite["grid"].get(name, [suite[section][key]])
    return ", ".join(
        f"{v:g}" if isinstance(v, float) else in_words(v).replace("_", " ") for v in values
    )


def setting_name(name: str) -> str:
    """ "training.d_learning_rate" as a reader says it: "D learning rate"."""
    words = name.partition(".")[2].split("_")
    return " ".join({"g": "G", "d": "D"}.get(word, word) for word in words)


def settings_beside(
    suite: dict[str, Any], side: int, learning_rate: str, noise: str
) -> pd.DataFrame:
    """Hyper-parameters of a suite beside those of the paper's table: setting, paper, here."""
    rows = [
        ("input of G", "110", str(suite["nets"]["latent"] + suite["classes_per_model"])),
        ("images", f"{side}x{side}x3", f"{suite['side']}x{suite['side']}x3"),
        ("optimiser", "Adam", "Adam"),
    ]
    rows += [
        (label, paper, setting(suite, key))
        for label, paper, key in (
            ("G learning rate", learning_rate, "training.g_learning_rate"),
            ("D learning rate", learning_rate, "training.d_learning_rate"),
            ("Adam's beta1", "0.5", "training.beta1"),
            ("Adam's beta2", "0.999", "training.beta2"),
            ("batch size", "100", "training.batch_size"),
            ("mini-batches", "50,000", "training.steps"),
            ("slope of leaky ReLU", "0.2", "nets.leaky_slope"),
            ("activation noise in D, standard deviation", noise, "nets.activation_noise"),
            ("initial weights (mean 0), standard deviation", "0.02", "nets.init_sigma"),
            ("weight of the class loss in D's loss", "1", "objective.d_class_weight"),
            ("weight of the class loss in G's loss", "1", "objective.g_class_weight"),
            ("distribution of the noise z", NOT_STATED, "nets.latent_distribution"),
            ("G's loss for real or fake", NOT_STATED, "objective.generator_loss"),
            ("D's steps for each of G", NOT_STATED, "training.d_steps"),
        )
    ]
    table = pd.DataFrame(rows, columns=["setting", "paper", "here"])
    alike = (table["paper"] == table["here"]) | (table["paper"] == NOT_STATED)
    table["here"] = table["here"].where(alike, "≠ " + table["here"])
    return table


def draw_nets(layers: pd.DataFrame, settings: pd.DataFrame, paper: str = "paper") -> Figure:
    """Layers above, settings below; `paper` heads the paper's column of settings."""
    heights = [len(layers) + 2.2, len(settings) + 2.2]
    size = (WIDTH, 0.165 * sum(heights))
    fig, axes = plt.subplots(2, 1, figsize=size, height_ratios=heights, layout="constrained")
    widths = [0.5, 2.4, 0.8, 0.8, 1.4, 1.35, 1.3, 1.0, 1.4]
    draw_table(axes[0], layers, list(LAYER_HEADS.values()), widths)
    draw_table(axes[1], settings, ["setting", paper, "here"], [3.4, 2.4, 2.4])
    return fig
