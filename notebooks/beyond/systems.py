# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # The systems compared
# What AC-GAN and the systems that it argues against draw, on the same nets and data: a point is a
# restart. One column is named beforehand for a test, the class score by the judge; the others have
# intervals alone.

# %% tags=["parameters"]
config = "results/systems/config.json"
tables = "results/systems/tables"
out = "results/systems/figures/systems"

# %%
import math

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from acgan.figures.compare import published
from acgan.figures.compared import titles
from acgan.figures.drawing import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    RED,
    WIDTH,
    Drawing,
    show_strips,
    t_interval,
)
from acgan.metrics.statistics import holm, permutation_test, welch_interval

item = Drawing("systems", config, tables, out)
suites = item.suites("systems")
table = item.table("model_measures", "systems")
chosen = item.config["suites"]
title = titles(item.config, suites)
SHOWN = {
    "accuracy": "accuracy",
    "judged_ms_ssim": "MS-SSIM,\njudged",
    "missing": "missing\nclasses",
    "class_score": "class\nscore",
    "best_class_score": "the same,\nbest moment",
    "distance": "feature\ndistance",
    "class_distance": "the same,\nby class",
}
LATENT = ("latent", "latent_distribution")
ALSO = ("code_accuracy", "code_information", "kl_to_uniform", "confidence")  # in data.csv alone
shown = {m: w for m, w in SHOWN.items() if table.query("measure == @m")["value"].notna().any()}

# %%
real = table[table["suite"] == "real"].groupby("measure")["value"].mean()
models = table[table["suite"] != "real"]
values = models.set_index(["suite", "model", "measure"])["value"].unstack().reset_index()
# A diverged restart ranks worst and is never dropped.
rank = values["class_score"].mask(values["diverged"] > 0, -math.inf).rank()
rows = []
for suite in suites:
    own, first = values[values["suite"] == suite], values[values["suite"] == suites[0]]
    about = {"suite": suite, "system": title[suite], "restarts": len(own)}
    about |= {k: int(own[k].sum()) for k in ("diverged", "collapsed") if k in own}
    for measure in [m for m in (*shown, *ALSO) if m in own]:
        v, reference = own[measure].dropna(), first[measure].dropna()
        about |= {measure: v.mean() if len(v) else math.nan}
        if suite != suites[0]:
            difference, (low, high) = welch_interval(reference, v)
            about |= {f"{measure}_difference": difference, f"{measure}_low": low}
            about |= {f"{measure}_high": high}
    about["p"] = math.nan
    if suite != suites[0]:
        about["p"] = permutation_test((rank[first.index], rank[own.index]))
    about |= published(item.config, suite)
    rows.append(about)
data = pd.DataFrame(rows)
data["p_holm"] = holm(data["p"])

# %%
heights = [0.7 + 0.2 * len(suites), 0.1 + 0.19 * -(-len(suites) // 2)]
fig = plt.figure(figsize=(WIDTH, sum(heights)), layout="constrained")
above, below = fig.subfigures(2, 1, height_ratios=heights)
axes = above.subplots(1, max(1, len(shown)), sharey=True, squeeze=False)
show_strips(below.subplots(1, 2), {title[s]: item.tiles("same_latents", s) for s in suites})
places = np.arange(len(suites))[::-1]
for ax, (measure, words) in zip(axes[0], shown.items(), strict=True):
    for place, suite in zip(places, suites, strict=True):
        own = values[values["suite"] == suite]
        v, colour = own[measure].dropna(), BLUE
        if measure == "accuracy" and not len(v) and "code_accuracy" in own:
            v, colour = own["code_accuracy"].dropna(), GREEN
        ax.scatter(v, np.full(len(v), place), 7, colour, alpha=0.6, clip_on=False, zorder=3)
        if not len(v):
            ax.text(0.5, place, "none", ha="center", va="center", color=GREY, fontsize=6,
                    transform=ax.get_yaxis_transform())  # fmt: skip
            continue
        low, high = t_interval(v)
        if math.isfinite(low):
            ax.plot([low, high], [place, place], color=BLACK, lw=1, zorder=4)
        ax.plot(v.mean(), place, "|", color=BLACK, ms=7, zorder=5)
    for row, place in zip(rows, places, strict=True):
        if measure == "class_score" and row.get("published_is_comparable"):
            ax.plot(row["published"], place, "D", mec=ORANGE, mfc="none", ms=4, zorder=5)
    if measure in real and math.isfinite(real[measure]):
        ax.axvline(real[measure], color=RED, lw=1, ls="--")
    ax.set_title(words, fontsize=7)
    ax.tick_params(labelsize=6)
    ax.locator_params(axis="x", nbins=3)
axes[0][0].set_yticks(places, [title[s] for s in suites], fontsize=7)

# %%
judge = chosen[suites[0]]["judge"]
latents = {(chosen[s]["seeds"], *map(chosen[s]["nets"].get, LATENT)) for s in suites}
shared = len(latents) == 1 and "shared" in next(iter(latents))
counts = sorted({chosen[s]["restarts"] for s in suites})
score = models.query("measure == 'class_score'")["metric"].replace("", np.nan).dropna()
distance = models.query("measure == 'distance'")["metric"].replace("", np.nan).dropna()
lost = data[["diverged", "collapsed"]].sum() if "collapsed" in data else None
others = [
    f"{row['system']} {row['published']:g} ({row['published_source']})"
    for row in rows
    if "published" in row
]
tested = data[data["p_holm"] <= 0.05]["system"].tolist()
caption = f"""A point is a restart; black: the mean and its 95 % interval over restarts (Student's
t); dashed: training images. {
    " to ".join(map(str, dict.fromkeys((counts[0], counts[-1]))))
} restarts of each of {len(suites)}
systems. Accuracy: how often {judge} names the class that the generator was asked for, of systems
that are given one (none: it is not); green: by the class that each value of a code was matched to
on other samples. By the judge's own label, for every system alike: mean MS-SSIM
of the classes with at least 20 samples, and how many have fewer. Class score:
{score.iloc[0] if len(score) else "none"}; distance: {
    distance.iloc[0] if len(distance) else "none"
}.
{
    f"{int(lost['diverged'])} restarts diverged, {int(lost['collapsed'])} collapsed."
    if lost is not None
    else ""
} Differences to {title[suites[0]]} with Welch's interval over restarts are in data.csv;
one column was named beforehand for a test, the class score: permuted restarts, a diverged one
ranking worst, Holm over {len(suites) - 1} systems: {", ".join(tested) or "none"} differ{
    "s" if len(tested) == 1 else ""
} at 0.05. Below: ten samples of each system's first restart that did not diverge, of the
classes in their order where the generator is given one{
    "; of the same latents for all that are given a class or a code, and for all others"
    if shared
    else ""
}.
{
    f"Published Inception Scores of the same nets: {'; '.join(others)} (diamonds, where the judge "
    "is theirs)."
    if others
    else ""
}"""
quantities = [
    item.measure(
        f"{measure}_{row['suite']}",
        f"{words.replace(chr(10), ' ')}, {row['system']} minus {title[suites[0]]}",
        row[f"{measure}_difference"],
        (row[f"{measure}_low"], row[f"{measure}_high"]),
        protocol="Welch's interval",
        resampled="restarts",
        unit="fraction" if measure == "accuracy" else "",
    )
    for measure, words in shown.items()
    for row in rows[1:]
    if math.isfinite(row[f"{measure}_difference"])
]
item.finish(fig, data, caption, quantities)
