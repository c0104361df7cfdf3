# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Resolution and diversity, system by system
# The paper's accuracy by resolution and its correlation of accuracy and MS-SSIM are of one system.
# Are they of any (requests 8 and 10)?

# %% tags=["parameters"]
config = "results/critics/config.json"
tables = "results/critics/tables"
out = "results/critics/figures/by_system"

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from acgan.figures.compared import restarts_of, titles
from acgan.figures.drawing import BLACK, WIDTH, Drawing, t_interval
from acgan.metrics.statistics import cluster_bootstrap, pearson, spearman

item = Drawing("by_system", config, tables, out)
table = item.table("class_accuracy", "critics")
alike = item.table("class_diversity", "critics").drop(columns="ms_ssim_std")
table = table.merge(alike, on=["suite", "model", "class"], how="left")
chosen = item.config["suites"]
suites = [s for s in item.suites("critics") if s in set(table["suite"])]
title = titles(item.config, suites)
side = chosen[suites[0]]["side"] if suites else 0
own = table[table["side"] == side]


# %%
columns = 4
lines = -(-max(1, len(suites)) // columns)
fig = plt.figure(figsize=(WIDTH, 2.3 + 1.5 * lines), layout="constrained")
above, below = fig.subfigures(2, 1, height_ratios=[2.3, 1.5 * lines])
ax = above.subplots()
rows = []
colours = plt.get_cmap("viridis")(np.linspace(0, 0.9, max(1, len(suites))))
for i, (suite, colour) in enumerate(zip(suites, colours, strict=True)):
    mine = table[table["suite"] == suite]
    means = mine.groupby(["side", "model"])["accuracy"].mean().unstack()
    ends = np.array([t_interval(v[np.isfinite(v)]) for v in means.to_numpy()]) if len(means) else []
    shift = 1 + 0.015 * (i - len(suites) / 2)
    mean = means.mean(axis=1)
    bars = np.nan_to_num(np.array([mean - [e[0] for e in ends], [e[1] for e in ends] - mean]))
    ax.errorbar(
        mean.index * shift,
        mean,
        yerr=bars,
        color=colour,
        lw=1,
        marker="o",
        ms=2,
        label=title[suite],
    )
sides = sorted(table["side"].unique())
ax.set_xscale("log", base=2)
ax.set_xticks(sides, [f"{s:g}" for s in sides])
ax.minorticks_off()
ax.set(xlabel="resolution of the samples (pixels)", ylabel="accuracy", ylim=(0, 1.02))
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=6)
panels = below.subplots(lines, columns, sharex=True, sharey=True, squeeze=False).ravel()
for ax in panels[len(suites) :]:
    ax.set_axis_off()
for ax, suite in zip(panels, suites, strict=False):
    mine = own[own["suite"] == suite].dropna(subset=["accuracy", "ms_ssim"])
    ax.scatter(mine["ms_ssim"], mine["accuracy"], 3, BLACK, alpha=0.5)
    r, rank = (
        pearson(mine["ms_ssim"], mine["accuracy"]),
        spearman(mine["ms_ssim"], mine["accuracy"]),
    )
    models = [m[["ms_ssim", "accuracy"]].to_numpy() for _, m in mine.groupby("model")]
    low, high = cluster_bootstrap(models, pearson)
    about = {"suite": suite, "system": title[suite], "models": mine["model"].nunique()}
    rows.append(about | {"pearson_r": r, "low": low, "high": high, "spearman": rank})
    ax.set_title(f"{title[suite]}\nr {r:.2f} ({low:.2f} to {high:.2f})", fontsize=6)
    ax.tick_params(labelsize=6)
below.supxlabel("MS-SSIM of a class", fontsize=7)
below.supylabel("accuracy", fontsize=7)

# %%
data = pd.DataFrame(rows)
quantities = [
    item.measure(
        f"pearson_r_{r['suite']}",
        f"Pearson's r of accuracy and MS-SSIM over classes: {r['system']}",
        r["pearson_r"],
        (r["low"], r["high"]),
        protocol=f"Spearman {r['spearman']:.2f}",
        resampled=f"{r['models']} models (whole models are drawn)",
        unit="r",
    )
    for r in rows
]
caption = f"""Above: how often the judge names samples shrunk to each resolution and enlarged
back, mean over the classes of {restarts_of(item.config, suites) if suites else 0} restarts of
each system whose generator is given a class; bars: 95 % intervals over restarts. Below: a point
is a class of a restart; Pearson's r of accuracy and MS-SSIM with its interval, for which whole
models are drawn, since the classes of a model are not independent. Were the sign that of the
paper everywhere, it would be no fluke of AC-GAN."""
item.finish(fig, data, caption, quantities)
