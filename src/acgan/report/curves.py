"""Training curves of one model as a small SVG: losses on the left, the discriminator's
accuracies on the right.
"""

from html import escape

import pandas as pd

from acgan.io.words import counted

BLUE, RED, GREEN, ORANGE, GREY = "#0072B2", "#D55E00", "#009E73", "#9a6700", "#5b6673"
LOSSES = {"discriminator_loss": ("discriminator", BLUE), "generator_loss": ("generator", RED)}
ACCURACIES = {
    "source_accuracy_real": ("real seen as real", BLUE),
    "source_accuracy_fake": ("fake seen as fake", RED),
    "class_accuracy_real": ("class of real", GREEN),
    "class_accuracy_fake": ("class of fake", ORANGE),
}
WIDTH, HEIGHT = 480, 170
TOP, BOTTOM = 48, 18  # margins: title and legend above, steps below


def training_curves(rows: pd.DataFrame, name: str) -> str:
    """The SVG of one model's rows of tables/training.csv."""
    top_loss = max(float(rows[list(LOSSES)].max().max()), 1e-9)
    panels = panel(rows, "Loss", LOSSES, 32, top_loss)
    panels += panel(rows, "Discriminator's accuracy", ACCURACIES, 278, 1.0)
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="system-ui, sans-serif">\n'
        f"<title>Training curves of {escape(name)}</title>\n"
        f'<rect width="100%" height="100%" fill="#fff"/>\n{panels}</svg>\n'
    )


def panel(
    rows: pd.DataFrame, title: str, columns: dict[str, tuple[str, str]], left: float, top: float
) -> str:
    """Axes from 0 to `top`, a legend of two columns, and one line per column, 190 units wide
    from `left`.
    """
    width, base = 190, HEIGHT - BOTTOM
    last = max(float(rows["step"].max()), 1.0)
    parts = [
        text(left, 12, title, "start", "#1d2733", 10.5),
        f'<path d="M{left} {TOP}V{base}H{left + width}" fill="none" stroke="#c3cad3"/>',
        text(left - 4, TOP + 6, f"{top:.3g}", "end"),
        text(left - 4, base, "0", "end"),
        text(left, base + 12, "0", "start"),
        text(left + width, base + 12, counted(round(last), "step"), "end"),
    ]
    for i, (column, (word, colour)) in enumerate(columns.items()):
        points = " ".join(
            f"{left + width * step / last:.1f},"
            f"{base - (base - TOP) * min(max(value / top, 0), 1):.1f}"
            for step, value in zip(rows["step"], rows[column], strict=True)
        )
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.4"/>'
        )
        parts.append(text(left + i % 2 * 95, 26 + i // 2 * 13, word, "start", colour))
    return "\n".join(parts) + "\n"


def text(
    x: float, y: float, content: str, anchor: str, colour: str = GREY, size: float = 10
) -> str:
    style = f'text-anchor="{anchor}" fill="{colour}" font-size="{size:g}"'
    return f'<text x="{x:g}" y="{y:g}" {style}>{escape(content)}</text>'
