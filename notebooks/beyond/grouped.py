# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Models of alike and of unlike classes
# Classes can share a model because they are alike, or because they are not. Accuracy and MS-SSIM of
# both, and what unlike classes have in common at one z (requests 4 and 5).

# %% tags=["parameters"]
config = "results/critics/config.json"
tables = "results/critics/tables"
out = "results/critics/figures/grouped"

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from acgan.figures.compared import columns_of_points
from acgan.figures.drawing import WIDTH, Drawing, show_tiles
from acgan.metrics.inference import diagonal_excess
from acgan.metrics.statistics import welch_interval

item = Drawing("grouped", config, tables, out)
suites = item.suites("grouped")
chosen = item.config["suites"]
table = item.table("class_accuracy", "grouped")
alike = item.table("class_diversity", "grouped").drop(columns="ms_ssim_std")
table = table.merge(alike, on=["suite", "model", "class"], how="left")
label = {s: chosen[s]["grouping"].replace("_", " ") for s in suites}
label = {s: f"{w} ({s})" if list(label.values()).count(w) > 1 else w for s, w in label.items()}
own_side = table["side"] == table["suite"].map(lambda s: chosen[s]["side"])
means = table[own_side].groupby(["suite", "model"])[["accuracy", "ms_ssim"]].mean()
latents = item.table("latent_space", "grouped")
fixed = latents[latents["metric"].str.startswith("fixed_latents_")]

# %%
fig, axes = plt.subplots(1, 3, figsize=(WIDTH, 2.6), width_ratios=[1, 1, 1.2], layout="constrained")
for ax, measure, words in ((axes[0], "accuracy", "accuracy"), (axes[1], "ms_ssim", "MS-SSIM")):
    columns_of_points(ax, {label[s]: means.loc[s, measure] for s in suites if s in means.index})
    ax.set_xlabel(words)
axes[1].set_yticklabels([])
unlike = next((s for s in suites if chosen[s]["grouping"].startswith("dissimilar")), suites[-1])
tiles = item.tiles("same_z", unlike)
if len(tiles):
    show_tiles(axes[2], tiles)
axes[2].set_title(f"{label[unlike]}: one z a row", fontsize=7)

# %%
rows = []
for measure in ("accuracy", "ms_ssim"):
    first, *others = [s for s in suites if s in means.index]
    for suite in others:
        difference, (low, high) = welch_interval(
            means.loc[first, measure], means.loc[suite, measure]
        )
        about = {"quantity": measure, "suite": suite, "value": difference, "low": low}
        rows.append(about | {"high": high, "of": f"{len(means.loc[suite])} models a side"})
for suite in suites:
    own = fixed[fixed["suite"] == suite]
    if own.empty:
        continue
    pivots = [
        m.pivot(index="subset", columns="other", values="value").to_numpy()
        for _, m in own.groupby("model", sort=False)
    ]
    found = diagonal_excess(np.array(pivots))
    about = {"quantity": "same z", "suite": suite, "value": found.value, "low": found.interval[0]}
    rows.append(about | {"high": found.interval[1], "of": found.resampled})
data = pd.DataFrame(rows, columns=["quantity", "suite", "value", "low", "high", "of"])
quantities = [
    item.measure(
        f"{r['quantity']}_{r['suite']}".replace(" ", "_"),
        f"MS-SSIM of two classes at the same z minus at different z: {label[r['suite']]}"
        if r["quantity"] == "same z"
        else f"{r['quantity'].replace('ms_ssim', 'MS-SSIM')}: {label[r['suite']]} minus "
        f"{label[suites[0]]}",
        r["value"],
        (r["low"], r["high"]),
        protocol="Welch's interval" if r["quantity"] != "same z" else "diagonal minus the rest",
        resampled=r["of"],
    )
    for r in rows
]
caption = f"""Models whose classes are alike or unlike, by the distance between the mean features
that the judge gives to their training images. Left and middle: mean over the classes of a model,
a point a model (group and restart), with the mean and its 95 % interval. Right: classes of a
model of {label[unlike]} at the same latents, one a row, unselected. How much more alike two
classes are at the same z than at different ones is in data.csv, with its interval."""
item.finish(fig, data, caption, quantities)
