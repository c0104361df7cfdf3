# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # The class in the generator, the classifier, both
# AC-GAN gives the generator a class and the discriminator a classifier. Each alone, both and
# neither, on the same nets: is it the one, the other, or the two together?

# %% tags=["parameters"]
config = "results/systems/config.json"
tables = "results/systems/tables"
out = "results/systems/figures/ablation"

# %%
import math

import matplotlib.pyplot as plt
import pandas as pd

from acgan.figures.drawing import BLUE, RED, WIDTH, Drawing
from acgan.metrics.statistics import combined_interval, permutation_test

item = Drawing("ablation", config, tables, out)
CORNERS = {  # (class in G, classifier): system
    (0, 0): "gan",
    (1, 0): "conditional_generator",
    (0, 1): "auxiliary_classifier",
    (1, 1): "acgan",
}
chosen = item.config["suites"]
suites = {chosen[s]["objective"]["system"]: s for s in reversed(item.suites("systems"))}
absent = [system for system in CORNERS.values() if system not in suites]
if absent:
    lacking = pd.DataFrame({"system": absent})
    item.say(f"Nothing to draw: no suite of the role systems trains {', '.join(absent)}", lacking)
table = item.table("model_measures", "systems")
SHOWN = {"class_score": "class score", "distance": "distance of features"}
SHOWN |= {"judged_ms_ssim": "MS-SSIM, judge's own label", "missing": "missing classes"}
HIGH_IS_GOOD = ("class_score",)
shown = {m: w for m, w in SHOWN.items() if table.query("measure == @m")["value"].notna().any()}
values, ranks = {}, {}
corners = {suites[system]: corner for corner, system in CORNERS.items()}
wide = table[table["suite"].isin(corners)]
wide = wide.set_index(["suite", "model", "measure"])["value"].unstack()
for measure in shown:
    # A diverged restart has no number, but ranks worst.
    worst = -math.inf if measure in HIGH_IS_GOOD else math.inf
    rank = wide[measure].mask(wide["diverged"] > 0, worst).rank()
    for suite, corner in corners.items():
        values[corner, measure] = wide[measure][suite].dropna()
        ranks[corner, measure] = rank[suite].dropna()
diverged = int(wide["diverged"].sum())

# %%
fig, axes = plt.subplots(
    1, max(1, len(shown)), figsize=(WIDTH, 2.3), squeeze=False, layout="constrained"
)
for ax, (measure, words) in zip(axes[0], shown.items(), strict=True):
    for given, colour, shift in ((0, BLUE, -0.04), (1, RED, 0.04)):
        ends = [values[(given, named), measure] for named in (0, 1)]
        for place, v in enumerate(ends):
            ax.scatter([place + shift] * len(v), v, 8, colour, alpha=0.5, zorder=3)
        label = "with the class in G" if given else "without"
        means = [v.mean() if len(v) else math.nan for v in ends]
        ax.plot([shift, 1 + shift], means, color=colour, lw=1.4, label=label, zorder=4)
    ax.set(xlim=(-0.4, 1.4), xticks=[0, 1], xticklabels=["no classifier", "classifier"])
    ax.set_title(words, fontsize=7)
    ax.tick_params(labelsize=6)
fig.legend(*axes[0][0].get_legend_handles_labels(), loc="outside lower center", ncols=2)

# %%
WEIGHTS = {
    "class in G": {(0, 0): -0.5, (0, 1): -0.5, (1, 0): 0.5, (1, 1): 0.5},
    "classifier": {(0, 0): -0.5, (1, 0): -0.5, (0, 1): 0.5, (1, 1): 0.5},
    "interaction": {(0, 0): 1.0, (0, 1): -1.0, (1, 0): -1.0, (1, 1): 1.0},
}
rows = []
for measure, words in shown.items():
    for effect, weights in WEIGHTS.items():
        parts = [(w, values[corner, measure].to_numpy()) for corner, w in weights.items()]
        if any(len(v) == 0 for _, v in parts):
            continue
        value = sum(w * v.mean() for w, v in parts)
        low, high = combined_interval(value, parts)
        p = math.nan
        if effect != "interaction":
            levels = [
                [(end, level) if effect == "class in G" else (level, end) for end in (0, 1)]
                for level in (0, 1)  # of the other factor, within which restarts are permuted
            ]
            p = permutation_test(*[[ranks[corner, measure] for corner in ends] for ends in levels])
        rows.append(
            {"measure": words, "effect": effect, "value": value, "low": low, "high": high, "p": p}
        )
data = pd.DataFrame(rows, columns=["measure", "effect", "value", "low", "high", "p"])
quantities = [
    item.measure(
        f"{r['measure']}_{r['effect']}".replace(" ", "_").replace("'", "").replace(",", ""),
        f"{r['measure']}: {r['effect']}",
        r["value"],
        (r["low"], r["high"]),
        protocol="Satterthwaite's interval, approximate",
        resampled="restarts",
    )
    for r in rows
]
count = min(len(v) for v in values.values())
caption = f"""Four systems on the same nets: GAN (neither), the class given to the generator alone,
the auxiliary classifier alone, and AC-GAN (both). A point is a restart, at least {count} each;
lines join means. The effects with their intervals (Satterthwaite's, approximate) are in data.csv:
of the class in G and of the classifier, each a mean over the other, and their interaction; p of the
two main effects by the ranks of restarts, permuted within each level of the other factor. {
    f"{diverged} restarts diverged: they have no point and rank worst." if diverged else ""
}"""
item.finish(fig, data, caption, quantities)
