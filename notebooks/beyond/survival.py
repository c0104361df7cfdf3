# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Classes that collapse during training
# Do class losses steady training (request 15)? Every class is watched: when it comes to vary, and
# when it stops.

# %% tags=["parameters"]
config = "results/critics/config.json"
tables = "results/critics/tables"
out = "results/critics/figures/survival"

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from acgan.figures.compared import restarts_of, titles
from acgan.figures.drawing import WIDTH, Drawing
from acgan.metrics.statistics import holm
from acgan.metrics.survival import lifetimes, log_rank

item = Drawing("survival", config, tables, out)
table = item.table("collapse_by_step", "critics")
chosen = item.config["suites"]
from acgan.config.resolve import given

suites = [s for s in item.suites("critics") if given(item.config, s) == "class"]
title = titles(item.config, item.suites("critics"))

# %%
fig, ax = plt.subplots(figsize=(WIDTH, 2.9), layout="constrained")
colours = plt.get_cmap("viridis")(np.linspace(0, 0.9, max(1, len(suites))))
lives, rows = {}, []
for suite, colour in zip(suites, colours, strict=True):
    own = table[table["suite"] == suite]
    varied = own.assign(varied=own["ms_ssim"] < own["threshold"])
    # Of a model that diverged, no class varies any more.
    steps = sorted(varied["step"].unique())
    places = pd.MultiIndex.from_product([varied.groupby(["model", "class"]).size().index, steps])
    seen = varied.set_index(["model", "class", "step"])["varied"]
    full = pd.MultiIndex.from_tuples(
        [(m, c, s) for (m, c), s in places], names=["model", "class", "step"]
    )
    varied = seen.reindex(full, fill_value=False).rename("varied").reset_index()
    share = varied.groupby("step")["varied"].mean()
    ax.plot(share.index, share, color=colour, lw=1.1, label=title[suite])
    lives[suite] = lifetimes(own)
    died = lives[suite]["event"]
    about = {
        "suite": suite,
        "system": title[suite],
        "classes": own.groupby("model")["class"].nunique().sum(),
    }
    about |= {"restarts": own["model"].nunique(), "born": len(died), "died": int(died.sum())}
    about |= {"diverged": own.loc[own["diverged"], "model"].nunique()}
    final = varied[varied["step"] == varied["step"].max()].groupby("model")["varied"].mean()
    rows.append(about | {"varied_at_the_end": final.mean(), "spread": final.std()})
ax.set(xlabel="step", ylabel="share of classes below the threshold", ylim=(0, 1.02))
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=6)
for row in rows:
    first = suites[0]
    row["p"] = np.nan if row["suite"] == first else log_rank(lives[first], lives[row["suite"]])
data = pd.DataFrame(rows)
data["p_holm"] = holm(data["p"]) if len(data) else []

# %%
quantities = [
    item.measure(
        f"died_{r['suite']}",
        f"share of classes that collapse after they had come to vary: {r['system']}",
        r["died"] / r["born"] if r["born"] else np.nan,
        (np.nan, np.nan),
        protocol=f"log-rank p {r['p']:.3g} against {title[suites[0]]}, models permuted"
        if np.isfinite(r["p"])
        else "the first system",
        resampled="nothing",
        unit="fraction",
    )
    for r in rows
]
caption = f"""The share of classes whose samples vary more than the least varied training class,
during training: {restarts_of(item.config, suites) if suites else 0} restarts of each system whose
generator is given a class. A class is born where it first falls below the threshold and dies
where it rises above it for good, or with its model where that diverges. Generators that are given
no
class have none to watch: how many of their restarts are lost, the item systems says. Of each
system data.csv has how many were born and died, and p
of a log-rank test against {title[suites[0]] if suites else "none"} for which whole models are
permuted (Holm over the systems), and the models that diverged."""
item.finish(fig, data, caption, quantities)
