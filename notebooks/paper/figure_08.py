# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Figure 8: nearest training images
# Samples of the best-named class and their nearest training images, by mean absolute difference of
# pixels (L1) and by MS-SSIM: were they copies, the rows would be alike, the differences near 0 and
# MS-SSIM near 1 (section 4.5).

# %% tags=["parameters"]
config = "results/demo/config.json"
tables = "results/demo/tables"
out = "results/demo/figures/figure_08"

# %%
import matplotlib.pyplot as plt

from acgan.figures.drawing import WIDTH, Drawing, drawn_of, label_tiles, photos, short, show_tiles

item = Drawing("figure_08", config, tables, out)
suite = item.config["suites"][item.suite("large")]
tiles = item.tiles("nearest_images")
queries = tiles[tiles["kind"] == "generated"]
everything = item.table("neighbours")
judge = item.names_right("large")
of = "same_class" if "nearest_l1_same_class" in set(everything["metric"]) else "all_classes"
within = {
    m: everything[everything["metric"] == f"nearest_{m}_{of}"]["distance"]
    for m in ("l1", "ms_ssim")
}

# %%
words = {
    "generated": "sample",
    "nearest_l1_same_class": "L1, nearest\nof its class",
    "nearest_l1_all_classes": "L1, of the\nmodel's classes",
    "nearest_ms_ssim_same_class": "MS-SSIM, nearest\nof its class",
    "nearest_ms_ssim_all_classes": "MS-SSIM, of the\nmodel's classes",
}
kinds = list(tiles.groupby("kind", sort=False))
fig, axes = plt.subplots(len(kinds), 1, figsize=(WIDTH, 1.08 * len(kinds)), layout="constrained")
for ax, (kind, row) in zip(axes, kinds, strict=True):
    show_tiles(ax, row)
    below = []
    if kind != "generated":
        digits = 2 if "ms_ssim" in kind else 1
        below = [f"{d:.{digits}f}" for d in row["distance"]]
    if kind.endswith("all_classes"):
        below = [f"{d}\n{short(n, 9)}" for d, n in zip(below, row["name"], strict=True)]
    label_tiles(ax, row, left=[words[kind]], below=below)
fig.supxlabel(
    "numbers: mean absolute difference of pixel values (0 to 255), or MS-SSIM (1: equal), to the "
    "sample above",
    fontsize=7,
)

# %%
total = everything["class"].nunique()
chosen = (
    f"""the class that {judge} names best (so selected; the samples are its first, not
chosen)"""
    if judge
    else "the first class (no judge says which is the best; the samples are its first)"
)
nearest = "of the class" if of == "same_class" else "of any class"
where = "among all classes of the same model"
where = f"of that class and {where}" if of == "same_class" else where
caption = f"""Top: {len(queries)} samples of {queries["name"].iloc[0]}, {chosen}. Below, the nearest
training image {where}, with its class: first by the mean absolute difference of the pixels' values
(0 to 255), then by MS-SSIM (largest). Over all {total} {item.rows("large")}, {len(within["l1"])}
samples, to the nearest image {nearest} the difference has median {within["l1"].median():.1f} and
least value {within["l1"].min():.1f}, and MS-SSIM has median {within["ms_ssim"].median():.2f} and
largest value {within["ms_ssim"].max():.2f}. Suite {item.suite("large")}:
{suite["side"]}x{suite["side"]} pixels. {photos(item.config)}"""
item.finish(fig, drawn_of(tiles), caption)
