# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # People as judges
# The judge is a classifier, and a sample may please it and nobody else. People name the same
# pictures, and say which they take for real (`acgan rate`).

# %% tags=["parameters"]
config = "results/critics/config.json"
tables = "results/critics/tables"
out = "results/critics/figures/human_check"

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from acgan.figures.drawing import BLUE, RED, WIDTH, Drawing

item = Drawing("human_check", config, tables, out)
table = item.read(item.tables / "human_check.csv")
suite, results = item.suite(), f"results/{item.config['experiment']}"
judge = item.config["suites"][suite]["judge"]
if table.empty:
    how = (
        f"No answers of people were collected. `acgan rate {results}`\nmakes the page that asks "
        f"them; `acgan rate {results} --collect *.csv`\ntakes in what they save"
    )
    item.say(how, pd.DataFrame({"collected": [0]}))
rows = table[table["measure"] != "confusion"].set_index(["measure", "kind"])
of = rows.reset_index().drop_duplicates("kind").set_index("kind")["of"]
suite = of.get("generated", suite)
judge = item.config["suites"][suite]["judge"]
confusion = table[table["measure"] == "confusion"]

# %%
WORDS = {
    "people_right": "people name the class",
    "judge_right": f"{judge} names it",
    "agreement": "people agree with the judge",
    "kappa": "the same, beyond chance (kappa)",
    "taken_for_real": "people take it for real",
}
LOOKS = {"generated": ("samples", RED, 0.13), "real": ("real images", BLUE, -0.13)}
shown = [m for m in WORDS if m in rows.index.get_level_values(0)]
fig, (ax, grid) = plt.subplots(
    1, 2, figsize=(WIDTH, 2.9), width_ratios=[1.2, 1], layout="constrained"
)
for kind, (label, colour, shift) in LOOKS.items():
    mine = [(y, rows.loc[(m, kind)]) for y, m in enumerate(shown) if (m, kind) in rows.index]
    if not mine:
        continue
    places = np.array([y + shift for y, _ in mine])
    value, low, high = (np.array([r[c] for _, r in mine], float) for c in ("value", "low", "high"))
    bars = np.nan_to_num([value - low, high - value]).clip(0)
    ax.errorbar(value, places, xerr=bars, fmt="o", ms=4, lw=1, color=colour, label=label)
ax.set(yticks=range(len(shown)), ylim=(len(shown) - 0.5, -0.5), xlabel="share, or kappa")
ax.set_yticklabels([WORDS[m] for m in shown], fontsize=7)
ax.axvline(0, color="black", lw=0.5)
ax.legend(loc="upper center", bbox_to_anchor=(0.3, -0.18), ncols=2)
if len(confusion):
    classes = sorted({*confusion["class"], *confusion["named"]})
    counts, shares = (
        confusion.pivot(index="class", columns="named", values=column)
        .reindex(index=classes, columns=classes)
        .fillna(0)
        for column in ("answers", "value")
    )
    grid.imshow(shares, cmap="Greys", vmin=0, vmax=1)
    few = len(classes) <= 12
    ticks = range(len(classes)) if few else []
    grid.set(xticks=ticks, yticks=ticks, xlabel="people say", ylabel=f"{judge} says")
    if few:
        grid.set_xticklabels(classes, rotation=90, fontsize=6)
        grid.set_yticklabels(classes, fontsize=6)
        for (i, j), n in np.ndenumerate(counts.to_numpy(int)):
            dark = shares.iat[i, j] > 0.5
            look = {"color": "white" if dark else "black", "fontsize": 5}
            grid.text(j, i, n or "", ha="center", va="center", **look)
else:
    grid.set_axis_off()

# %%
quantities = [
    item.measure(
        f"{measure}_{kind}",
        f"{WORDS[measure]}: {LOOKS[kind][0]}",
        row["value"],
        (row["low"], row["high"]),
        protocol=f"{row['answers']:.0f} answers on pictures of {suite}",
        resampled=row["resampled"],
        unit="kappa" if measure == "kappa" else "fraction",
    )
    for (measure, kind), row in rows.iterrows()
]
people = rows["resampled"].iloc[0].partition(" and ")[0]
caption = f"""What {people} saw in unlabelled samples of {suite}{
    f" and in real images of the same classes ({of['real']})" if "real" in of else ""
}, in random order. Left: shares with their 95 % intervals over people and pictures at once
(over pictures alone, of one person); kappa is agreement beyond that of namings that know nothing of
each other. Right: what people said of what {judge} took for each class, in numbers of answers, grey
by share of the row, whose interval is in data.csv."""
item.finish(fig, table, caption, quantities)
