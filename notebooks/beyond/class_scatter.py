# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Class by class against projection
# Miyato and Koyama 2018 set projection beside AC-GAN class by class: which classes does it draw
# better (request 22)?

# %% tags=["parameters"]
config = "results/critics/config.json"
tables = "results/critics/tables"
out = "results/critics/figures/class_scatter"

# %%
import matplotlib.pyplot as plt
import pandas as pd

from acgan.figures.compared import titles
from acgan.figures.drawing import BLACK, BLUE, WIDTH, Drawing
from acgan.metrics.statistics import paired_test, share, welch_interval

item = Drawing("class_scatter", config, tables, out)
suites = item.suites("critics")
chosen = item.config["suites"]
systems = {chosen[s]["objective"]["system"]: s for s in reversed(suites)}
pair = [systems.get(s) for s in ("projection", "acgan")]
table = item.table("class_distance", "critics")
if None in pair or not set(pair) <= set(table["suite"]):
    lacks = pd.DataFrame({"lacks": ["projection and acgan"]})
    item.say("Nothing to draw: no distances by class of projection and acgan", lacks)
x, y = pair
title = titles(item.config, pair)
means = table[table["suite"].isin(pair)].groupby(["suite", "class"])["distance"].mean().unstack(0)
means = means.dropna()
names = table.drop_duplicates("class").set_index("class")["name"]

# %%
fig, ax = plt.subplots(figsize=(0.55 * WIDTH, 0.55 * WIDTH), layout="constrained")
ax.scatter(means[x], means[y], 12, BLACK, zorder=3)
top = 1.08 * means.to_numpy().max() if len(means) else 1
ax.plot([0, top], [0, top], color=BLUE, lw=1)
# Neighbours' names go to either side of their points.
for i, c in enumerate(means.sort_values(x).index if len(means) <= 12 else ()):
    place, side = (means.loc[c, x], means.loc[c, y]), ("right", "left")[i % 2]
    away = (-2, 3) if side == "right" else (3, -7)
    ax.annotate(str(names[c])[:10], place, away, textcoords="offset points", fontsize=6, ha=side)
ax.set(xlim=(0, top), ylim=(0, top), aspect="equal")
ax.set(xlabel=f"distance, {title[x]}", ylabel=f"distance, {title[y]}")

# %%
worse, interval = share(int((means[y] > means[x]).sum()), len(means))
by_model = table.groupby(["suite", "model"])["distance"].mean()
difference, over_restarts = welch_interval(by_model[x], by_model[y])
test = paired_test(means[x], means[y])
metric = table["metric"].iloc[0]
quantities = [
    item.measure(
        "worse",
        f"share of classes that {title[y]} draws farther from the training images",
        worse,
        interval,
        protocol=metric,
        resampled=f"{len(means)} classes (Wilson)",
        unit="fraction",
    ),
    item.measure(
        "difference",
        f"mean distance, {title[y]} minus {title[x]}",
        difference,
        over_restarts,
        protocol=f"{metric}; over classes p {test.p:.3g} by flipped signs",
        resampled="restarts",
    ),
]
caption = f"""The distance of each class's samples to its training images ({metric}), mean over
restarts: a point is a class; above the line {title[y]} is farther. {worse:.0%} of the classes lie
above it. The mean difference with its interval over restarts, and p over classes by flipped
signs, are in the report."""
item.finish(fig, means.reset_index(), caption, quantities)
