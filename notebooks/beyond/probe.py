# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # What z says of the class
# An AC-GAN's z should say nothing of the class, a GAN's must say all. A linear probe from z to the
# judge's label (request 16).

# %% tags=["parameters"]
config = "results/critics/config.json"
tables = "results/critics/tables"
out = "results/critics/figures/probe"

# %%
import matplotlib.pyplot as plt
import pandas as pd

from acgan.figures.compared import columns_of_points, restarts_of, titles
from acgan.figures.drawing import RED, WIDTH, Drawing, t_interval

item = Drawing("probe", config, tables, out)
suites = item.suites("critics")
table = item.table("latent_space", "critics")
title = titles(item.config, suites)
rows = table[table["metric"].str.startswith("probe_recall_")]
labels = rows.groupby(["suite", "model"])["value"].agg(["mean", "size"])
labels["excess"] = labels["mean"] - 1 / labels["size"]

# %%
fig, ax = plt.subplots(figsize=(0.8 * WIDTH, 0.6 + 0.2 * len(suites)), layout="constrained")
found = {
    s: labels.loc[s, "excess"] if s in labels.index else pd.Series(dtype=float) for s in suites
}
columns_of_points(ax, {title[s]: v for s, v in found.items()})
ax.axvline(0, color=RED, lw=1, ls="--")
ax.set_xlabel("balanced accuracy of the probe, minus chance")

# %%
made = [
    {"suite": s, "system": title[s], "excess": v.mean(), "restarts": len(v)}
    | dict(zip(("low", "high"), t_interval(v), strict=True))
    for s, v in found.items()
]
quantities = [
    item.measure(
        f"excess_{r['suite']}",
        f"what z says of the class, above chance: {r['system']}",
        r["excess"],
        (r["low"], r["high"]),
        protocol="linear discriminant, held-out fifths",
        resampled=f"{r['restarts']} restarts",
        unit="fraction",
    )
    for r in made
]
caption = f"""How well a linear probe tells from z alone what the judge sees in a sample: balanced
accuracy on held-out fifths minus chance (dashed), of the labels that 20 samples bear. A point is
a restart, {restarts_of(item.config, suites)} of each system, mean and 95 % interval in black.
Where the generator is given the class, z need say nothing of it; where it is given none, the
class can come from z alone."""
item.finish(fig, pd.DataFrame(made), caption, quantities)
