# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Settings compared over restarts
# Every setting of a suite, with a point for each restart: a difference that is smaller than that of
# restarts is none. The first setting is what the others are compared with.

# %% tags=["parameters"]
config = "results/demo/config.json"
tables = "results/demo/tables"
out = "results/demo/figures/settings"

# %%
import math

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from acgan.figures.drawing import BLACK, BLUE, RED, WIDTH, Drawing, show_strips, t_interval
from acgan.io.words import setting
from acgan.metrics.statistics import welch_interval

item = Drawing("settings", config, tables, out)
suites = item.suites("settings")
table = item.table("model_measures", "settings")
SHOWN = {
    "accuracy": "accuracy",
    "judged_ms_ssim": "MS-SSIM,\njudged",
    "ms_ssim": "MS-SSIM,\nasked for",
    "class_score": "class\nscore",
    "distance": "feature\ndistance",
    "class_distance": "the same,\nby class",
}
shown = {m: w for m, w in SHOWN.items() if table.query("measure == @m")["value"].notna().any()}
models = table[table["suite"] != "real"].copy()
SAME = ("dataset", "side", "judge")  # that two settings must have for a difference to mean anything
seen_by = {s: tuple(item.config["suites"][s][k] for k in SAME) for s in suites}
real = table[table["suite"] == "real"].groupby("measure")["value"].mean()
if len(set(seen_by.values())) > 1:
    real = real.iloc[:0]  # each would have a line of its own
varied = list(dict.fromkeys(k for s in suites for k in item.config["suites"][s]["grid"]))
group = models["model"].str.partition("-r")[0]
models["setting"] = np.where(models["model"].str.contains("-r"), group, models["model"])
names = {}
for (suite, one), block in models.groupby(["suite", "setting"], sort=False):
    grid = item.config["suites"][suite]["grid"]
    chosen = [f"{k.partition('.')[2]} {setting(block[k].iloc[0])}" for k in grid]
    groups = models[models["suite"] == suite]["model"].str.partition("-")[0].nunique()
    chosen += [one.partition("-")[0]] * (groups > 1)
    named = [suite] * (len(suites) > 1) + [", ".join(chosen)] * bool(chosen)
    names[suite, one] = ": ".join(named) or one

# %%
heights = [0.9 + 0.24 * len(names), 0.1 + 0.19 * max(2, -(-len(names) // 2))]
fig = plt.figure(figsize=(WIDTH, sum(heights)), layout="constrained")
above, below = fig.subfigures(2, 1, height_ratios=heights)
axes = above.subplots(1, max(1, len(shown)), sharey=True, squeeze=False)
strips = {}
for suite in suites:
    tiles = item.tiles("same_latents", suite)
    for model, strip in tiles.groupby("model", sort=False) if len(tiles) else ():
        one = model.partition("-r")[0] if "-r" in model else model
        strips[names[suite, one]] = strip
show_strips(below.subplots(1, 2), strips)
places = np.arange(len(names))[::-1]
first = next(iter(names))
rows = []
for place, key in zip(places, names, strict=True):
    baseline = next(k for k in names if seen_by[k[0]] == seen_by[key[0]])
    own = models[(models["suite"] == key[0]) & (models["setting"] == key[1])]
    about = {"suite": key[0], "setting": key[1]}
    about |= {k: own[k].iloc[0] for k in varied if k in own}
    about["restarts"] = own["model"].nunique()
    base = models[(models["suite"] == baseline[0]) & (models["setting"] == baseline[1])]
    for measure in (*shown, "collapsed", "diverged"):
        v, reference = (b[b["measure"] == measure]["value"].dropna() for b in (own, base))
        about |= {measure: v.mean() if len(v) else math.nan}
        if key != baseline:
            difference, (low, high) = welch_interval(reference, v)
            about |= {f"{measure}_difference": difference}
            about |= {f"{measure}_low": low, f"{measure}_high": high}
    rows.append(about)
    for ax, measure in zip(axes[0], shown, strict=False):
        v = own[own["measure"] == measure]["value"].dropna()
        ax.scatter(v, np.full(len(v), place), 7, BLUE, alpha=0.6, clip_on=False, zorder=3)
        low, high = t_interval(v)
        if math.isfinite(low):
            ax.plot([low, high], [place, place], color=BLACK, lw=1, zorder=4)
        if len(v):
            ax.plot(v.mean(), place, "|", color=BLACK, ms=7, zorder=5)
for ax, (measure, words) in zip(axes[0], shown.items(), strict=False):
    if measure in real and math.isfinite(real[measure]):
        ax.axvline(real[measure], color=RED, lw=1, ls="--")
    ax.set_title(words, fontsize=7)
    ax.tick_params(labelsize=6)
    ax.locator_params(axis="x", nbins=3)
axes[0][0].set_yticks(places, list(names.values()), fontsize=6)

# %%
data = pd.DataFrame(rows)
restarts = sorted(set(data["restarts"]))
caption = f"""A point is a restart, {
    " to ".join(map(str, dict.fromkeys((restarts[0], restarts[-1]))))
} of each of {len(names)}
settings of {", ".join(suites)}; black: the mean and its 95 % interval over restarts (Student's t);
dashed: training images. Differences to the first setting (of the same data, side and judge), {
    names[first]
}, with Welch's interval over
restarts, and the restarts that collapsed or diverged, are in data.csv. Below: ten samples of
each setting's first restart that did not diverge, of the classes in their order where the generator
is given one{
    ", by the same latents"
    if all(item.config["suites"][s]["seeds"] == "shared" for s in suites)
    else ""
}.
{
    "With one restart a setting has no interval: nothing can be said of a difference."
    if restarts == [1]
    else ""
}"""
item.finish(fig, data, caption)
