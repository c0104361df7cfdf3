# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Figure 6: accuracy against diversity
# One point per class: how often the judge names its samples right, and how alike they are. The
# paper finds no trade-off: collapsed classes tend to be named worse (section 4.3).

# %% tags=["parameters"]
config = "results/demo/config.json"
tables = "results/demo/tables"
out = "results/demo/figures/figure_06"

# %%
import matplotlib.pyplot as plt

from acgan.figures.compare import share
from acgan.figures.drawing import BLACK, Drawing, counts, legend_below, mark_threshold
from acgan.io.words import counted
from acgan.metrics.statistics import correlations, threshold

item = Drawing("figure_06", config, tables, out)
suite = item.suite("large")
side, judge = item.config["suites"][suite]["side"], item.config["suites"][suite]["judge"]
diversity = item.table("ms_ssim_by_class").query("side == @side")
limit = threshold(diversity.query("suite == 'real'")["ms_ssim"])
accuracy = item.table("accuracy_by_class").query("suite == @suite and side == @side")
data = accuracy[["class", "name", "accuracy"]].merge(
    diversity.query("suite == @suite")[["class", "ms_ssim"]], on="class"
)
x, y = data["accuracy"], data["ms_ssim"]

# %%
fig, ax = plt.subplots(figsize=(3.6, 3.4))
mark_threshold(ax, limit)
dot = 14 if len(data) < 100 else 4
ax.scatter(x, y, dot, BLACK, zorder=3, clip_on=False, label="one class")
ax.set(xlim=(0, 1), ylim=(0, 1))
ax.set(xlabel=f"accuracy of samples ({judge})", ylabel="mean MS-SSIM of samples")
legend_below(ax, 2, 0.16)

# %%
measured = correlations(x, y)
r, r_interval = measured["pearson_r"]
protocol = f"accuracy_{judge} and {diversity['metric'].iloc[0]}"
how = {"protocol": protocol, "resampled": "classes"}
quantities = [item.compare("pearson_r", "large", r, r_interval, **how)]
alike, varied = x[y >= limit], x[y < limit]
for number, hits, among in (
    ("alike_and_inaccurate", (alike <= 0.01).sum(), len(alike)),
    ("varied_and_accurate", (varied > 0.01).sum(), len(varied)),
):
    how = {"protocol": f"{protocol}, {among} classes", "resampled": "classes (Wilson)"}
    quantities.append(item.compare(number, "large", *share(int(hits), among), **how))
words = {"pearson_r": "Pearson r", "r_squared": "r²", "spearman": "Spearman"}
said = (
    "95 % intervals over classes: "
    + ", ".join(
        f"{words[k]} = {v:.2f} ({low:.2f} to {high:.2f})"
        for k, (v, (low, high)) in measured.items()
    )
    + "."
    if r == r
    else "One of the two is the same for all classes, so there is no correlation."
)
over = counted(len(alike), "class lies", "classes lie")
caption = f"""Accuracy of samples (named by {judge}) and their mean MS-SSIM, one point per class,
{len(data)} classes. Dashed: the largest class mean of training data; {over} at or above it. {said}
Suite {suite}: {counts(item.config, suite)}; MS-SSIM over {item.config["scores"]["ms_ssim_pairs"]}
random pairs of each class."""
item.finish(fig, data, caption, quantities)
