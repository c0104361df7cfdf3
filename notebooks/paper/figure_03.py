# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Figure 3: examples of MS-SSIM
# Four classes from the least to the most alike samples: above nine samples, below nine training
# images, each block with the mean MS-SSIM of its class (section 4.2).

# %% tags=["parameters"]
config = "results/demo/config.json"
tables = "results/demo/tables"
out = "results/demo/figures/figure_03"

# %%
import matplotlib.pyplot as plt

from acgan.figures.compare import over_pairs, paper_numbers
from acgan.figures.drawing import WIDTH, Drawing, counts, drawn_of, photos, short, show_tiles

item = Drawing("figure_03", config, tables, out)
suite = item.suite("large")
tiles = item.tiles("ms_ssim_examples")
classes = list(tiles.groupby("class", sort=False))

# %%
fig, axes = plt.subplots(2, len(classes), figsize=(WIDTH, 4.1), squeeze=False, layout="constrained")
for column, (_, both) in enumerate(classes):
    for ax, (kind, block) in zip(axes[:, column], both.groupby("kind", sort=False), strict=True):
        show_tiles(ax, block)
        value = f"MS-SSIM {block['ms_ssim'].iloc[0]:.2f}"
        ax.set_title(f"{short(block['name'].iloc[0])}\n{value}" if kind == "generated" else value)
for ax, text in zip(axes[:, 0], ("samples", "training images"), strict=True):
    ax.text(-0.06, 0.5, text, transform=ax.transAxes, rotation=90, ha="right", va="center")

# %%
pairs = item.config["scores"]["ms_ssim_pairs"]
how = {"protocol": f"ms_ssim_{pairs}_random_pairs", "resampled": f"pairs ({pairs} of one class)"}
quantities = []
for t in tiles.drop_duplicates(["class", "kind"]).itertuples():
    number = f"{t.name.split(',')[0].strip().lower().replace(' ', '_')}_{t.kind}"
    if number in paper_numbers()["figure_03"]:  # the paper shows four classes of ImageNet
        interval = over_pairs(t.ms_ssim, t.ms_ssim_std, pairs)
        quantities.append(item.compare(number, "large", t.ms_ssim, interval, **how))
total = item.table("ms_ssim_by_class").query("suite == @suite")["class"].nunique()
chosen = (
    "the four that the paper shows"
    if len(quantities) == len(paper_numbers()["figure_03"])  # one's own class may be an artichoke
    else "selected to run evenly from the least to the most alike samples of all "
    f"{total} classes, since the paper's four are not in this data"
)
caption = f"""Samples (top) and training images (bottom) of {len(classes)} classes, {chosen}; above
each block the mean MS-SSIM of {pairs} random pairs of the class, drawn from up to
{item.config["suites"][suite]["samples_per_class"]} images. The images are the first nine of the
class (all, where it has fewer), not chosen. Suite {suite}: {counts(item.config, suite)}.
{photos(item.config)}"""
item.finish(fig, drawn_of(tiles), caption, quantities)
