# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Album: ten samples of every class
# The first ten samples of every class, unselected, in the order in which classes are put together
# in models (section 4.7).

# %% tags=["parameters"]
config = "results/demo/config.json"
tables = "results/demo/tables"
out = "results/demo/figures/album"

# %%
import matplotlib.pyplot as plt
import numpy as np

from acgan.figures.drawing import WIDTH, Drawing, counts, drawn_of, label_tiles, short, show_tiles

item = Drawing("album", config, tables, out)
suite = item.suite("large")
every = item.tiles("album")
sheets = every["sheet"].unique()
tiles = every[every["sheet"] == sheets[0]]
halves = 1 if tiles["row"].nunique() <= 25 else 2  # long ones in two
rows = np.array_split(np.sort(tiles["row"].unique()), halves)

# %%
height = 0.38 if len(rows) == 1 else 0.24
fig, axes = plt.subplots(
    1,
    len(rows),
    figsize=(4.6 if len(rows) == 1 else WIDTH, height * len(rows[0])),
    squeeze=False,
    layout="constrained",
)
for ax, part in zip(axes[0], rows, strict=True):
    block = tiles[tiles["row"].isin(part)]
    show_tiles(ax, block)
    label_tiles(ax, block, left=block.drop_duplicates("row")["name"].map(lambda n: short(n, 18)))

# %%
total = every["class"].nunique()
which = f"The {total} classes"
if len(sheets) > 1:
    which = (
        f"The first {tiles['class'].nunique()} of {total} classes (others: {item.tables.name}/; "
        "full size: album/)"
    )
caption = f"""{which}, one class a row, in the order in which they are put together in models: the
first {tiles["column"].nunique()} samples of each, not selected. Suite {suite}:
{counts(item.config, suite)}."""
item.finish(fig, drawn_of(tiles), caption)
