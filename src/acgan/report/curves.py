"""Training curves of one model as a small SVG: losses on the left, the columns of its system on
the right.
"""

import re
from html import escape

import numpy as np
import pandas as pd

from acgan.io.words import counted

GREY = "#5b6673"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#9a6700", "#CC79A7", "#767676", "#56B4E9", "#000000")
LOSSES = {"discriminator_loss": "discriminator", "generator_loss": "generator"}
# What the legend says of columns that are shares; another column goes by its name.
ACCURACIES = {
    "source_accuracy_real": "real seen as real",
    "source_accuracy_fake": "fake seen as fake",
    "class_accuracy_real": "class of real",
    "class_accuracy_fake": "class of fake",
}
WIDTH, HEIGHT = 480, 170
TOP, BOTTOM = 48, 18  # margins: title and a legend of two lines above, steps below
LINE = 13  # of the legend


def training_curves(rows: pd.DataFrame, name: str) -> str:
    """The SVG of what one model logged: a row for each step, a column for each term."""
    terms = {c: f"{c[0].upper()}: {c[2:].replace('_', ' ')}" for c in terms_of(rows)}
    panels = panel(rows, "Losses and their terms" if terms else "Loss", LOSSES | terms, 32)
    if own := own_columns(rows):
        title = "Discriminator's accuracy" if set(own) <= set(ACCURACIES) else "Beside the losses"
        columns = {c: ACCURACIES.get(c, c.replace("_", " ")) for c in own}
        panels += panel(rows, title, columns, 278, least=1.0)
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="system-ui, sans-serif">\n'
        f"<title>Training curves of {escape(name)}</title>\n"
        f'<rect width="100%" height="100%" fill="#fff"/>\n{panels}</svg>\n'
    )


def own_columns(rows: pd.DataFrame) -> list[str]:
    """The columns of a training log that its system declares (systems/base.py)."""
    known = {"step", *LOSSES, *terms_of(rows)}
    return [str(c) for c in rows.columns if c not in known]


def terms_of(rows: pd.DataFrame) -> list[str]:
    """The columns of the terms of D's and G's losses."""
    return [str(c) for c in rows.columns if re.match("[dg]_", str(c))]


def panel(
    rows: pd.DataFrame, title: str, columns: dict[str, str], left: float, least: float = 1e-9
) -> str:
    """Axes that hold 0, `least` and all values of `columns` ({column: its words}), a legend of two
    columns, and one line per column, 190 units wide from `left`.
    """
    width, base = 190, HEIGHT - BOTTOM
    ceiling = TOP + LINE * max(0, (len(columns) - 3) // 2)
    last = max(float(rows["step"].max()), 1.0)
    values = rows[list(columns)].astype(float).replace([np.inf, -np.inf], np.nan)
    top, low = (float(np.fmax(values.max().max(), least)), float(np.fmin(values.min().min(), 0.0)))
    parts = [
        text(left, 12, title, "start", "#1d2733", 10.5),
        f'<path d="M{left} {ceiling}V{base}H{left + width}" fill="none" stroke="#c3cad3"/>',
        text(left - 4, ceiling + 6, f"{top:.3g}", "end"),
        text(left - 4, base, f"{low:.3g}", "end"),
        text(left, base + 12, "0", "start"),
        text(left + width, base + 12, counted(round(last), "step"), "end"),
    ]
    for i, (column, word) in enumerate(columns.items()):
        colour = COLOURS[i % len(COLOURS)]
        points = " ".join(
            f"{left + width * step / last:.1f},"
            f"{base - (base - ceiling) * (value - low) / (top - low):.1f}"
            for step, value in zip(rows["step"], values[column], strict=True)
            if np.isfinite(value)
        )
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.4"/>'
        )
        parts.append(text(left + i % 2 * 95, 26 + i // 2 * LINE, word, "start", colour))
    return "\n".join(parts) + "\n"


def text(
    x: float, y: float, content: str, anchor: str, colour: str = GREY, size: float = 10
) -> str:
    style = f'text-anchor="{anchor}" fill="{colour}" font-size="{size:g}"'
    return f'<text x="{x:g}" y="{y:g}" {style}>{escape(content)}</text>'
