# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Weights of the class loss
# The paper adds the two losses as they are. What if the class loss weighs more or less, for D and
# for G (request 7)? Two restarts a cell: a look, no test.

# %% tags=["parameters"]
config = "results/critics/config.json"
tables = "results/critics/tables"
out = "results/critics/figures/weights"

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle

from acgan.figures.drawing import ORANGE, WIDTH, Drawing
from acgan.metrics.statistics import spearman

item = Drawing("weights", config, tables, out)
suite = item.suite("weights")
table = item.table("model_measures", "weights")
D, G = "objective.d_class_weight", "objective.g_class_weight"
models = table[table["suite"] == suite]
WORDS = {
    "class_score": "class score",
    "accuracy": "accuracy",
    "ms_ssim": "MS-SSIM",
    "distance": "feature distance",
}
shown = {m: w for m, w in WORDS.items() if models.query("measure == @m")["value"].notna().any()}
grid = item.config["suites"][suite]["grid"]
if not {D, G} <= set(grid):
    item.say(
        f"Nothing to draw: {suite} has no grid over {D} and {G}", pd.DataFrame({"suite": [suite]})
    )

# %%
fig, axes = plt.subplots(
    1, max(1, len(shown)), figsize=(WIDTH, 2.3), layout="constrained", squeeze=False
)
rows = []
for ax, (measure, words) in zip(axes[0], shown.items(), strict=False):
    own = models[models["measure"] == measure]
    cells = own.pivot_table(index=D, columns=G, values="value", aggfunc="mean")
    ax.imshow(cells, cmap="viridis", origin="lower", aspect="equal")
    middle = np.nanmean(cells.to_numpy())
    for (i, j), value in np.ndenumerate(cells.to_numpy()):
        if np.isfinite(value):
            colour = "white" if value < middle else "black"
            ax.text(j, i, f"{value:.2g}", ha="center", va="center", fontsize=5, color=colour)
    if 1 in cells.index and 1 in cells.columns:
        corner = cells.columns.get_loc(1) - 0.5, cells.index.get_loc(1) - 0.5
        ax.add_patch(Rectangle(corner, 1, 1, fill=False, ec=ORANGE, lw=1.6))
    ax.set_xticks(range(len(cells.columns)), [f"{v:g}" for v in cells.columns], fontsize=6)
    ax.set_yticks(range(len(cells.index)), [f"{v:g}" for v in cells.index], fontsize=6)
    ax.set_title(words, fontsize=7)
    ax.set_xlabel("weight for G", fontsize=7)
    known = own.dropna(subset="value")
    about = {"measure": measure, "models": len(known)}
    rows.append(
        about
        | {
            "rank_d": spearman(known[D], known["value"]),
            "rank_g": spearman(known[G], known["value"]),
        }
    )
axes[0][0].set_ylabel("weight for D", fontsize=7)

# %%
lost = models[models["measure"].isin(["diverged", "collapsed"])].groupby("measure")["value"].sum()
quantities = [
    item.measure(
        f"{r['measure']}_{net}",
        f"rank correlation of {WORDS[r['measure']]} with the weight for {net.upper()}",
        r[f"rank_{net}"],
        (np.nan, np.nan),
        protocol=f"Spearman over {r['models']} models",
        resampled="nothing",
    )
    for r in rows
    for net in "dg"
]
restarts = item.config["suites"][suite]["restarts"]
data = models[models["measure"].isin(shown)].drop(columns="why")
caption = f"""The weight of the class loss L_C against L_S, for D (up) and for G (right); a cell
is the mean of {restarts} restarts: a look, no test. Framed: the paper's 1 and 1. Adam ignores a
common factor of a loss, so that 0.5 L_S + 0.5 L_C trains as 1 and 1 do: convex weights are no
others than these. At weight 0 for D nothing learns the classes; at 0 for G, it is not asked to
show them. {int(lost.get("collapsed", 0))} of {models["model"].nunique()} models collapsed,
{int(lost.get("diverged", 0))} diverged."""
item.finish(fig, data, caption, quantities)
