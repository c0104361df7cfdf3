# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Classes per model, width and loss
# More classes in a model cost variety. Do more parameters give it back, or another loss? The
# classes that all models share, by accuracy, class score and MS-SSIM (requests 2 and 17).

# %% tags=["parameters"]
config = "results/critics/config.json"
tables = "results/critics/tables"
out = "results/critics/figures/capacity"

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from acgan.figures.compared import titles
from acgan.figures.drawing import BLUE, GREEN, ORANGE, RED, WIDTH, Drawing
from acgan.metrics.inference import slope

item = Drawing("capacity", config, tables, out)
suites = item.suites("capacity")
table = item.table("capacity", "capacity")
named = titles(item.config, suites)
widths = {s: item.config["suites"][s]["nets"]["width"] for s in suites}
label = {s: f"{named[s].partition(' (')[0]}, width {widths[s]:g}" for s in suites}
WORDS = {"accuracy": "accuracy", "class_score": "class score", "ms_ssim": "MS-SSIM"}
shown = {m: w for m, w in WORDS.items() if (table["measure"] == m).any()}

# %%
fig, axes = plt.subplots(
    1, max(1, len(shown)), figsize=(WIDTH, 2.6), layout="constrained", squeeze=False
)
COLOURS = (BLUE, RED, GREEN, ORANGE, "#56B4E9", "#CC79A7")
rows = []
for ax, (measure, words) in zip(axes[0], shown.items(), strict=False):
    for i, suite in enumerate(suites):
        own = table[(table["suite"] == suite) & (table["measure"] == measure)]
        if own.empty:
            continue
        colour, shift = COLOURS[i % len(COLOURS)], 1 + 0.02 * (i - len(suites) / 2)
        means = own.groupby("classes")["value"].mean()
        ax.plot(means.index * shift, means, color=colour, lw=1.2, label=label[suite])
        ax.scatter(own["classes"] * shift, own["value"], 6, colour, alpha=0.6)
        about = {"suite": suite, "system": label[suite], "measure": measure, "models": len(own)}
        if own["classes"].nunique() < 2 or len(own) < 3:
            continue
        found = slope(np.log2(own["classes"].to_numpy(float)), own["value"].to_numpy(float))
        about |= {"slope": found.value, "low": found.interval[0], "high": found.interval[1]}
        rows.append(about)
    counts = sorted(table["classes"].unique())
    ax.set_xscale("log", base=2)
    ax.set_xticks(counts, [str(c) for c in counts])
    ax.minorticks_off()
    ax.set_title(words)
    ax.set_xlabel("classes of a model")
fig.legend(*axes[0][0].get_legend_handles_labels(), loc="outside lower center", ncols=3)

# %%
data = pd.DataFrame(rows)
quantities = [
    item.measure(
        f"{row['measure']}_{row['suite']}",
        f"change of {WORDS[row['measure']]} per doubling of the classes: {row['system']}",
        row["slope"],
        (row["low"], row["high"]),
        protocol="straight line over log2 of the class count",
        resampled=f"{row['models']} models",
    )
    for row in rows
]
score = table.loc[table["measure"] == "class_score", "metric"]
caption = f"""The classes that all models share, against the number of classes of a model: how
often the judge names their samples, their class score ({score.iloc[0] if len(score) else "none"}:
the same classes and as many samples for every model, so that the ceiling does not move) and their
MS-SSIM. A point is a model, lines join means; a line for each width and loss. Slopes per doubling
of the class count with their intervals over models are in data.csv: where a wider net, or another
loss, has a smaller slope than the first line, it mends what more classes cost."""
item.finish(fig, data, caption, quantities)
