# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # What MS-SSIM takes
# The paper calls MS-SSIM fast. Counted: pairs, side, operations (request 13); seconds depend on the
# machine and stand in docs/benchmarks.md.

# %% tags=["parameters"]
config = "results/critics/config.json"
tables = "results/critics/tables"
out = "results/critics/figures/ms_ssim_cost"

# %%
import matplotlib.pyplot as plt
import pandas as pd

from acgan.figures.drawing import WIDTH, Drawing
from acgan.figures.drawn_tables import draw_table
from acgan.io.words import number

item = Drawing("ms_ssim_cost", config, tables, out)
table = item.table("ms_ssim_cost", "critics")
same = ["side", "classes", "estimate"]
whose = table["suite"].where(table["suite"] == "the paper", "here")
table = table.assign(whose=whose).drop_duplicates(["whose", *same]).sort_values("whose")

# %%
HEADS = [
    "whose",
    "estimate",
    "side",
    "classes",
    "pairs of\na class",
    "operations of\na pair, 10^6",
    "in all,\n10^12",
]
rows = [
    (
        t.whose,
        t.estimate,
        f"{t.side}",
        f"{t.classes:,}",
        f"{t.pairs_per_class:,}",
        number(t.operations_per_pair / 1e6),
        number(t.operations / 1e12),
    )
    for t in table.itertuples()
]
shown = pd.DataFrame(rows, columns=HEADS)
fig, ax = plt.subplots(figsize=(WIDTH, 0.22 * len(rows) + 0.6))
draw_table(ax, shown, HEADS, [1.0, 1.9, 0.6, 0.8, 0.9, 1.4, 1.0])

# %%
caption = """Operations of mean MS-SSIM of all classes: multiplications and additions of the
windows at five scales and of the terms, as the code computes listed pairs (all pairs of a set share
their windows and take less). Below, two readings of the paper: 100 random pairs of each class, or
100 x 99. Seconds depend on the machine and stand in docs/benchmarks.md."""
item.finish(fig, table, caption)
