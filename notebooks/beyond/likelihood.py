# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Parzen-window likelihood
# GANs have no likelihood; Goodfellow et al. 2014 and others after them put a Gaussian window around
# samples. Asked for (request 14), with its caveat.

# %% tags=["parameters"]
config = "results/critics/config.json"
tables = "results/critics/tables"
out = "results/critics/figures/likelihood"

# %%
import matplotlib.pyplot as plt
import pandas as pd

from acgan.figures.compared import columns_of_points, restarts_of, titles
from acgan.figures.drawing import WIDTH, Drawing, t_interval

item = Drawing("likelihood", config, tables, out)
suites = item.suites("critics")
table = item.table("likelihood", "critics")
title = titles(item.config, suites)
nats = table[table["measure"] == "nats"]
if nats.empty:
    item.say("Nothing to draw: no likelihood was measured", pd.DataFrame({"rows": [0]}))

# %%
fig, ax = plt.subplots(figsize=(0.8 * WIDTH, 0.6 + 0.2 * len(suites)), layout="constrained")
values = {title[s]: nats.loc[nats["suite"] == s, "value"] for s in suites}
columns_of_points(ax, values)
ax.set_xlabel("log-likelihood of held-out images (nats)")

# %%
rows = [
    {"suite": s, "system": title[s], "nats": v.mean(), "restarts": len(v)}
    | dict(zip(("low", "high"), t_interval(v), strict=True))
    | {"width": table[(table["suite"] == s) & (table["measure"] == "width")]["value"].median()}
    for s, v in ((s, nats.loc[nats["suite"] == s, "value"]) for s in suites)
]
quantities = [
    item.measure(
        f"nats_{r['suite']}",
        f"Parzen-window log-likelihood: {r['system']}",
        r["nats"],
        (r["low"], r["high"]),
        protocol=nats["metric"].iloc[0],
        resampled=f"{r['restarts']} restarts",
        unit="nats",
    )
    for r in rows
]
caption = f"""Log-likelihood of held-out images, grey and in 0 to 1, under Gaussians around
samples, whose width half of the held-out images choose; a point is a restart,
{restarts_of(item.config, suites)} of each system, mean and 95 % interval in black. It is a poor
measure: in so many dimensions it falls far short of the true likelihood, it ranks samples
otherwise than people do, and centres of clusters score better than images (Theis, van den Oord,
Bethge 2016). Numbers on other images, or of other sizes, as those published of MNIST at 28x28,
cannot be set beside these."""
item.finish(fig, pd.DataFrame(rows), caption, quantities)
