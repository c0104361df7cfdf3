# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # A model on its way
# The same latents after more and more steps, and how what is drawn scores.

# %% tags=["parameters"]
config = "results/cifar10_single/config.json"
tables = "results/cifar10_single/tables"
out = "results/cifar10_single/figures/by_step"

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from acgan.figures.drawing import (
    BLACK,
    GREY,
    WIDTH,
    Drawing,
    drawn_of,
    label_tiles,
    mark_threshold,
    short,
    show_tiles,
)
from acgan.metrics.statistics import bootstrap, threshold

item = Drawing("by_step", config, tables, out)
table = item.table("by_step")
tiles = item.tiles("samples_by_step")
suite = item.suite()
own = table[table["suite"] == suite]
real = table[table["suite"] == "real"]
steps = sorted(own["step"].dropna().unique())

# %%
TITLES = {
    "accuracy": "accuracy",
    "ms_ssim": "MS-SSIM",
    "class_score": "class score",
    "nearest_l1": "L1 to the nearest\ntraining image",
}
shown = [m for m in TITLES if (own["measure"] == m).any()]
columns = max(1, min(3, len(steps)))
lines = max(1, -(-len(steps) // columns))
classes = max(1, tiles["class"].nunique() if len(tiles) else 1)
tall = (WIDTH / columns) * classes / 10 + 0.25
fig = plt.figure(figsize=(WIDTH, lines * tall + 2.0), layout="constrained")
above, below = fig.subfigures(2, 1, height_ratios=[lines * tall, 2.0])
panels = above.subplots(lines, columns, squeeze=False).ravel()
for ax in panels[len(steps) :]:
    ax.set_axis_off()
for number, (ax, step) in enumerate(zip(panels, steps, strict=False)):
    mine = tiles[tiles["step"] == step]
    show_tiles(ax, mine)
    ax.set_title(f"step {step:,.0f}", fontsize=7)
    if number % columns == 0:
        names = mine.drop_duplicates("row").sort_values("row")["name"]
        label_tiles(ax, mine, left=[short(n, 10) for n in names])
for ax, measure in zip(below.subplots(1, max(1, len(shown)), squeeze=False)[0], shown, strict=True):
    values = own[own["measure"] == measure]
    if measure == "class_score":
        ax.plot(values["step"], values["value"], color=BLACK, marker="o", ms=2.5, lw=1)
    else:
        wide = values.pivot_table(index="step", columns="class", values="value")
        ax.plot(wide.index, wide, color=GREY, lw=0.5)
        ax.plot(wide.index, wide.mean(axis=1), color=BLACK, marker="o", ms=2.5, lw=1.2)
    if measure == "ms_ssim":
        mark_threshold(ax, threshold(real["value"]))
    ax.set_title(TITLES[measure], fontsize=7)
    ax.set_xlabel("step", fontsize=7)
    ax.set_xscale("log")
    ax.set_xticks(steps, [f"{s:,.0f}" for s in steps], rotation=45)
    ax.minorticks_off()
    ax.tick_params(labelsize=6)

# %%
data = pd.concat([table, drawn_of(tiles)], ignore_index=True)
last = own[own["step"] == (steps[-1] if steps else np.nan)]
quantities = []
for measure in shown:
    values = last.loc[last["measure"] == measure, "value"]
    spread = bootstrap(values) if measure != "class_score" else (np.nan, np.nan)
    quantities.append(
        item.measure(
            f"{measure}_at_the_end",
            f"{TITLES[measure]} at step {steps[-1]:,.0f}".replace("\n", " "),
            values.mean(),
            spread,
            protocol=f"{item.config['suites'][suite]['samples_per_class']} samples of each class",
            resampled="the classes" if measure != "class_score" else "nothing",
            unit="fraction" if measure == "accuracy" else "",
        )
    )
caption = f"""Above: ten samples of each class (a row) by the same ten latents after the steps that
the suite {suite} keeps, unselected. Below: how the samples of that step score; grey lines are
classes, the black one is their mean, the class score is of all together; dashed: MS-SSIM of the
class of training images that varies least. {item.poor_judges()}"""
item.finish(fig, data, caption, quantities)
