# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Figure 7: random samples
# The paper sets samples of Salimans et al. 2016 (left) beside random AC-GAN samples (right), for
# global coherence (section 4.4). Left is the suite of the role `improved`, where there is one.

# %% tags=["parameters"]
config = "results/demo/config.json"
tables = "results/demo/tables"
out = "results/demo/figures/figure_07"

# %%
import matplotlib.pyplot as plt

from acgan.figures.drawing import GREY, WIDTH, Drawing, counts, drawn_of, show_tiles

item = Drawing("figure_07", config, tables, out)
suite = item.suite("large")
tiles = item.tiles("random_samples")
title = item.system("large")

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(0.75 * WIDTH, 2.5), layout="constrained")
others = item.tiles("random_samples", item.suite("improved")) if item.suites("improved") else ()
if len(others):
    show_tiles(left, others)
    left.set_title(f"{item.system('improved')}, random samples")
else:
    why = "diverged in training" if item.suites("improved") else "no suite plays\nthe role improved"
    left.set(
        xticks=[], yticks=[], xlim=(0, 1), ylim=(0, 1), aspect="equal", title="Salimans et al. 2016"
    )
    left.spines[:].set(visible=True, color=GREY, linestyle=(0, (4, 4)))
    left.text(0.5, 0.5, why, ha="center", va="center", color=GREY)
show_tiles(right, tiles)
right.set_title(f"{title}, random samples")

# %%
rows = [", ".join(row["name"].str.split(",").str[0]) for _, row in tiles.groupby("row")]
beside = "the place of the model of Salimans et al. 2016, which no suite trains here."
if len(others):
    chosen = item.config["suites"][item.suite("improved")]
    own = chosen["nets"]["architecture"] == "salimans"
    beside = f"""as many of {item.system("improved")} (Salimans et al. 2016), drawn as blindly: its
loss on {"its own nets" if own else "the nets of this paper, not its own nets"}. Suite {
        item.suite("improved")
    }, {chosen["side"]}x{chosen["side"]} pixels, {chosen["classes"]} classes."""
elif item.suites("improved"):
    beside = f"{item.system('improved')}, whose model diverged in training."
caption = f"""Right: {len(tiles)} samples drawn blindly, not selected: {" (top); ".join(rows)}
(bottom). Suite {suite}: {counts(item.config, suite)}. Left: {beside}"""
item.finish(fig, drawn_of(tiles), caption)
