"""How often the judge names images rightly (sections 4.1 and 4.3)."""

from itertools import combinations
from typing import Any

import pandas as pd

from acgan.metrics.statistics import holm, paired_test
from acgan.tables.reading import read_scores
from acgan.tables.registry import Asked, table

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


@table(scores=("accuracy",), real=("large",), resolutions=True, plot=("side", "accuracy"))
def accuracy_by_resolution(asked: Asked) -> pd.DataFrame:
    """Mean over classes of each subset: the curves and error bars of Figure 2, bottom left."""
    scores = read_scores(asked.inputs)
    keys = ["suite", "metric", "side", "subset"]
    means = scores.groupby(keys, sort=False)["value"].agg(["mean", "size"]).reset_index()
    return means.rename(columns={"mean": "accuracy", "size": "classes"})


@table(scores=("accuracy",), real=("large",), resolutions=True)
def accuracy_by_class(asked: Asked) -> pd.DataFrame:
    """Mean and standard deviation over subsets of each class at each resolution (Figures 2 and
    6).
    """
    scores = read_scores(asked.inputs)
    keys = ["suite", "model", "class", "metric", "side"]
    table = (
        scores.groupby(keys, sort=False, dropna=False)["value"]
        .agg(["mean", "std", "size"])
        .reset_index()
    )
    table.insert(3, "name", table["class"].map(asked.names))
    return table.rename(columns={"mean": "accuracy", "std": "accuracy_std", "size": "subsets"})


@table(
    scores=("accuracy",),
    real=("large",),
    beside=("small",),
    resolutions=True,
    code=("metrics/statistics.py",),
)
def resolution_tests(asked: Asked) -> pd.DataFrame:
    """Whether the curves of Figure 2 differ: paired tests over the classes' accuracies, of every
    two resolutions of a suite, of every two suites at the same resolution, and at their own sides.

    The p value is of the sign-flip permutation test, corrected by Holm within its family.
    """
    means = read_scores(asked.inputs).pivot_table(
        index="class", columns=["metric", "suite", "side"], values="value", sort=False
    )
    suites = list(dict.fromkeys(means.columns.get_level_values("suite")))
    sides = sorted(set(means.columns.get_level_values("side")))
    own = {s: asked.config["suites"][s]["side"] for s in suites if s in asked.config["suites"]}
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
