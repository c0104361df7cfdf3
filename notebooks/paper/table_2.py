# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Table 2: nets and hyper-parameters, small images
# The paper's Table 2 (CIFAR-10, 32x32), with the values that its search combines, beside the nets
# and settings of this experiment.

# %% tags=["parameters"]
config = "results/demo/config.json"
tables = "results/demo/tables"
out = "results/demo/figures/table_2"

# %%
import pandas as pd

from acgan.figures.drawing import Drawing
from acgan.figures.drawn_tables import draw_nets, layers_beside, paper_layers, settings_beside

item = Drawing("table_2", config, tables, out)
name = item.suite("search")
suite = item.config["suites"][name]
built = item.table("layers")
paper = paper_layers((384, 192, 96, 3), (16, 32, 64, 128, 256, 512, 11))
layers = layers_beside(paper, built)
settings = settings_beside(suite, 32, "0.0001, 0.0002, 0.0003", "0, 0.1, 0.2")

# %%
fig = draw_nets(layers, settings, paper="paper (unverified)")

# %%
size = built.drop_duplicates("net").set_index("net")["parameters"]
parts = [layers.assign(part="nets"), settings.assign(part="settings")]
caption = f"""The nets and settings of suite {name} beside the paper's Table 2. G: generator
({size["G"]:,} parameters here), D: discriminator ({size["D"]:,}). Orange-red and the sign ≠: here
other than in the paper; the width factor on feature maps is {suite["nets"]["width"]:g} here (1: the
paper's nets for this side of images). The last row of D has one map more than a model has classes
({suite["classes_per_model"]} here); "Soft-Sigmoid": softmax over the classes, sigmoid for real or
fake. Several values: one model for each combination. The paper's values are quoted from knowledge
of it: re-implementations agree with them, but its own table was not at hand, so they are
unverified."""
item.finish(fig, pd.concat(parts, ignore_index=True), caption)
