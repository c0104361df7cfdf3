# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # One class and ten, by the number of images
# The paper says that a GAN of one class fails. Is it that a class has few images, or that one class
# is hard (request 18)?

# %% tags=["parameters"]
config = "results/critics/config.json"
tables = "results/critics/tables"
out = "results/critics/figures/images"

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from acgan.figures.drawing import BLUE, RED, WIDTH, Drawing
from acgan.io.words import singular
from acgan.metrics.statistics import share

item = Drawing("images", config, tables, out)
suites = item.suites("images")
chosen, table = item.config["suites"], item.table("model_measures", "images")
counted = item.read(item.tables / "datasets.csv").drop_duplicates("dataset").set_index("dataset")


def images(suite):
    """Training images of one model."""
    row = counted.loc[chosen[suite]["dataset"]]
    return round(row["images"] / row["classes"] * chosen[suite]["classes_per_model"])


# %%
fig, axes = plt.subplots(1, 3, figsize=(WIDTH, 2.5), layout="constrained")
rows = []
for suite in suites:
    own = table[table["suite"] == suite]
    alone = chosen[suite]["classes_per_model"] == 1
    wide = own.pivot(index="model", columns="measure", values="value")
    lost = wide[["diverged", "collapsed"]].max(axis=1)
    value, (low, high) = share(int(lost.sum()), len(lost))
    about = {
        "suite": suite,
        "images": images(suite),
        "classes": 1 if alone else chosen[suite]["classes_per_model"],
    }
    about |= {"models": len(wide), "failed": value, "low": low, "high": high}
    for measure in ("distance", "judged_ms_ssim"):
        about[measure] = wide[measure].mean() if measure in wide else np.nan
    rows.append(about | {"alone": alone})
    colour, shift = (RED, 0.96) if alone else (BLUE, 1.04)
    for ax, measure in ((axes[1], "distance"), (axes[2], "judged_ms_ssim")):
        if measure in wide:
            ax.scatter([images(suite) * shift] * len(wide), wide[measure], 7, colour, alpha=0.5)
data = pd.DataFrame(rows)
for alone, colour, label, shift in ((True, RED, "one class", 0.96), (False, BLUE, "several", 1.04)):
    mine = data[data["alone"] == alone].sort_values("images")
    if mine.empty:
        continue
    bars = np.abs(mine[["low", "high"]].to_numpy().T - mine["failed"].to_numpy())
    axes[0].errorbar(
        mine["images"] * shift,
        mine["failed"],
        yerr=bars,
        color=colour,
        marker="o",
        ms=4,
        lw=1,
        label=label,
    )
    axes[1].plot(mine["images"] * shift, mine["distance"], color=colour, lw=1)
    axes[2].plot(mine["images"] * shift, mine["judged_ms_ssim"], color=colour, lw=1)
for ax, words in zip(
    axes, ("share that failed", "feature distance", "MS-SSIM, judged"), strict=True
):
    ax.set_xscale("log")
    ticks = sorted(data["images"].unique())
    ax.set_xticks(ticks, [f"{t:,}" for t in ticks], fontsize=6, rotation=45)
    ax.minorticks_off()
    ax.set_title(words, fontsize=8)
    ax.set_xlabel("training images of a model", fontsize=7)
axes[0].set_ylim(-0.03, 1.03)
axes[0].legend(loc="center left")

# %%
quantities = [
    item.measure(
        f"failed_{r['suite']}",
        singular(
            f"share of GANs of {r['classes']} classes and {r['images']:,} images that are lost"
        ),
        r["failed"],
        (r["low"], r["high"]),
        protocol="judge's own label, over half of the classes",
        resampled=f"{r['models']} models (Wilson)",
        unit="fraction",
    )
    for r in rows
]
caption = """Plain GANs of one class (orange) and of several (blue), by the number of training
images of a model. Left: the share of models that diverged, or over half of whose classes are
missing or more alike than those of any class of training images, by the judge's own label; 95 %
Wilson intervals over models. Middle: distance of features to the training images of the same
classes, which needs as many samples and images to be set beside another. Right: MS-SSIM by the
judge's own label. A point is a model. Where one class fails at a number of images at which
several do not, it is not the number."""
item.finish(fig, data.drop(columns="alone"), caption, quantities)
