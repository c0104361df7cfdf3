# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Figure 5: diversity during training
# Mean MS-SSIM of the samples of a class as training goes on. A class that collapses to one picture
# rises above the largest mean of any training class (dashed).

# %% tags=["parameters"]
config = "results/demo/config.json"
tables = "results/demo/tables"
out = "results/demo/figures/figure_05"

# %%
import math

import matplotlib.pyplot as plt

from acgan.figures.drawing import (
    BLACK,
    GREY,
    RED,
    WIDTH,
    Drawing,
    legend_below,
    mark_threshold,
    short,
)
from acgan.io.words import counted

item = Drawing("figure_05", config, tables, out)
suite = item.suite("large")
chosen = item.config["suites"][suite]
real = item.table("ms_ssim_by_class").query("suite == 'real' and side == @chosen['side']")
threshold = real["ms_ssim"].max()
table = item.table("trajectory").query("suite == @suite")
lines = table.pivot(index="step", columns="class", values="ms_ssim")
names = table.drop_duplicates("class").set_index("class")["name"]
end = lines.iloc[-1].sort_values(kind="stable")
last, steps = lines.index[-1], chosen["training"]["steps"]
ended = last == steps  # else the last point is not the end of training
alike, varied = end.index[-1], list(end.index[:-1][:4])
others = list(end.index[4:-1]) if len(end) <= 20 else []  # hundreds would hide the five

# %%
fig, ax = plt.subplots(figsize=(0.75 * WIDTH, 3.1))
one, many = ("ends", "end") if ended else (f"at step {last:,} is", f"at step {last:,} are")
which = counted(len(varied), f"class that {one}", f"classes that {many}")
highest = f"class that {one} highest: {short(names[alike], 99)}"
lowest = f"{which} lowest"
for classes, colour, width, dot, label in (
    (others, GREY, 0.5, 0, "other classes"),
    (varied, BLACK, 1, 2, lowest),
    ([alike], RED, 1, 2, highest),
):
    for i, c in enumerate(classes):
        look = {"color": colour, "lw": width, "marker": "o", "ms": dot, "clip_on": False}
        ax.plot(lines.index / 1000, lines[c], label="" if i else label, **look)
mark_threshold(ax, threshold)
ax.set(xlim=(0, lines.index[-1] / 1000), ylim=(min(0, lines.min().min()), 1))
ax.set(xlabel="mini-batches (thousands)", ylabel="mean MS-SSIM of samples")
legend_below(ax, 2)

# %%
pairs, above = chosen["training"]["trajectory_pairs"], int((end > threshold).sum())
how = {"protocol": f"ms_ssim_{pairs}_random_pairs", "resampled": "nothing: one model of each class"}
first = lines[[*varied, alike]].iloc[0].min()
numbers = {"start": first, "collapsed_end": math.nan, "healthy_end": math.nan}
if ended:
    numbers["healthy_end"] = end[varied].max()
    numbers["collapsed_end"] = end[alike] if above else math.nan
quantities = [item.compare(n, "large", v, (math.nan, math.nan), **how) for n, v in numbers.items()]
verdict = (
    f"{above} of {len(end)} classes {'end' if above > 1 else 'ends'} above it, the orange one "
    f"among them."
    if above
    else "No class ends above it: none has collapsed, and orange is only the highest."
)
if not ended:
    verdict = (
        f"{above} of {len(end)} classes lie above it at step {last:,}, the last point of {steps:,} "
        "steps."
    )
data = table[table["class"].isin([*varied, *others, alike])].assign(threshold=threshold)
caption = f"""Mean MS-SSIM of samples during training, over {pairs} random pairs at each point,
every {chosen["training"]["trajectory_every"]:,} mini-batches; one line per class, from the one
model that makes it. Of {len(end)} classes, selected by their last value: black, the lowest; orange,
the highest{"; grey, the others" if others else ""}. Dashed: the largest class mean of training
data, {threshold:.2f}. {verdict} Suite {suite}: {chosen["side"]}x{chosen["side"]} pixels."""
item.finish(fig, data, caption, quantities)
