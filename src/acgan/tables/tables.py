"""Merge scores into the tables that figures read: `acgan table NAME --config C --inputs FILES --out
tables/NAME.csv`.

Each function takes the resolved config, the input files and the class names, and returns one tidy
table. Nothing in here depends on the time or the machine: two runs give the same bytes.
"""

from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd

from acgan.config.resolve import Config, models, spec
from acgan.data.folders import passed_over, reasons
from acgan.io.errors import UserError
from acgan.io.files import read_json
from acgan.io.frames import read_frame, stacked
from acgan.metrics.statistics import holm, paired_test

Names = dict[str, str]  # class id -> name
NUMBERS = ("side", "subset", "value")  # columns of score files
RANDOM_PAIRS = "_random_pairs_"  # in the names of the MS-SSIM estimate that figures show


def read_scores(inputs: list[Path]) -> pd.DataFrame:
    """All score files in one frame; class ids stay text. A model that diverged has no rows."""
    try:
        found = stacked([read_frame(path) for path in inputs])
    except (OSError, ValueError) as error:
        raise UserError(f"cannot read scores: {error}") from error
    return found.astype(dict.fromkeys(NUMBERS, float)) if found.empty else found


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


def resolution_tests(config: Config, inputs: list[Path], names: Names) -> pd.DataFrame:
    """Whether the curves of Figure 2 differ: paired tests over the classes' accuracies, of every
    two resolutions of a suite, of every two suites at the same resolution, and at their own sides.

    The p value is of the sign-flip permutation test, corrected by Holm within its family.
    """
    means = read_scores(inputs).pivot_table(
        index="class", columns=["metric", "suite", "side"], values="value", sort=False
    )
    suites = list(dict.fromkeys(means.columns.get_level_values("suite")))
    sides = sorted(set(means.columns.get_level_values("side")))
    own = {s: config["suites"][s]["side"] for s in suites if s in config["suites"]}
    families = {
        f"resolutions of {s}": [((s, a), (s, b)) for a, b in combinations(sides, 2)] for s in suites
    }
    for one, other in combinations(suites, 2):
        families[f"{one} and {other}"] = [((one, side), (other, side)) for side in sides]
    for one, other in combinations(own, 2):
        families["own sides"] = [
            *families.get("own sides", []),
            ((one, own[one]), (other, own[other])),
        ]
    rows = [
        tested(means[metric], pair) | {"family": family, "metric": metric}
        for metric in dict.fromkeys(means.columns.get_level_values("metric"))
        for family, pairs in families.items()
        for pair in pairs
        if set(pair) <= set(means[metric].columns)
        and means[metric][list(pair)].notna().all(axis=1).any()  # a class that both have
    ]
    table = pd.DataFrame(rows, columns=[*TEST_COLUMNS, "p_holm"])
    table["p_holm"] = table.groupby(["metric", "family"], sort=False)["p"].transform(holm)
    return table


TEST_COLUMNS = (
    "metric",
    "family",
    "suite_a",
    "side_a",
    "suite_b",
    "side_b",
    "classes",
    "accuracy_a",
    "accuracy_b",
    "difference",
    "low",
    "high",
    "p",
)


def tested(means: pd.DataFrame, pair: Any) -> dict[str, Any]:
    """One row of `resolution_tests`: b - a over the classes that both have."""
    (suite_a, side_a), (suite_b, side_b) = pair
    both = means[list(pair)].dropna().to_numpy()
    test = paired_test(both[:, 0], both[:, 1])
    return {
        "suite_a": suite_a,
        "side_a": side_a,
        "suite_b": suite_b,
        "side_b": side_b,
        "classes": len(both),
        "accuracy_a": both[:, 0].mean(),
        "accuracy_b": both[:, 1].mean(),
        "difference": test.difference,
        "low": test.interval[0],
        "high": test.interval[1],
        "p": test.p,
    }


def ms_ssim_by_class(config: Config, inputs: list[Path], names: Names) -> pd.DataFrame:
    """Mean and standard deviation over random pairs of each class, real and generated (Figures 3,
    4 and 6); the estimate over all pairs is in columns of its own name.
    """
    scores = read_scores(inputs)
    scores["statistic"] = scores["metric"].str.rsplit("_", n=1).str[1]
    scores["model"] = scores["model"].fillna("")
    keys = ["suite", "model", "class", "metric", "side"]
    other = ~scores["metric"].str.contains(RANDOM_PAIRS)
    more = scores[other].pivot(
        index=["suite", "model", "class", "side"], columns="metric", values="value"
    )
    scores = scores[~other].assign(metric=scores["metric"].str.rsplit("_", n=1).str[0])
    table = scores.pivot(index=keys, columns="statistic", values="value").reset_index()
    table.insert(3, "name", table["class"].map(names))
    table.columns.name = None
    table = table.rename(columns={"mean": "ms_ssim", "std": "ms_ssim_std"})
    return table.merge(more.reset_index(), on=["suite", "model", "class", "side"], how="left")


def trajectory(config: Config, inputs: list[Path], names: Names) -> pd.DataFrame:
    """MS-SSIM of each class during training (Figure 5), from
    models/<suite>/<model>/trajectory.csv; without models that diverged, as in all tables of scores.
    """
    frames = [pd.DataFrame(columns=["suite", "model", "step", "class", "name", "ms_ssim"])]
    for path in inputs:
        if "diverged" in read_json(path.with_name("provenance.json")):
            continue
        frame = read_trajectory(path)
        frame.insert(0, "suite", path.parts[-3])
        frame.insert(1, "model", path.parts[-2])
        frame.insert(4, "name", frame["class"].map(names))
        frames.append(frame)
    return stacked(frames)


def read_trajectory(path: Path) -> pd.DataFrame:
    """step, class, ms_ssim: a row for each step and class. Columns are told apart by their place,
    since a class may be called `step`, or `ms_ssim`.
    """
    head = pd.read_csv(path, header=None, nrows=1, dtype=str, keep_default_na=False).loc[0]
    wide = pd.read_csv(path, header=None, names=list(head.index), skiprows=1)
    long = wide.melt(0, var_name="class", value_name="ms_ssim").rename(columns={0: "step"})
    return long.assign(**{"class": long["class"].map(head)})


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
    # Of MS-SSIM alone: a judge's accuracy bears the judge's name, which may end in `_std` too.
    means = scores["metric"].str.contains(RANDOM_PAIRS) & scores["metric"].str.endswith("_mean")
    shown = ~scores["metric"].str.startswith("ms_ssim") | means
    scores = scores[own_side & shown].fillna({"model": ""})
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
        frame = read_frame(path)
        frame = frame.iloc[
            :: max(1, -(-len(frame) // 100))
        ]  # none of a model that diverged at once
        frame.insert(0, "suite", path.parts[-3])
        frame.insert(1, "model", path.parts[-2])
        frames.append(frame)
    return stacked(frames)


def judges(config: Config, inputs: list[Path], names: Names) -> pd.DataFrame:
    """Accuracy of each judge on real images; no rows for judges without a `test` data set."""
    frames = [read_frame(path) for path in inputs]
    empty = pd.DataFrame(columns=["judge", "split", "class", "images", "accuracy"])
    return stacked(frames) if frames else empty


def datasets(config: Config, inputs: list[Path], names: Names) -> pd.DataFrame:
    """What was packed: a row per data set and file, from data/<data set>/archives.csv and
    data/<data set>/<side>/index.csv; no file for images that a package holds.
    """
    archives = {p.parent.name: p for p in inputs if p.name == "archives.csv"}
    rows: list[dict[str, Any]] = []
    for name, indexes in by_dataset(inputs).items():
        chosen, index = config["datasets"][name], read_frame(indexes[0])
        passed = passed_over(indexes[0].with_name("passed_over.csv"))
        about = {
            "dataset": name,
            "source": chosen["source"],
            "split": chosen["split"],
            "classes": len(index),
            "images": int(index["images"].sum()),
            "sides": " ".join(sorted((p.parent.name for p in indexes), key=int)),
            "unreadable": len(read_frame(indexes[0].with_name("unreadable.csv"))),
            "passed_over": passed.total(),
            "passed_over_reasons": reasons(passed),
        }
        files = read_frame(archives[name]).to_dict("records") if name in archives else [{}]
        rows += [about | {str(k): v for k, v in file.items()} for file in files]
    columns = [
        "dataset",
        "source",
        "split",
        "classes",
        "images",
        "sides",
        "unreadable",
        "passed_over",
        "passed_over_reasons",
        "file",
        "bytes",
        "checksum",
        "published",
    ]
    return pd.DataFrame(rows, columns=columns)


def unreadable(config: Config, inputs: list[Path], names: Names) -> pd.DataFrame:
    """The images that could not be decoded and were left out, of every data set."""
    frames = []
    for name, indexes in by_dataset(inputs).items():
        frame = read_frame(indexes[0].with_name("unreadable.csv"))
        frame.insert(0, "dataset", name)
        frames.append(frame)
    return stacked(frames)


def by_dataset(inputs: list[Path]) -> dict[str, list[Path]]:
    """{data set: its indexes, one per side}."""
    found: dict[str, list[Path]] = {}
    for path in inputs:
        if path.name == "index.csv":
            found.setdefault(path.parts[-3], []).append(path)
    return found


def layers(config: Config, inputs: list[Path], names: Names) -> pd.DataFrame:
    """The nets as built, row by row, for Tables 1 and 2, with the parameter count of each net."""
    from acgan.nets.build import build_discriminator, build_generator
    from acgan.nets.nets import parameter_count

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
        rows.append(
            (
                "Transposed convolution",
                by(conv.kernel_size),
                by(conv.stride),
                conv.out_channels,
                not last,
                0.0,
                "Tanh" if last else "ReLU",
            )
        )
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
        accuracy_by_resolution,
        accuracy_by_class,
        resolution_tests,
        ms_ssim_by_class,
        trajectory,
        sweep,
        grid,
        feature_distances,
        neighbours,
        training,
        judges,
        datasets,
        unreadable,
        layers,
    ]
}
