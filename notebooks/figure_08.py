# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Figure 8: nearest training images
# Samples of the best-named class and their nearest training images by mean absolute difference of
# pixels (L1): were they copies, the rows would be alike and the differences near 0 (section 4.6).

# %% tags=["parameters"]
config = "results/demo/config.json"
tables = "results/demo/tables"
out = "results/demo/figures/figure_08"

# %%
import matplotlib.pyplot as plt

from acgan.drawing import WIDTH, Drawing, drawn_of, label_tiles, photos, short, show_tiles

item = Drawing("figure_08", config, tables, out)
suite = item.config["suites"][item.suite("high")]
tiles = item.tiles("nearest_images")
queries = tiles[tiles["kind"] == "generated"]
everything = item.table("neighbours")
within = everything[everything["metric"] == "nearest_l1_same_class"]["distance"]

# %%
words = {
    "generated": "sample",
    "nearest_l1_same_class": "nearest\nof its class",
    "nearest_l1_all_classes": "nearest of the\nmodel's classes",
}
fig, axes = plt.subplots(3, 1, figsize=(WIDTH, 3.2), layout="constrained")
for ax, (kind, row) in zip(axes, tiles.groupby("kind", sort=False), strict=True):
    show_tiles(ax, row)
    below = []
    if kind == "nearest_l1_same_class":
        below = [f"{d:.1f}" for d in row["distance"]]
    if kind == "nearest_l1_all_classes":
        below = [
            f"{d:.1f}\n{short(n, 9)}" for d, n in zip(row["distance"], row["name"], strict=True)
        ]
    label_tiles(ax, row, left=[words[kind]], below=below)
fig.supxlabel(
    "numbers: mean absolute difference of pixel values (0 to 255) from the sample above", fontsize=7
)

# %%
caption = f"""Top: {len(queries)} samples of {queries["name"].iloc[0]}, the class that {suite["judge"]} names best
(so selected; the samples are its first, not chosen). Middle: the nearest training image of that class; bottom: the
nearest among all classes of the same model, with its class. Below each, the mean absolute difference of the pixels'
values (0 to 255) from the sample. Over all {suite["classes"]} classes, {len(within)} samples, the difference to the
nearest image of the class has median {within.median():.1f} and least value {within.min():.1f}. Suite
{item.suite("high")}: {suite["side"]}x{suite["side"]} pixels. {photos(item.config)}"""
item.finish(fig, drawn_of(tiles), caption)
