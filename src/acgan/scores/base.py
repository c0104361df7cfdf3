"""What a metric declares, and what it is asked about.

A metric is one module of this package: a function from images to rows of a tidy table, under
`@metric(...)`. It imports what needs torch inside, since planning reads these declarations too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from acgan.config.resolve import Config
from acgan.systems import rows_of

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

    from acgan.judges import Judge

COLUMNS = ("suite", "model", "class", "metric", "side", "subset", "value")
Row = tuple[Any, ...]


class Scored(NamedTuple):
    """Images to score, with what the metrics need to know of them."""

    suite: str
    model: str
    seed: int
    class_ids: list[str]  # that the model was trained on
    images: list[np.ndarray]  # per row, uint8 (n, side, side, 3)
    judge: Judge | None
    data: Path  # packed training images
    accuracy_sides: list[int]
    real_features: Path | None = None  # of training images by the same judge
    # "class": a row of images shows a class; "code": what G made of a value of its code;
    # "nothing": there is one row of all.
    given: str = "class"
    # Of a model: what it is, its folder, and the batch norm that it draws with.
    spec: dict[str, Any] | None = None
    folder: Path | None = None
    batch_norm: str = "running"
    samples: Path | None = None  # the folder of its samples

    @property
    def row_ids(self) -> list[str]:
        """What each row of images is called."""
        return rows_of(self.given, self.class_ids)


class Metric(NamedTuple):
    """One metric; its name is that of its function, module and score files."""

    name: str
    rows: Callable[[Config, Scored], Iterator[Row]]
    settings: tuple[str, ...]  # the keys of the config's `scores` that it obeys
    suite_settings: tuple[str, ...]  # the same of a suite
    code: tuple[str, ...]  # the files, beside its own, that its numbers follow from
    columns: tuple[str, ...]
    possible: Callable[[Config, str], bool]  # for a suite: with its judge and data set
    always: bool  # measured of every suite, whether or not a table reads it
    real_features: bool  # compares with the judge's features of training images
    heldout: bool  # reads held-out images, beside the folder of the training images


METRICS: dict[str, Metric] = {}


def metric(
    *,
    settings: tuple[str, ...] = (),
    suite_settings: tuple[str, ...] = (),
    code: tuple[str, ...] = (),
    columns: tuple[str, ...] = COLUMNS,
    possible: Callable[[Config, str], bool] = lambda config, suite: True,
    always: bool = False,
    real_features: bool = False,
    heldout: bool = False,
) -> Callable[[Any], Any]:
    """Declare the function below as the metric of its name."""

    def declared(rows: Any) -> Any:
        METRICS[rows.__name__] = Metric(
            rows.__name__,
            rows,
            settings,
            suite_settings,
            code,
            columns,
            possible,
            always,
            real_features,
            heldout,
        )
        return rows

    return declared


def asked(s: Scored) -> Judge:
    """The judge, of a metric that is possible only with one."""
    assert s.judge is not None
    return s.judge


def to_tensor(images: np.ndarray) -> Tensor:
    """uint8 (n, side, side, 3) -> (n, 3, side, side)."""
    import numpy as np
    import torch

    return torch.from_numpy(np.array(images)).permute(0, 3, 1, 2)


def thousands(count: int) -> str:
    """50000 -> 50k, 2500 -> 2500: counts in the names of metrics."""
    return f"{count // 1000}k" if count % 1000 == 0 and count else str(count)


def drawn_for(config: Config, s: Scored, purpose: str) -> Tensor:
    """The samples of `select` or `report`: the same share of every row, row by row, and no sample
    in both.
    """
    import torch

    shares = {p: config["scores"][p]["samples"] // len(s.images) for p in ("select", "report")}
    start = shares["select"] if purpose == "report" else 0
    return torch.cat([to_tensor(i[start : start + shares[purpose]]) for i in s.images])
