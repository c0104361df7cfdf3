"""What the models were trained on and judged by."""

from pathlib import Path
from typing import Any

import pandas as pd

from acgan.config.resolve import Config
from acgan.data.folders import passed_over, reasons
from acgan.io.frames import read_frame, stacked
from acgan.judges.kinds import KINDS
from acgan.tables.registry import Asked, table


@table(of_suite=False, inputs=("judges",))
def judges(asked: Asked) -> pd.DataFrame:
    """Accuracy of each judge on real images; no rows for judges without a `test` data set."""
    frames = [read_frame(path) for path in asked.inputs]
    empty = pd.DataFrame(columns=["judge", "split", "class", "images", "accuracy"])
    return stacked(frames) if frames else empty


def trains_a_judge(config: Config) -> bool:
    """Whether a rule trains one of an experiment's judges."""
    return any(KINDS[judge["kind"]].is_trained_here for judge in config["judges"].values())


@table(of_suite=False, inputs=("confusion",), possible=trains_a_judge)
def judge_confusion(asked: Asked) -> pd.DataFrame:
    """What each judge that is trained here takes held-out images for."""
    return stacked([read_frame(path) for path in asked.inputs])


@table(of_suite=False, inputs=("calibration",), possible=trains_a_judge)
def judge_calibration(asked: Asked) -> pd.DataFrame:
    """How often such a judge is right on held-out images, by how sure it is."""
    return stacked([read_frame(path) for path in asked.inputs])


@table(
    of_suite=False,
    inputs=("indexes", "archives"),
    settings=lambda config, suite: {
        name: {key: config["datasets"][name][key] for key in ("source", "split")}
        for name in config["datasets"]
    },
)
def datasets(asked: Asked) -> pd.DataFrame:
    """What was packed: a row per data set and file, from data/<data set>/archives.csv and
    data/<data set>/<side>/index.csv; no file for images that a package holds.
    """
    archives = {p.parent.name: p for p in asked.inputs if p.name == "archives.csv"}
    rows: list[dict[str, Any]] = []
    for name, indexes in by_dataset(asked.inputs).items():
        chosen, index = asked.config["datasets"][name], read_frame(indexes[0])
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


@table(of_suite=False, inputs=("indexes",))
def unreadable(asked: Asked) -> pd.DataFrame:
    """The images that could not be decoded and were left out, of every data set."""
    frames = []
    for name, indexes in by_dataset(asked.inputs).items():
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
