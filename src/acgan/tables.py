"""Merge scores into the tables that figures read: `acgan table NAME --config C --inputs FILES --out
tables/NAME.csv`.

Each function takes the resolved config, the input files and the class names, and returns one tidy
table. Nothing in here depends on the time or the machine: two runs give the same bytes.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from acgan.config.resolve import Config, models, spec
from acgan.errors import UserError

Names = dict[str, str]  # class id -> name


def read_scores(inputs: list[Path]) -> pd.DataFrame:
    """All score files in one frame; class ids stay text."""
    try:
        frames = [
            pd.read_csv(path, dtype={"class": str, "neighbour_class": str}) for path in inputs
        ]
    except (OSError, ValueError) as error:
        raise UserError(f"cannot read scores: {error}") from error
    return pd.concat(frames, ignore_index=True)


def accuracy_by_resolution(config: Config, inputs: list[Path], names: Names) -> pd.DataFrame:
    """Mean over classes of each subset: the curves and error bars of Figure 2, bottom left."""
    scores = read_scores(inputs)
    keys = ["suite", "metric", "side", "subset"]
    means = scores.groupby(keys, sort=False)["value"].agg(["mean", "size"]).reset_index()
    return means.rename(columns={"mean": "accuracy", "size": "classes"})


def accuracy_by_class(config: Config, inputs: list[Path], names: Names) -> pd.DataFrame:
    """Mean and standard deviation over subsets of each class at each resolution (Figures 2 and
    6).
    """
    scores = read_scores(inputs)
    keys = ["suite", "model", "class", "metric", "side"]
    table = (
        scores.groupby(keys, sort=False, dropna=False)["value"]
        .agg(["mean", "std", "size"])
        .reset_index()
    )
    table.insert(3, "name", table["class"].map(names))
    return table.rename(columns={"mean": "accuracy", "std": "accuracy_std", "size": "subsets"})


def ms_ssim_by_class(config: Config, inputs: list[Path], names: Names) -> pd.DataFrame:
    """Mean and standard deviation over pairs of each class, real and generated (Figures 3, 4 and
    6).
    """
    scores = read_scores(inputs)
    scores["statistic"] = scores["metric"].str.rsplit("_", n=1).str[1]
    scores["metric"] = scores["metric"].str.rsplit("_", n=1).str[0]
    keys = ["suite", "model", "class", "metric", "side"]
    scores["model"] = scores["model"].fillna("")
    table = scores.pivot(index=keys, columns="statistic", values="value").reset_index()
    table.insert(3, "name", table["class"].map(names))
    table.columns.name = None
    return table.rename(columns={"mean": "ms_ssim", "std": "ms_ssim_std"})


def trajectory(config: Config, inputs: list[Path], names: Names) -> pd.DataFrame:
    """MS-SSIM of each class during training (Figure 5), from
    models/<suite>/<model>/trajectory.csv.
    """
    frames = []
    for path in inputs:
        frame = pd.read_csv(path).melt("step", var_name="class", value_name="ms_ssim")
        frame.insert(0, "suite", path.parts[-3])
        frame.insert(1, "model", path.parts[-2])
        frame.insert(4, "name", frame["class"].map(names))
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def sweep(config: Config, inputs: list[Path], names: Names) -> pd.DataFrame:
    """MS-SSIM and accuracy of the classes that all models of the sweep share, and of all real
    ones (Figure 10).
    """
    scores = read_scores(inputs)
    suite = config["figures"]["sweep"]
    by_id = {m.id: m for m in models(config, suite)}
    common = min(m.classes for m in by_id.values())
    shared = list(dict.fromkeys(scores["class"]))[:common]
    scores = scores[(scores["suite"] == "real") | scores["class"].isin(shared)]
    own_side = scores["side"] == config["suites"][suite]["side"]
    scores = scores[own_side & ~scores["metric"].str.endswith("_std")].fillna({"model": ""})
    table = (
        scores.groupby(["suite", "model", "class", "metric"], sort=False)["value"]
        .mean()
        .reset_index()
    )
    counts = [by_id[m].classes if m else 0 for m in table["model"]]
    table.insert(2, "classes_per_model", counts)
    table.insert(
        3, "restart", [int(m.rpartition("-r")[2]) if "-r" in m else 0 for m in table["model"]]
    )
    return table


def grid(config: Config, inputs: list[Path], names: Names) -> pd.DataFrame:
    """The choosing and the reported score of every setting and group (section 4.4)."""
    table = (
        read_scores(inputs)
        .drop(columns="class")
        .rename(columns={"subset": "group", "value": "score"})
    )
    table["purpose"] = table["metric"].str.rsplit("_", n=1).str[1]
    return with_settings(config, table)


def feature_distances(config: Config, inputs: list[Path], names: Names) -> pd.DataFrame:
    """FID, KID, precision and recall of every setting, or what another judge gives in their
    place.
    """
    return with_settings(config, read_scores(inputs).drop(columns=["class", "subset"]))


def with_settings(config: Config, table: pd.DataFrame) -> pd.DataFrame:
    """A table of the grid's suite with a column for each key that the grid varies."""
    by_id = {m.id: m for m in models(config, config["figures"]["grid"])}
    for name in config["suites"][config["figures"]["grid"]]["grid"]:
        table[name] = table["model"].map(lambda m, name=name: by_id[m].settings[name])
    return table


def neighbours(config: Config, inputs: list[Path], names: Names) -> pd.DataFrame:
    """Distances to the nearest training images (Figure 8)."""
    table = read_scores(inputs).rename(columns={"subset": "sample", "value": "distance"})
    table.insert(3, "name", table["class"].map(names))
    return table


def training(config: Config, inputs: list[Path], names: Names) -> pd.DataFrame:
    """Losses of every model, from models/<suite>/<model>/training.csv, at most 100 rows each
    (the report's curves).
    """
    frames = []
    for path in inputs:
        frame = pd.read_csv(path)
        frame = frame.iloc[:: -(-len(frame) // 100)]
        frame.insert(0, "suite", path.parts[-3])
        frame.insert(1, "model", path.parts[-2])
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def judges(config: Config, inputs: list[Path], names: Names) -> pd.DataFrame:
    """Accuracy of each judge on real images; no rows for judges without a `test` data set."""
    frames = [pd.read_csv(path, dtype={"class": str}) for path in inputs]
    empty = pd.DataFrame(columns=["judge", "split", "class", "images", "accuracy"])
    return pd.concat(frames, ignore_index=True) if frames else empty


def layers(config: Config, inputs: list[Path], names: Names) -> pd.DataFrame:
    """The nets as built, row by row, for Tables 1 and 2, with the parameter count of each net."""
    from acgan.models import build_discriminator, build_generator
    from acgan.nets import parameter_count

    rows: list[dict[str, Any]] = []
    for role in ("high", "low", "grid"):
        suite = config["figures"][role]
        if suite is None:
            continue
        one = spec(config, suite, models(config, suite)[0].id)
        generator, discriminator = build_generator(one), build_discriminator(one)
        for name, net, described in (
            ("G", generator, generator_rows(generator)),
            ("D", discriminator, discriminator_rows(discriminator, one["nets"])),
        ):
            about = {
                "role": role,
                "suite": suite,
                "side": one["side"],
                "net": name,
                "parameters": parameter_count(net),
            }
            rows += [about | dict(zip(LAYER_COLUMNS, row, strict=True)) for row in described]
    return pd.DataFrame(rows)


LAYER_COLUMNS = ("operation", "kernel", "stride", "maps", "batch_norm", "dropout", "nonlinearity")


def generator_rows(net: Any) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = [("Linear", "", "", net.start_maps, False, 0.0, "ReLU")]
    for i, conv in enumerate(net.convs):
        last = i == len(net.norms)
        rows.append(("Transposed convolution", by(conv.kernel_size), by(conv.stride), conv.out_channels, not last, 0.0,
                     "Tanh" if last else "ReLU"))  # fmt: skip
    return rows


def discriminator_rows(net: Any, settings: dict[str, Any]) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = [
        (
            "Convolution",
            by(conv.kernel_size),
            by(conv.stride),
            conv.out_channels,
            i > 0,
            settings["dropout"],
            "Leaky ReLU",
        )
        for i, conv in enumerate(net.convs)
    ]
    return [*rows, ("Linear", "", "", net.linear.out_features, False, 0.0, "Soft-Sigmoid")]


def by(sizes: tuple[int, int]) -> str:
    return f"{sizes[0]}x{sizes[1]}"


TABLES: dict[str, Callable[[Config, list[Path], Names], pd.DataFrame]] = {
    f.__name__: f
    for f in [
        accuracy_by_resolution, accuracy_by_class, ms_ssim_by_class, trajectory, sweep, grid,
        feature_distances, neighbours, training, judges, layers,
    ]
}  # fmt: skip
