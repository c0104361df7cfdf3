"""What a table declares: which scores it is made of, and of whose.

    @table(scores=("ms_ssim",), real=True)
    def ms_ssim_by_class(asked: Asked) -> pd.DataFrame:
        ...

From that follow the inputs of its rule, the metrics of a suite, DVC's plots and what a change makes
again. A table is of one suite and lies at tables/<suite>/<table>.csv; those that are of the whole
experiment at tables/<table>.csv. Nothing in a table depends on the time or the machine.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from acgan.config.resolve import Config


class Asked(NamedTuple):
    """What a table is made from."""

    config: Config
    suite: str | None  # None for a table of the whole experiment
    inputs: list[Path]
    names: dict[str, str]  # class id -> name


class Table(NamedTuple):
    """One table; its name is that of its function."""

    name: str
    make: Callable[[Asked], pd.DataFrame]
    of_suite: bool
    scores: tuple[str, ...]  # metrics of every model
    welcome_scores: tuple[str, ...]  # the same, where the suite has a judge that gives them
    # Whether it reads the same metrics, or those named, of training images too. A tuple of roles:
    # only where the suite plays one of them.
    real: bool | tuple[str, ...]
    real_scores: tuple[str, ...]
    heldout: tuple[str, ...]  # metrics of held-out images
    models: tuple[str, ...]  # files in every model's folder
    restarts: bool  # whether it reads all restarts, or the first alone
    beside: tuple[str, ...]  # roles whose suites' scores are read after its own
    resolutions: bool  # of accuracy: at every side of `scores.resolutions`, not at its own alone
    # of the experiment: "indexes", "archives", "judges", "confusion", "calibration", "ratings"
    inputs: tuple[str, ...]
    tables: Callable[[Config], list[str]]  # other tables, as items name them; those that can be had
    possible: Callable[[Config], bool]  # for an experiment
    settings: Callable[[Config, str | None], Any]  # what it shows of the config itself
    code: tuple[str, ...]  # files, beside its own, that it follows from
    plot: tuple[str, str | list[str]] | None  # columns on the axes of DVC's plot

    @property
    def module(self) -> str:
        """Its file, from the package's folder."""
        return self.make.__module__.removeprefix("acgan.").replace(".", "/") + ".py"


TABLES: dict[str, Table] = {}


def table(
    *,
    of_suite: bool = True,
    scores: tuple[str, ...] = (),
    welcome_scores: tuple[str, ...] = (),
    real: bool | tuple[str, ...] = False,
    real_scores: tuple[str, ...] | None = None,
    heldout: tuple[str, ...] = (),
    models: tuple[str, ...] = (),
    restarts: bool = False,
    beside: tuple[str, ...] = (),
    resolutions: bool = False,
    inputs: tuple[str, ...] = (),
    tables: Callable[[Config], list[str]] = lambda config: [],
    possible: Callable[[Config], bool] = lambda config: True,
    settings: Callable[[Config, str | None], Any] = lambda config, suite: None,
    code: tuple[str, ...] = (),
    plot: tuple[str, str | list[str]] | None = None,
) -> Callable[[Any], Any]:
    """Declare the function below as the table of its name; see Table for each argument."""

    def declared(make: Any) -> Any:
        TABLES[make.__name__] = Table(
            make.__name__,
            make,
            of_suite,
            scores,
            welcome_scores,
            real,
            scores if real_scores is None else real_scores,
            heldout,
            models,
            restarts,
            beside,
            resolutions,
            inputs,
            tables,
            possible,
            settings,
            code,
            plot,
        )
        return make

    return declared
