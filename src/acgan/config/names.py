"""Names that users choose and that stand for something of ours already: in tables, in folders,
among Snakemake's rules.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from acgan.config.schema import Experiment
from acgan.data.sources import SOURCES
from acgan.judges.kinds import KINDS

RESERVED = {
    "datasets": {"raw": "data/raw/ holds the archives", "weights": "data/weights/ holds judges"},
    "suites": {
        "real": "tables and scores/ call the training images so",
        "none": "figures and `acgan plan` say so where no suite plays a part",
    },
}

Problem = tuple[tuple[str | int, ...], str]


def name_problems(e: Experiment) -> Iterator[Problem]:
    """(path of the name, what it would be taken for)."""
    for section, reserved in RESERVED.items():
        for name in getattr(e, section):
            if name in reserved:
                yield (section, name), f"choose another name: {reserved[name]}"
    for name, judge in e.judges.items():
        if name in KINDS and name != judge.kind:
            yield (
                ("judges", name),
                f"a {judge.kind} cannot be called like another kind: scores bear the judge's name",
            )
    for name in e.suites:
        jobs_of = re.sub(r"_\d{2,}$", "", name)  # resolve.jobs
        if jobs_of != name and jobs_of in e.suites and e.suites[jobs_of].models_per_job > 1:
            yield (
                ("suites", name),
                f"choose another name: the jobs of suite {jobs_of} are called {jobs_of}_00, "
                f"{jobs_of}_01 ...",
            )
    packed = {
        os.path.realpath(place): place for place in ("data", *(f"data/{d}" for d in e.datasets))
    }
    for name, dataset in e.datasets.items():
        if SOURCES[dataset.source].class_folders and dataset.path is not None:
            place = packed.get(os.path.realpath(Path(dataset.path).expanduser()))
            if place is not None:
                yield (
                    ("datasets", name, "path"),
                    f"{place}/ is where packed images go, whose folders would be taken for "
                    f"classes; move the pictures, or rename the data set",
                )
