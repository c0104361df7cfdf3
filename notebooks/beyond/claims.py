# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # The paper's statements, tested
# Numbers need the paper's data and judge; most of what the paper states can be tested on any. Each
# test was fixed before the data were seen (src/acgan/claims/claims.yaml).

# %% tags=["parameters"]
config = "results/demo/config.json"
tables = "results/demo/tables"
out = "results/demo/figures/claims"

# %%
import textwrap

import matplotlib.pyplot as plt
import pandas as pd

from acgan.figures.drawing import BLACK, BLUE, GREY, RED, WIDTH, Drawing
from acgan.io.words import number, p_value

item = Drawing("claims", config, tables, out)
table = item.table("claims")
word = table["verdict"].str.split().str[0]
LOOKS = {  # colour, marker, filled
    "supported": (BLUE, "o", True),
    "contradicted": (RED, "X", True),
    "inconclusive": (GREY, "o", False),
    "needs": (GREY, "", False),
}


# %%
LINES = [textwrap.wrap(f"{t.statement} ({t.section})", 52) for t in table.itertuples()]
heights = [max(2, len(lines)) for lines in LINES]
fig, ax = plt.subplots(figsize=(WIDTH + 0.7, 0.155 * (sum(heights) + 3) + 0.2))
STATEMENT, MIDDLE, HALF, VALUE, P, VERDICT = 0.0, 0.51, 0.07, 0.595, 0.77, 0.865
ax.set(xlim=(0, 1), ylim=(sum(heights) + 0.4, -2.6))
ax.set_axis_off()
for x, text in (
    (STATEMENT, "statement (section)"),
    (MIDDLE - HALF, "against | for it"),
    (VALUE, "quantity\n95 % interval"),
    (P, "p\nby Holm"),
    (VERDICT, "verdict"),
):
    ax.text(x, -1.2, text, weight="bold", fontsize=7, va="center")
top = 0
for row, lines, height in zip(table.itertuples(), LINES, heights, strict=True):
    y = top + height / 2
    colour, marker, filled = LOOKS[row.verdict.split()[0]]
    ax.axhline(top, color=GREY, lw=0.3)
    ax.text(STATEMENT, y, "\n".join(lines), fontsize=6.5, va="center")
    said = row.verdict.replace(" (", "\n(") if filled else textwrap.fill(row.verdict, 22)
    weight = "bold" if filled else "normal"
    ax.text(VERDICT, y, said, fontsize=6.5, va="center", color=colour, weight=weight)
    top += height
    if pd.isna(row.value):
        continue
    sign = 1 if row.supported == "above" else -1
    ends = [sign * (v - row.threshold) for v in (row.low, row.value, row.high)]
    scale = HALF / (max(map(abs, ends)) or 1)
    low, value, high = (MIDDLE + scale * v for v in ends)
    ax.plot([MIDDLE] * 2, [top - height, top], color=BLACK, lw=0.6, zorder=1)
    ax.plot([low, high], [y, y], color=colour, lw=1.6, solid_capstyle="butt")
    face = colour if filled else "white"
    ax.plot(value, y, marker, ms=5, mew=0.8, mec=colour, mfc=face, zorder=3)
    unit = row.unit if isinstance(row.unit, str) else ""
    interval = f"{number(row.low, unit)} to {number(row.high, unit)}"
    ax.text(VALUE, y, f"{number(row.value, unit)}\n{interval}", fontsize=6.5, va="center")
    ax.text(P, y, f"{p_value(row.p)}\n{p_value(row.p_holm)}", fontsize=6.5, va="center")
ax.axhline(top, color=GREY, lw=0.3)

# %%
quantities = [
    item.measure(
        row.claim,
        f"{row.statement} ({row.quantity}): {row.verdict}",
        row.value,
        (row.low, row.high),
        protocol=row.test,
        resampled=row.resampled + (f"; {row.note}" if isinstance(row.note, str) else ""),
        unit=row.unit if isinstance(row.unit, str) else "",
    )
    for row in table.dropna(subset="value").itertuples()
]
counts = word.value_counts()
told = ", ".join(f"{n} {w}" for w in LOOKS if w != "needs" and (n := counts.get(w, 0)))
lacking = counts.get("needs", 0)
needed = f"; {lacking} need suites or data that this experiment lacks" if lacking else ""
these = " Of these models: no six models to compare, so nothing is said of others."
caption = f"""Statements of the paper, in our words, each with its quantity: {told or "no test"}{
    needed
}. A bar is the 95 % interval, from the threshold (the line) towards what the paper says
(right) or away from it, each to its own scale. Supported: the whole interval lies right of the
threshold; contradicted: left (of a second threshold, where claims.yaml names one). p is of a value
equal to the threshold, below it by Holm over all statements. What was resampled, and the config
lines that would add what is lacking, are in data.csv.{
    these if table["verdict"].str.contains("these").any() else ""
}"""
item.finish(fig, table, caption, quantities)
