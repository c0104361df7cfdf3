# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Nearest training images against held-out ones
# A copy lies nearer to a training image than an image does that was never seen. Distances to the
# nearest training image of samples and of held-out images, by pixels and by MS-SSIM (request 1).

# %% tags=["parameters"]
config = "results/critics/config.json"
tables = "results/critics/tables"
out = "results/critics/figures/nearness"

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from acgan.figures.compared import restarts_of, titles
from acgan.figures.drawing import BLACK, WIDTH, Drawing, t_interval

item = Drawing("nearness", config, tables, out)
suites = item.suites("critics")
table = item.table("nearness", "critics")
title = titles(item.config, suites)
WORDS = {"l1": "pixels (mean absolute difference)", "ms_ssim": "1 - MS-SSIM"}

# %%
fig, axes = plt.subplots(1, 2, figsize=(WIDTH, 3.1), layout="constrained", sharey=True)
colours = plt.get_cmap("viridis")(np.linspace(0, 0.9, len(suites)))
rows = []
for ax, (measure, words) in zip(axes, WORDS.items(), strict=True):
    mine = table[table["measure"] == measure]
    unseen = np.sort(mine.loc[mine["suite"] == "heldout", "ratio"])
    shares = np.arange(1, len(unseen) + 1) / len(unseen)
    ax.plot(unseen, shares, color=BLACK, lw=1.6, label="held-out images")
    for suite, colour in zip(suites, colours, strict=True):
        own = mine[mine["suite"] == suite]
        if own.empty:
            continue
        at = np.linspace(0, 1, 101)
        ax.plot(own["ratio"].quantile(at), at, color=colour, lw=0.8, label=title[suite])
        medians = own.groupby("model")["ratio"].median() / np.median(unseen)
        low, high = t_interval(medians)
        about = {"suite": suite, "system": title[suite], "measure": measure}
        about |= {"restarts": len(medians), "ratio": medians.mean(), "low": low, "high": high}
        rows.append(about | {"below_half": (own["ratio"] < 0.5).mean()})
    ax.axvline(0.5, color=BLACK, lw=0.5, ls=":")
    ax.set(xlim=(0, max(2.0, min(4.0, mine["ratio"].quantile(0.98)))), ylim=(0, 1))
    ax.set_xlabel(f"distance by {words},\nover the median of held-out images", fontsize=7)
axes[0].set_ylabel("share of images")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4, fontsize=6)

# %%
data = pd.DataFrame(rows)
quantities = [
    item.measure(
        f"{row['measure']}_{row['suite']}",
        f"distance of samples over that of held-out images, {WORDS[row['measure']]}: "
        f"{row['system']}",
        row["ratio"],
        (row["low"], row["high"]),
        protocol="ratio of medians",
        resampled=f"{row['restarts']} restarts",
    )
    for row in rows
]
caption = f"""Cumulative shares: how far from the nearest training image samples lie, and held-out
images of the same classes (black), which nothing can have learnt by heart. Distances are over the
median of the held-out images of the class, by pixels and by MS-SSIM. A curve left of the black
one is of samples nearer to training images than unseen images are; copies would lie at 0, and the
dotted line is half the distance. {restarts_of(item.config, suites)} restarts of each system,
{item.config["scores"]["neighbours"]} samples of each class or row; ratios of medians with their
intervals over restarts are in data.csv. Smooth or odd samples lie far from everything, so that a
large distance says nothing of quality."""
item.finish(fig, data, caption, quantities)
