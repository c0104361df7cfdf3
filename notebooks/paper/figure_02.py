# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Figure 2: resolution and discriminability
# Images are shrunk to a resolution and enlarged back, then named by the judge (section 4.1). If
# large-resolution samples were enlarged small-resolution ones, shrinking would cost them nothing.

# %% tags=["parameters"]
config = "results/demo/config.json"
tables = "results/demo/tables"
out = "results/demo/figures/figure_02"

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from acgan.figures import drawing
from acgan.figures.compare import bootstrap, share
from acgan.figures.drawing import BLACK, BLUE, GREEN, GREY, RED, WIDTH, counts, short, t_interval
from acgan.figures.drawn_tables import draw_tests, tests_shown

item = drawing.Drawing("figure_02", config, tables, out)
large, small = item.suite("large"), item.suite("small")
own, own_low = (item.config["suites"][s]["side"] for s in (large, small))
judge, subsets = item.config["suites"][large]["judge"], item.config["scores"]["subsets"]
tests = item.table("resolution_tests")
compared = tests_shown(
    tests,
    [
        ((large, own // 4), (large, own)),
        ((large, own // 2), (large, own)),
        ((small, own_low), (large, own)),
        ((large, own), ("real", own)),
        ((small, own_low), ("real", own_low)),
    ],
)
tiles, by_class = item.tiles("resolutions"), item.table("accuracy_by_class")
by_resolution = [item.table("accuracy_by_resolution", role) for role in ("large", "small")]
curves = pd.concat(by_resolution).pivot(
    index=["suite", "side"], columns="subset", values="accuracy"
)
mean, std = curves.mean(axis=1), curves.std(axis=1)
cut = curves.notna().sum(axis=1).groupby("suite").max()  # subsets: fewer for small classes
sides = sorted(curves.index.unique("side"))
drawn = curves.index.unique("suite")  # the models of small may have diverged
quarter = own // 4  # the paper: 32 of 128
chosen = by_class[by_class["suite"] == large]
x, y = (chosen[chosen["side"] == side].set_index("class") for side in (own, quarter))
x = x.loc[x.index.isin(y.index)]  # none where the quarter was not measured
shown, name = tiles["class"].iloc[0], short(tiles["name"].iloc[0])

# %%
fig = plt.figure(figsize=(WIDTH, 7.4))
strip = fig.add_gridspec(2, 1, left=0.17, right=0.97, top=0.97, bottom=0.63, hspace=0.3)
panels = fig.add_gridspec(1, 2, left=0.09, right=0.98, top=0.53, bottom=0.285, wspace=0.3)
draw_tests(fig.add_axes((0.03, 0.0, 0.95, 0.165)), compared, {large: own, small: own_low})
for line, (kind, row) in zip(strip, tiles.groupby("kind", sort=False), strict=True):
    ax = fig.add_subplot(line)
    drawing.show_tiles(ax, row)
    above = [f"{s}x{s}" for s in row["resolution"]] if kind == "real" else []
    left = [name + {"real": ",\ntraining\nimage", "generated": ",\nsample"}[kind]]
    drawing.label_tiles(ax, row, left, above, below=[f"{a:.0%}" for a in row["accuracy"]])

ax = fig.add_subplot(panels[0])
for suite, colour, label, shift in (  # shifted so that bars do not hide each other
    (large, RED, f"samples of {own}x{own}", 0.97),
    (small, BLUE, f"samples of {own_low}x{own_low}", 1.03),
    ("real", BLACK, "training images", 1.0),
):
    if suite not in drawn:
        continue
    look = {"color": colour, "marker": "o", "ms": 3, "lw": 1, "capsize": 2, "label": label}
    ax.errorbar(mean[suite].index.to_numpy() * shift, mean[suite], std[suite], **look)
for suite, side, colour in ((large, own, RED), (small, own_low, BLUE)):
    ax.axhline(mean.get((suite, side), np.nan), color=colour, lw=0.8, ls="--", zorder=0)
highest = (mean + std).drop("real").max()
top = 0.15 if highest <= 0.15 else min(1.05, 1.1 * highest)  # the paper's axis where it fits
hidden = ", ".join(f"{v:.0%} at {s}" for s, v in mean["real"].items() if v > top)
ax.set_title(f"training images above the axis:\n{hidden}" if hidden else "", fontsize=7)
ax.set_xscale("log", base=2)
ax.set_xticks(sides, [str(s) for s in sides])
ax.minorticks_off()
ax.set(ylim=(0, top), xlabel="resolution of the image (pixels)", ylabel=f"accuracy ({judge})")
drawing.legend_below(ax, 2, 0.2)

ax = fig.add_subplot(panels[1])
dot, thin = (12, 0.6) if len(x) < 100 else (3, 0.2)
bars = {"yerr": y["accuracy_std"], "xerr": x["accuracy_std"], "fmt": "none", "ecolor": GREY}
ax.errorbar(x["accuracy"], y["accuracy"], **bars, lw=thin, alpha=thin)
ax.plot([0, 1], [0, 1], color=BLUE, lw=1, label="equality")
look = {"clip_on": False, "zorder": 3}
ax.scatter(x["accuracy"], y["accuracy"], dot, BLACK, label="one class", **look)
diamond = (a["accuracy"].get(shown, np.nan) for a in (x, y))
ax.scatter(*diamond, 40, GREEN, marker="D", label=name, **look)
ax.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
ax.set(xlabel=f"accuracy at {own}x{own}", ylabel=f"accuracy at {quarter}x{quarter}")
drawing.legend_below(ax, 3, 0.2)

# %%
quantities, absent = [], np.full(subsets, np.nan)
protocol = f"accuracy_{judge}"
for number, part, suite, side in (
    ("accuracy_128", "large", large, own),
    ("accuracy_128_at_64", "large", large, own // 2),
    ("accuracy_128_at_32", "large", large, own // 4),
    ("accuracy_64", "small", small, own_low),
    ("real_at_32", "large", "real", own // 4),
    ("real_at_64", "large", "real", own // 2),
    ("real_at_128", "large", "real", own),
):
    v = curves.loc[(suite, side)].dropna() if (suite, side) in curves.index else absent
    how = {"protocol": f"{protocol} of {suite} at {side}x{side}"}
    how["resampled"] = f"images ({len(v)} subsets)"
    quantities.append(item.compare(number, part, np.mean(v), t_interval(v), **how))
for number, side in (("loss_to_quarter", own // 4), ("loss_to_half", own // 2)):
    lost = lambda seen, full: 1 - seen.mean() / (full.mean() or np.nan)  # noqa: E731
    pair = (curves.loc[(large, side)] if side in sides else absent, curves.loc[(large, own)])
    how = {"protocol": f"{protocol} at {side} against {own}"}
    how["resampled"] = f"images ({cut[large]} subsets)"
    quantities.append(
        item.compare(number, "large", lost(*pair), bootstrap(*pair, statistic=lost), **how)
    )
below, interval = share(int((y["accuracy"] < x["accuracy"]).sum()), len(x))
how = {"protocol": f"{protocol} at {quarter} against {own}", "resampled": "classes (Wilson)"}
quantities.append(item.compare("classes_below_equality", "large", below, interval, **how))

fewer = f" (of training images {cut['real']}, the images of their smallest class)"
share_below = f"{below:.1%} of the classes are less accurate at {quarter} than at {own}."
lines = pd.DataFrame({"accuracy": mean, "accuracy_std": std}).reset_index()
points = chosen[chosen["side"].isin([own, quarter])]
parts = {"tiles": drawing.drawn_of(tiles), "lines": lines, "points": points, "tests": compared}
data = pd.concat([t.assign(panel=panel) for panel, t in parts.items()], ignore_index=True)
caption = f"""Top: one training image and one sample of the class {name} (selected: zebra as in the
paper, or else the class named best), shrunk to each resolution and enlarged back (no change above
{own}); below each, the share of the class's images
({item.config["suites"][large]["samples_per_class"]} samples, at most as many training images) that
{judge} names right at that resolution. Bottom left: accuracy over all {chosen["class"].nunique()}
classes; orange: samples of {own}x{own} ({large}: {counts(item.config, large)}), blue: of
{own_low}x{own_low} ({small}: {counts(item.config, small)}), black: training images; dashed: each at
its own size; error bars: standard deviation over {subsets} subsets of
images{fewer if cut["real"] < subsets else ""}. Bottom right: one point per class, bars: standard
deviation over subsets. {share_below if len(x) else ""} Table: paired tests; the unit is the class,
B - A the mean difference of its accuracies with its 95 % bootstrap interval over classes, p of the
sign-flip permutation test, corrected by Holm for as many tests as its family has (all:
resolution_tests.csv). {drawing.photos(item.config)}"""
item.finish(fig, data, caption, quantities)

# %% [markdown]
# ## Paired tests
# Do the curves differ at all? Differences b - a of the classes' accuracies, with 95 % bootstrap
# intervals over classes; p of the sign-flip permutation test, and after Holm within the family.

# %%
tests.drop(columns=["metric", "classes"]).style.hide(axis="index").format(precision=3).set_uuid(
    "tests"
)
