# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Figure 7: random samples
# The paper sets samples of Salimans et al. 2016 (left) beside random AC-GAN samples (right), for
# global coherence (section 4.4). The left half's model is not trained here.

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

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(0.75 * WIDTH, 2.5), layout="constrained")
left.set(
    xticks=[], yticks=[], xlim=(0, 1), ylim=(0, 1), aspect="equal", title="Salimans et al. 2016"
)
left.spines[:].set(visible=True, color=GREY, linestyle=(0, (4, 4)))
left.text(0.5, 0.5, "not trained here;\na later suite", ha="center", va="center", color=GREY)
show_tiles(right, tiles)
right.set_title("AC-GAN, random samples")

# %%
rows = [", ".join(row["name"].str.split(",").str[0]) for _, row in tiles.groupby("row")]
caption = f"""Right: {len(tiles)} samples drawn blindly, not selected: {" (top); ".join(rows)}
(bottom). Suite {suite}: {counts(item.config, suite)}. Left: the place of the model of Salimans et
al. 2016, which is not trained here: a later suite, so the comparison that the paper makes is not
made."""
item.finish(fig, drawn_of(tiles), caption)
