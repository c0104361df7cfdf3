# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Section 4.4: score of the best setting
# The setting with the best choosing score is reported on other samples, which did not choose it.
# The paper: 27 settings on CIFAR-10. Only the 2015 Inception graph gives an Inception Score;
# another judge gives a class score by the same formula.

# %% tags=["parameters"]
config = "results/demo/config.json"
tables = "results/demo/tables"
out = "results/demo/figures/table_cifar10"

# %%
import math

import matplotlib.pyplot as plt
import pandas as pd

from acgan.figures.drawing import WIDTH, Drawing, t_interval
from acgan.figures.drawn_tables import draw_table, setting_name
from acgan.io.words import counted, setting

item = Drawing("table_cifar10", config, tables, out)
suite = item.suite("search")
chosen, scores = item.config["suites"][suite], item.config["scores"]
table = item.table("search")
metric = table.loc[table["purpose"] == "report", "metric"].iloc[0].removesuffix("_report")
name = (
    "Inception Score"
    if metric.startswith("inception_score")
    else f"Class score by {chosen['judge']}"
)
names = list(chosen["grid"])
keys = names or ["suite"]
found = table.groupby([*keys, "purpose"])["score"].agg(["mean", "std"]).unstack("purpose")
found.columns = [f"{purpose}_{statistic}" for statistic, purpose in found.columns]
data = found.sort_values("select_mean", ascending=False, kind="stable").reset_index()
data.insert(0, "rank", range(1, len(data) + 1))

# %%
shown = pd.DataFrame({"rank": data["rank"].astype(str)})
shown.loc[0, "rank"] = "1 (best)"
for key in names:
    shown[key] = data[key].map(lambda v: f"{v:g}" if isinstance(v, float) else setting(v))
heads = ["rank", *map(setting_name, names)]
for purpose, word in (("select", "choosing"), ("report", "reported")):
    both = zip(data[f"{purpose}_mean"], data[f"{purpose}_std"], strict=True)
    # a single group has no spread
    shown[purpose] = [f"{mean:.3f}" + (f" ± {std:.3f}" if std == std else "") for mean, std in both]
    heads.append(f"{word} score\n({counted(scores[purpose]['groups'], 'group')})")
fig, ax = plt.subplots(figsize=(WIDTH, 0.2 * (len(shown) + 2)), layout="constrained")
draw_table(ax, shown, heads, [0.9, *[1.4] * len(names), 1.6, 1.4], bold=0)

# %%
best, restarts = data.iloc[0], chosen["restarts"]
rows = table[(table["purpose"] == "report") & (table[keys] == best[keys]).all(axis=1)]
values, resampled = rows["score"], f"samples ({len(rows)} groups of one model)"
if restarts > 1:
    values = rows.groupby("model")["score"].mean()
    resampled = f"models ({len(values)} restarts)"
how = {"protocol": metric, "resampled": resampled}
quantities = [item.compare("best_score", "search", values.mean(), t_interval(values), **how)]
how = {"protocol": "not trained here", "resampled": "nothing"}
quantities.append(item.compare("salimans_score", "search", math.nan, (math.nan, math.nan), **how))
choosing, reported = (
    f"{scores[p]['samples']:,} samples in {scores[p]['groups']} groups"
    for p in ("select", "report")
)
caption = f"""{name} ({metric}) of {len(data)} settings, best first by the choosing score
({choosing}). Bold: the setting that the choosing score picks; its reported score is of other
samples ({reported}), so that picking does not flatter it. Mean ± standard deviation over
groups{" of all restarts" if restarts > 1 else ""}. Suite {suite}: {chosen["side"]}x{chosen["side"]}
pixels, {counted(restarts, "model")} of each setting. The paper's 8.25 ± 0.07 is an Inception Score
on CIFAR-10."""
item.finish(fig, data, caption, quantities)
