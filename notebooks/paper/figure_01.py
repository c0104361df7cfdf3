# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Figure 1: samples of five classes
# Nine samples of each of the five classes that the judge names best. Chosen for success, as in the
# paper; the album and Figure 7 show unselected ones.

# %% tags=["parameters"]
config = "results/demo/config.json"
tables = "results/demo/tables"
out = "results/demo/figures/figure_01"

# %%
import matplotlib.pyplot as plt

from acgan.figures.drawing import WIDTH, Drawing, counts, drawn_of, short, show_tiles

item = Drawing("figure_01", config, tables, out)
suite = item.config["suites"][item.suite("large")]
tiles = item.tiles("selected_samples")
judge = item.names_right("large")
classes = list(tiles.groupby("class", sort=False))

# %%
fig, axes = plt.subplots(
    1, len(classes), figsize=(WIDTH, 1.75), squeeze=False, layout="constrained"
)
for ax, (_, block) in zip(axes[0], classes, strict=True):
    show_tiles(ax, block)
    right = f"\nnamed right: {block['accuracy'].iloc[0]:.0%}" if judge else ""
    ax.set_title(short(block["name"].iloc[0]) + right)

# %%
chosen = (
    f"""selected for success: those whose samples {judge} names right most often; the
percentage is how often, over all {suite["samples_per_class"]} samples of the class"""
    if judge
    else "the first in the order of the models, since no judge says which are the best"
)
caption = f"""Samples of {len(classes)} of {suite["classes"]} classes, {chosen}. Within a class the
samples shown are the first nine, not chosen. Suite {item.suite("large")}:
{suite["side"]}x{suite["side"]} pixels,
{counts(item.config, item.suite("large"))}."""
item.finish(fig, drawn_of(tiles), caption)
