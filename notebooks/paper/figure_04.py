# ---
# jupyter:
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Figure 4: diversity of samples and of training data
# One point per class. x: mean MS-SSIM of training images, y: mean MS-SSIM of samples. Points below
# the dashed line vary more than the least varied training class does (section 4.2).

# %% tags=["parameters"]
config = "results/demo/config.json"
tables = "results/demo/tables"
out = "results/demo/figures/figure_04"

# %%
import matplotlib.pyplot as plt

from acgan.figures.compare import bootstrap, over_pairs
from acgan.figures.drawing import BLACK, BLUE, RED, Drawing, counts
from acgan.metrics import statistics

item = Drawing("figure_04", config, tables, out)
suite = item.suite("large")
table = item.table("ms_ssim_by_class")
side = item.config["suites"][suite]["side"]
real = table[(table["suite"] == "real") & (table["side"] == side)].set_index("class")
samples = table[table["suite"] == suite].set_index("class")
samples = samples.loc[real.index.intersection(samples.index, sort=False)]
beside = real.loc[samples.index]  # without the classes of models that diverged
threshold = statistics.threshold(real["ms_ssim"])

# %%
fig, ax = plt.subplots(figsize=(3.4, 3.4))
ax.plot([0, 1], [0, 1], color=BLUE, lw=1, label="equality")
ax.axhline(
    threshold, color=RED, lw=1, ls="--", label=f"largest training-data mean, {threshold:.2f}"
)
size = 14 if len(real) < 100 else 4
ax.scatter(beside["ms_ssim"], samples["ms_ssim"], s=size, color=BLACK, zorder=3, label="one class")
ax.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
ax.set_xlabel("mean MS-SSIM of training data")
ax.set_ylabel("mean MS-SSIM of samples")
ax.legend(loc="upper left", borderaxespad=0.1)

# %%
protocol = table["metric"].iloc[0]
below, below_interval = statistics.below_threshold(samples["ms_ssim"], real["ms_ssim"])
quantities = [
    item.compare(
        name, "large", values.mean(), bootstrap(values), protocol=protocol, resampled="classes"
    )
    for name, values in (
        ("mean_real", real["ms_ssim"]),
        ("mean_samples", samples["ms_ssim"]),
        ("std_real", real["ms_ssim_std"]),
        ("std_samples", samples["ms_ssim_std"]),
    )
]
below_how = {"protocol": protocol, "resampled": "classes (Wilson)"}
quantities.append(item.compare("below_threshold", "large", below, below_interval, **below_how))
pairs = item.config["scores"]["ms_ssim_pairs"]
for number, group in (("threshold", real), ("largest_samples", samples)):
    largest = group.loc[group["ms_ssim"].idxmax()]  # its own pairs: a maximum has no bootstrap
    interval = over_pairs(largest["ms_ssim"], largest["ms_ssim_std"], pairs)
    how = {"protocol": protocol, "resampled": "pairs of the largest class"}
    quantities.append(item.compare(number, "large", largest["ms_ssim"], interval, **how))
data = beside.reset_index()[["class", "name"]].assign(
    ms_ssim_real=beside["ms_ssim"].to_numpy(), ms_ssim_samples=samples["ms_ssim"].to_numpy()
)
caption = f"""Mean MS-SSIM of training data (x) and of samples (y), one point per class,
{len(samples)} classes. Dashed: the largest training-data class mean, {threshold:.2f}. {below:.0%}
of classes lie below it (95 % interval {below_interval[0]:.0%} to {below_interval[1]:.0%}). Samples
of suite {suite}: {counts(item.config, suite)}; each mean is over random pairs ({protocol})."""
item.finish(fig, data, caption, quantities)
