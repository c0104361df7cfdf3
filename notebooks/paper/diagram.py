# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Four architectures
# Boxes and arrows: where class and noise enter each of four GANs and what the discriminator says.
# An extra: it stood as Figure 2 in an earlier version of the paper, not in the last.

# %% tags=["parameters"]
config = "results/demo/config.json"
tables = "results/demo/tables"
out = "results/demo/figures/diagram"

# %%
import matplotlib.pyplot as plt
import pandas as pd

from acgan.figures.drawing import BLACK, BLUE, GREEN, GREY, ORANGE, WIDTH, Drawing

item = Drawing("diagram", config, tables, out)
CLASS, NOISE, CODE, REAL, FAKE, G, D, OUT = (
    "C\nclass",
    "Z\nnoise",
    "C\nlatent code",
    "X$_{real}$\ndata",
    "X$_{fake}$\nsample",
    "G",
    "D",
    "says",
)
PLACES = {
    CLASS: (0.2, 0),
    CODE: (0.2, 0),
    NOISE: (0.85, 0),
    G: (0.7, 1),
    FAKE: (0.7, 2),
    REAL: (0.2, 2),
    D: (0.45, 3),
    OUT: (0.45, 4),
}
COLOURS = {CLASS: GREEN, CODE: GREEN, NOISE: GREY, REAL: BLUE, FAKE: ORANGE}
always = [(NOISE, G), (G, FAKE), (FAKE, D), (REAL, D), (D, OUT)]
PANELS = [
    (
        "Conditional GAN\n(Mirza and Osindero 2014)",
        [(CLASS, G), (CLASS, D), (CLASS, REAL)],
        "real or fake",
    ),
    (
        "Semi-supervised GAN\n(Odena 2016;\nSalimans et al. 2016)",
        [(CLASS, REAL)],
        "class 1, class 2, ..., or fake",
    ),
    ("InfoGAN\n(Chen et al. 2016)", [(CODE, G)], "real or fake; latent code"),
    ("AC-GAN\n(this paper)", [(CLASS, G), (CLASS, REAL)], "real or fake; class 1, class 2, ..."),
]

# %%
fig, axes = plt.subplots(1, 4, figsize=(WIDTH, 3.6), layout="constrained")
for ax, (title, arrows, says) in zip(axes, PANELS, strict=True):
    ax.set(xlim=(-0.25, 1.15), ylim=(-0.3, 4.4))
    ax.set_axis_off()
    ax.set_title(title, fontsize=7)
    used = dict.fromkeys(box for arrow in [*arrows, *always] for box in arrow)
    for start, end in [*arrows, *always]:
        past = (start, end) == (CLASS, D)  # round X_real, which lies between the two
        ax.annotate(
            "",
            PLACES[end],
            PLACES[start],
            zorder=1,
            arrowprops={
                "arrowstyle": "-|>",
                "color": BLACK,
                "lw": 0.8,
                "shrinkA": 11,
                "shrinkB": 18 if end == OUT else 13,
                "connectionstyle": f"arc3,rad={-0.55 if past else 0}",
            },
        )
    for box in used:
        text = says.replace("; ", "\n").replace(", ", ",\n", 1) if box == OUT else box
        face = {
            "boxstyle": "round,pad=0.3",
            "facecolor": "white",
            "edgecolor": COLOURS.get(box, BLACK),
            "linewidth": 1.2,
        }
        if box in (G, D):
            face["boxstyle"] = "circle,pad=0.4"
        ax.text(
            *PLACES[box],
            text,
            ha="center",
            va="center",
            fontsize=9 if box in (G, D) else 7,
            bbox=face,
            zorder=2,
        )

# %%
rows = [
    {
        "system": f"src/acgan/systems/{system}.py",
        "architecture": title.replace("\n", " "),
        "from": (says if a == OUT else a).replace("\n", " "),
        "to": (f"says: {says}" if b == OUT else b).replace("\n", " "),
    }
    for system, (title, arrows, says) in zip(item.about.systems, PANELS, strict=True)
    for a, b in [*arrows, *always]
]
caption = """Four ways to give a GAN classes. G: generator, D: discriminator; arrows say what goes
into what, the top box of each what D says of an image. In AC-GAN the class goes into G but not into
D, which must name it. An extra: this diagram stood as Figure 2 in an earlier version of the paper
and is not in the last. No model and no sample is behind it."""
item.finish(fig, pd.DataFrame(rows), caption)
