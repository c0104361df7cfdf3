# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Figure 9: walks through the latent space
# Top: straight lines between two latents of a class; jumps would hint at memorised images. Bottom:
# one latent a row with every class of a model: what it keeps across classes is not the class
# (section 4.5).

# %% tags=["parameters"]
config = "results/demo/config.json"
tables = "results/demo/tables"
out = "results/demo/figures/figure_09"

# %%
import matplotlib.pyplot as plt

from acgan.figures.drawing import WIDTH, Drawing, drawn_of, label_tiles, short, show_tiles

item = Drawing("figure_09", config, tables, out)
suite = item.config["suites"][item.suite("large")]
tiles = item.tiles("latent_walks")
walks, fixed = tiles[tiles["kind"] == "interpolation"], tiles[tiles["kind"] == "fixed latent"]
walked, together = (t.drop_duplicates("class")["name"].map(short) for t in (walks, fixed))
steps = walks["column"].nunique()

# %%
heights = [walks["row"].nunique() + 1, fixed["row"].nunique() + 1]
fig, (top, bottom) = plt.subplots(
    2, 1, figsize=(WIDTH, 0.55 * sum(heights)), height_ratios=heights, layout="constrained"
)
show_tiles(top, walks)
label_tiles(top, walks, left=walked, above=["first z", *[""] * (steps - 2), "second z"])
show_tiles(bottom, fixed)
label_tiles(
    bottom,
    fixed,
    left=[f"z {i}" for i in range(1, heights[1])],
    above=[short(n, 9) for n in together],
)

# %%
judge, made = item.names_right("large"), suite["classes_per_model"]
first = f"{len(walked)} classes that {judge} names best (selected;" if judge else "first classes ("
caption = f"""Top: {steps} samples on the straight line between two latents z, the class held fixed,
for the {first} the latents are not chosen). Bottom: each row has one latent, each column one class,
all of the one model that makes the {"best-named" if judge else "first"} class ({len(together)} of
its {made} classes). Suite {item.suite("large")}: {suite["side"]}x{suite["side"]} pixels."""
item.finish(fig, drawn_of(tiles), caption)
