"""What a claim sees of an experiment: arrays of its tables' numbers, class by class.

Arrays of classes (N,) go together: `models` numbers the model of each from 0. Classes that one of
the tables lacks, since their model diverged, are left out.
"""

import math
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from acgan.config import resolve
from acgan.config.resolve import Config
from acgan.config.spec import differing
from acgan.declarations.roles import suites_in
from acgan.metrics.statistics import threshold


class Named(NamedTuple):
    """How often samples of each class are named rightly, at several sides."""

    models: np.ndarray  # (N,)
    accuracy: np.ndarray  # (N, sides)
    errors: np.ndarray  # (N, sides): standard errors


class Alike(NamedTuple):
    """How alike samples of each class are, and its training images."""

    models: np.ndarray  # (N,)
    samples: np.ndarray  # (N,) mean MS-SSIM
    errors: np.ndarray  # (N,)
    real: np.ndarray  # (N,)
    real_errors: np.ndarray  # (N,)
    threshold: float  # the largest mean of a training class
    # of the mean over training classes, where restarts share them: it does not average out
    shared_error: float = 0.0


class Case:
    """An experiment's config and the tables of its roles."""

    def __init__(self, config: Config, tables: dict[str, pd.DataFrame]):
        """`tables` by role/table."""
        self.config, self.tables = config, tables

    def suite(self, role: str) -> str:
        return suites_in(self.config, role)[0]

    def chosen(self, role: str) -> dict[str, Any]:
        return self.config["suites"][self.suite(role)]

    def side(self, role: str) -> int:
        return self.chosen(role)["side"]

    def of_suite(self, role: str, table: str) -> pd.DataFrame:
        """The rows of a role's own suite in a table."""
        frame = self.tables[f"{role}/{table}"]
        return frame[frame["suite"] == self.suite(role)]

    def named(self, role: str, *sides: int, classes: pd.Index | None = None) -> Named:
        """Of a role's classes, or of some of them by (model, class). Raises KeyError for a side at
        which accuracy was not taken.
        """
        wide = self.of_suite(role, "class_accuracy").pivot(
            index=["model", "class"], columns="side", values="accuracy"
        )
        wide = wide[list(sides)].dropna()
        wide = wide if classes is None else wide.loc[classes]
        n, right = self.chosen(role)["samples_per_class"], wide.to_numpy()
        # Agresti and Coull's: of a share of all or none the error is not 0
        share = (right * n + 2) / (n + 4)
        errors = np.sqrt(share * (1 - share) / (n + 4))
        return Named(numbers(wide.index.get_level_values("model")), right, errors)

    @cached_property
    def by_class(self) -> pd.DataFrame:
        """MS-SSIM of the large suite's samples and of training images, by model and class."""
        table = self.tables["large/class_diversity"]
        real = table[table["suite"] == "real"].drop_duplicates("class").set_index("class")
        own = self.of_suite("large", "class_diversity").set_index(["model", "class"])
        beside = real.reindex(own.index.get_level_values("class"))
        found = own[["ms_ssim", "ms_ssim_std"]].copy()
        found["real"], found["real_std"] = (
            beside[c].to_numpy() for c in ("ms_ssim", "ms_ssim_std")
        )
        found["threshold"] = threshold(real["ms_ssim"]) if len(real) else math.nan
        return found.dropna()

    def alike(self, classes: pd.Index | None = None) -> Alike:
        """Of the large suite's classes, or of some of them."""
        frame = self.by_class if classes is None else self.by_class.loc[classes]
        errors = [self.of_pairs(frame[c].to_numpy()) for c in ("ms_ssim_std", "real_std")]
        return Alike(
            numbers(frame.index.get_level_values("model")),
            frame["ms_ssim"].to_numpy(),
            errors[0],
            frame["real"].to_numpy(),
            errors[1],
            float(frame["threshold"].iloc[0]) if len(frame) else math.nan,
            self.shared_error(frame, errors[1]),
        )

    def shared_error(self, frame: pd.DataFrame, errors: np.ndarray) -> float:
        """The standard error of the mean of training classes that several models have; 0 where
        each class is one model's.
        """
        classes = frame.index.get_level_values("class")
        if classes.is_unique:
            return 0.0
        once = pd.Series(errors, index=classes).groupby(level=0).first()
        return math.sqrt(float((once**2).sum())) / len(once)

    def of_pairs(self, spread: np.ndarray) -> np.ndarray:
        """The standard error of a mean over random pairs of images, from their spread.

        Pairs share images: what an image has in common with all others, at most half of the
        variance, is drawn once an image, and each image stands in two pairs of n.
        """
        pairs, n = self.config["scores"]["ms_ssim_pairs"], self.chosen("large")["samples_per_class"]
        return spread * math.sqrt(1 / pairs + 2 / n)

    def named_and_alike(self) -> tuple[Named, Alike]:
        """Both of the same classes of the large suite, at its own side."""
        table = self.of_suite("large", "class_accuracy").query("side == @self.side('large')")
        named = table.dropna(subset="accuracy").set_index(["model", "class"]).index
        both = self.by_class.index.intersection(named, sort=False)
        return self.named("large", self.side("large"), classes=both), self.alike(both)

    def distances(self, metric: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Models of samples (N,), their distance to the nearest training image (N,) and that of
        held-out images (M,), each over the median of the held-out images of the class; `metric` is
        l1, or ms_ssim, whose distance is 1 minus it.
        """
        table = self.tables["large/nearness"]
        mine = table[table["measure"] == metric].dropna(subset="ratio")
        own = mine[mine["suite"] == self.suite("large")]
        held_out = mine.loc[mine["suite"] == "heldout", "ratio"]
        return numbers(own["model"]), own["ratio"].to_numpy(), held_out.to_numpy()

    def halfway(self) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
        """Models of the large suite's classes, their MS-SSIM half way through training and at the
        end (N,); None where no point of the curve lies about half way.
        """
        own = self.of_suite("large", "collapse_by_step")
        wide = own[~own["diverged"].astype(bool)].pivot(
            index=["model", "class"], columns="step", values="ms_ssim"
        )
        steps = np.array(wide.columns, float)
        middle = [s for s in steps[1:-1] if 0.25 <= s / steps[-1] <= 0.75]
        if not middle:
            return None
        half = min(middle, key=lambda s: abs(s - steps[-1] / 2))
        wide = wide[[half, wide.columns[-1]]].dropna()
        models = numbers(wide.index.get_level_values("model"))
        return models, wide.iloc[:, 0].to_numpy(), wide.iloc[:, 1].to_numpy()

    def latents(self, begins: str) -> pd.DataFrame:
        """The rows of a metric of the large suite's latent space; maybe none."""
        table = self.of_suite("large", "latent_space")
        return table[table["metric"].str.startswith(begins)]

    def paths(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
        """Models of classes (N,), how many paths of each jump, how many there are; and how many
        collapsed classes were left out.
        """
        rows = self.latents("path_")
        kept = self.by_class.query("ms_ssim < threshold").index
        jumps = rows.assign(jumps=rows["value"] > 0.5).groupby(["model", "class"], sort=False)
        counts = jumps["jumps"].agg(["sum", "size"])
        own = counts[counts.index.isin(kept)]
        models = numbers(own.index.get_level_values("model"))
        left_out = len(counts) - len(own)
        return models, own["sum"].to_numpy(float), own["size"].to_numpy(float), left_out

    def same_latents(self) -> np.ndarray:
        """(models, n, n): MS-SSIM of pictures of two classes at latents i and j."""
        rows = self.latents("fixed_latents_")
        return np.array(
            [
                own.pivot(index="subset", columns="other", values="value").to_numpy()
                for _, own in rows.groupby("model", sort=False)
            ]
        )

    def probed(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Of each model: how many samples of each judge's label the probe names rightly as a share,
        and how many there are.
        """
        rows = self.latents("probe_recall_")
        return [
            (own["value"].to_numpy(), own["subset"].to_numpy(float))
            for _, own in rows.groupby("model", sort=False)
        ]

    def by_class_count(self) -> tuple[np.ndarray, np.ndarray]:
        """Classes of each model of the sweep, and its mean MS-SSIM of the classes that all share
        (models,).
        """
        table = self.of_suite("class_count", "class_count")
        own = table[table["metric"].str.startswith("ms_ssim")]
        means = own.groupby(["model", "classes_per_model"], sort=False)["value"].mean()
        return means.index.get_level_values(1).to_numpy(float), means.to_numpy()

    def of_system(self, role: str, system: str) -> str | None:
        """The first suite of a role that trains a system with its own defaults."""
        for suite in suites_in(self.config, role):
            if not differing_objective(self.config["suites"][suite], system):
                return suite
        return None

    def restarts(self, role: str, system: str, measure: str) -> np.ndarray | None:
        """A measure of each model of a system's suite (models,); None where no suite trains it."""
        suite = self.of_system(role, system)
        if suite is None:
            return None
        table = self.tables[f"{role}/model_measures"]
        own = table[(table["suite"] == suite) & (table["measure"] == measure)]
        return own["value"].to_numpy(float)

    def collapsed_classes(self, role: str, system: str) -> tuple[np.ndarray, np.ndarray] | None:
        """Of each model of a system: how many of its classes are missing or more alike than any
        class of training images, by the judge's own label, and how many it has (models,).
        """
        suite = self.of_system(role, system)
        if suite is None:
            return None
        table = self.tables[f"{role}/judged_by_class"]
        limit = table.loc[table["suite"] == "real", "ms_ssim"].max()
        own = table[table["suite"] == suite]
        lost = own["ms_ssim"].isna() | (own["ms_ssim"] > limit)
        counts = lost.groupby(own["model"], sort=False).agg(["sum", "size"])
        every = {m.id: m.classes for m in resolve.models(self.config, suite)}
        # a model that diverged has no rows: all its classes are lost
        sums = [(counts["sum"].get(m, n), counts["size"].get(m, n)) for m, n in every.items()]
        return tuple(np.array(sums, float).T)


def differing_objective(suite: dict[str, Any], system: str) -> dict[str, Any]:
    """What a suite's objective has beside its system, where it is this system."""
    found = differing(suite["objective"], "objective")
    if suite["objective"]["system"] != system:
        return {"system": suite["objective"]["system"]}
    return {key: value for key, value in found.items() if key != "system"}


def numbers(models: Any) -> np.ndarray:
    """The models of rows, numbered from 0 in order of appearance."""
    return pd.factorize(models)[0]
