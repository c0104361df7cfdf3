# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Table 1: nets and hyper-parameters, large images
# The paper's Table 1 (ImageNet, 128x128) beside the nets and settings of this experiment.

# %% tags=["parameters"]
config = "results/demo/config.json"
tables = "results/demo/tables"
out = "results/demo/figures/table_1"

# %%
import pandas as pd

from acgan.figures.drawing import Drawing
from acgan.figures.drawn_tables import draw_nets, layers_beside, paper_layers, settings_beside

item = Drawing("table_1", config, tables, out)
name = item.suite("large")
suite = item.config["suites"][name]
built = item.table("layers")
paper = paper_layers((768, 384, 256, 192, 3), (16, 32, 64, 128, 256, 512, 11))
layers = layers_beside(paper, built)
settings = settings_beside(suite, 128, "0.0002", "not stated")

# %%
fig = draw_nets(layers, settings)

# %%
size = built.drop_duplicates("net").set_index("net")["parameters"]
parts = [layers.assign(part="nets"), settings.assign(part="settings")]
caption = f"""The nets and settings of suite {name} beside the paper's Table 1. G: generator
({size["G"]:,} parameters here), D: discriminator ({size["D"]:,}). Orange-red and the sign ≠: here
other than in the paper; the width factor on feature maps is {suite["nets"]["width"]:g} here (1: the
paper's nets for this side of images). The last row of D has one map more than a model has classes
({suite["classes_per_model"]} here); "Soft-Sigmoid": softmax over the classes, sigmoid for real or
fake. For beta2 an earlier version of the paper prints 10⁻³, evidently for 1 - 10⁻³; 0.999, quoted
from knowledge of the last version, is unverified."""
item.finish(fig, pd.concat(parts, ignore_index=True), caption)
