# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # AC-GAN against Improved GAN
# The paper sets one score of each beside the other. Over restarts: MS-SSIM of every class by the
# judge's own label, and the class score (requests 3 and 11).

# %% tags=["parameters"]
config = "results/critics/config.json"
tables = "results/critics/tables"
out = "results/critics/figures/against_improved"

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from acgan.figures.compared import columns_of_points, titles
from acgan.figures.drawing import BLACK, BLUE, RED, WIDTH, Drawing
from acgan.metrics.statistics import paired_test, permutation_test, welch_interval

item = Drawing("against_improved", config, tables, out)
suites = item.suites("critics")
chosen = item.config["suites"]
systems = {chosen[s]["objective"]["system"]: s for s in reversed(suites)}
pair = [systems.get(s) for s in ("acgan", "improved_gan")]
if None in pair:
    lacks = pd.DataFrame({"lacks": ["acgan and improved_gan"]})
    item.say("Nothing to draw: the role critics has no acgan and improved_gan", lacks)
own, other = pair
title = titles(item.config, pair)
classes = item.table("judged_by_class", "critics")
if not set(pair) <= set(classes["suite"]):
    lost = pd.DataFrame({"suites": [" and ".join(pair)]})
    item.say("Nothing to draw: every restart of one of the two diverged", lost)
measures = item.table("model_measures", "critics")
score = measures[measures["measure"] == "class_score"]

# %%
fig, (left, right) = plt.subplots(
    1, 2, figsize=(WIDTH, 2.8), width_ratios=[1.7, 1], layout="constrained"
)
real = classes[classes["suite"] == "real"].drop_duplicates("class").set_index("class")
places = {c: i for i, c in enumerate(real.index)}
for suite, colour, shift in ((own, RED, -0.15), (other, BLUE, 0.15)):
    mine = classes[classes["suite"] == suite].dropna(subset="ms_ssim")
    x = mine["class"].map(places) + shift
    left.scatter(x, mine["ms_ssim"], 6, colour, alpha=0.6, label=title[suite])
left.plot(list(places.values()), real["ms_ssim"], "_", color=BLACK, ms=12, label="training images")
left.set_xticks(list(places.values()), [str(n)[:12] for n in real["name"]], rotation=45, fontsize=6)
left.set(ylabel="MS-SSIM, judge's own label", ylim=(0, None))
left.legend(loc="upper center", bbox_to_anchor=(0.5, 1.18), ncols=3)
values = {s: score.loc[score["suite"] == s, "value"] for s in pair}
columns_of_points(right, {title[s]: v for s, v in values.items()}, [RED, BLUE][: len(values)])
right.set_xlabel("class score")

# %%
rows = []
difference, interval = welch_interval(values[other].dropna(), values[own].dropna())
worst = pd.concat([values[other], values[own]]).fillna(-np.inf).rank()
p = permutation_test((worst[values[other].index], worst[values[own].index]))
rows.append({"quantity": "class score", "difference": difference, "low": interval[0]})
rows[-1] |= {"high": interval[1], "p": p, "unit": "restarts"}
by_class = classes.groupby(["suite", "class"])["ms_ssim"].mean().unstack(0)
both = by_class[[other, own]].dropna()
by_model = classes.groupby(["suite", "model"])["ms_ssim"].mean()
difference, interval = welch_interval(by_model[other].dropna(), by_model[own].dropna())
p = permutation_test((by_model[other].dropna(), by_model[own].dropna()))
rows.append({"quantity": "MS-SSIM", "difference": difference, "low": interval[0]})
rows[-1] |= {"high": interval[1], "p": p, "unit": "restarts"}
second = paired_test(both[other], both[own])
rows.append({"quantity": "MS-SSIM", "difference": second.difference, "low": second.interval[0]})
rows[-1] |= {"high": second.interval[1], "p": second.p, "unit": "classes"}
data = pd.DataFrame(rows)
quantities = [
    item.measure(
        f"{r['quantity']}_{r['unit']}".replace(" ", "_").replace("-", "_").lower(),
        f"{r['quantity']} over {r['unit']}: {title[own]} minus {title[other]}",
        r["difference"],
        (r["low"], r["high"]),
        protocol=f"p {r['p']:.3g} by permutation",
        resampled=r["unit"],
    )
    for r in rows
]
caption = f"""{title[own]} and {title[other]} on the same nets and data. Left: mean MS-SSIM of the
samples that the judge takes for each class, a point a restart; no point where fewer than 20
samples of a restart bear the label. Right: class score, a point a restart, mean and 95 %
interval. Differences with their intervals over restarts and p by permuted restarts (a diverged
one ranks worst) are in data.csv, of MS-SSIM also over classes. The paper's 8.25 ± 0.07 and 8.09 ±
0.07 are spreads over groups of samples of one model each: they tell two models apart (Welch's t
4.2), and say nothing of what another restart would give, nor of choosing the best of 27."""
item.finish(fig, data, caption, quantities)
