# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Figure 10: classes per model and diversity
# Mean MS-SSIM of the classes that all models share, against the number of classes that a model is
# trained on. In the paper an unchanged model collapses as classes are added.

# %% tags=["parameters"]
config = "results/demo/config.json"
tables = "results/demo/tables"
out = "results/demo/figures/figure_10"

# %%
import math

import matplotlib.pyplot as plt
import numpy as np

from acgan.figures.drawing import BLACK, BLUE, WIDTH, Drawing, legend_below, mark_threshold
from acgan.io.words import counted

item = Drawing("figure_10", config, tables, out)
suite = item.suite("class_count")
chosen = item.config["suites"][suite]
table = item.table("class_count")
is_ms_ssim = table["metric"].str.startswith("ms_ssim")
table["measure"] = np.where(is_ms_ssim, "ms_ssim", "accuracy")
real = table[(table["suite"] == "real") & is_ms_ssim]["value"]
threshold = real.max()
models = table[table["suite"] == suite]
shared = models["class"].nunique()
data = models.pivot_table("value", ["classes_per_model", "restart", "model"], "measure")
data = data.reset_index()
by_count = data.groupby("classes_per_model")["ms_ssim"].agg(["mean", "std", "size"])

# %%
fig, ax = plt.subplots(figsize=(0.65 * WIDTH, 3))
width = 0.3 * np.diff(by_count.index, prepend=0).min()  # restarts side by side
shift = (data["restart"] - data["restart"].mean()) / max(1, data["restart"].max()) * width
mark_threshold(ax, threshold)
look = {"color": BLACK, "lw": 1, "marker": "_", "capsize": 4, "zorder": 4}
label = "mean and standard deviation"
ax.errorbar(by_count.index, by_count["mean"], by_count["std"].fillna(0), label=label, **look)
look = {"alpha": 0.7, "zorder": 3, "clip_on": False, "label": "one restart"}
ax.scatter(data["classes_per_model"] + shift, data["ms_ssim"], 9, BLUE, **look)
ax.set(ylim=(0, 1), xticks=list(by_count.index), xlabel="classes that one model is trained on")
ax.set(ylabel=f"mean MS-SSIM of the first {counted(shared, 'class', 'classes')}")
legend_below(ax, 2)

# %%
restarts = " to ".join(map(str, sorted({by_count["size"].min(), by_count["size"].max()})))
protocol = table.loc[is_ms_ssim, "metric"].iloc[0].removesuffix("_mean")
how = {"protocol": protocol, "resampled": "nothing: it is a maximum over classes"}
quantities = [item.compare("threshold", "class_count", threshold, (math.nan, math.nan), **how)]
caption = f"""Mean MS-SSIM of samples of the first {shared} classes, which all models share, against
the number of classes that a model is trained on. Points: models that differ in their random state
alone ({restarts} for each number, {len(data)} in all); black: their mean, error bars: standard
deviation over restarts. Dashed: the largest class mean of training data over {len(real)} classes.
Suite {suite}: {chosen["side"]}x{chosen["side"]} pixels, {chosen["samples_per_class"]} samples and
{item.config["scores"]["ms_ssim_pairs"]} random pairs of each class, {chosen["training"]["steps"]:,}
mini-batches for every model. {
    f"Accuracy of the same samples by {chosen['judge']}: in data.csv." if chosen["judge"] else ""
}"""
item.finish(fig, data, caption, quantities)
