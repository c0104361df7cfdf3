"""What a source gives of a data set: its pictures, counted by class, and its archives."""

from collections import Counter
from pathlib import Path

from acgan.data import raw, sources
from acgan.data.source import Picture
from acgan.io.files import read_csv


def dataset(source: str, path: Path | None, **keys) -> dict:
    from acgan.config.schema import Dataset

    return Dataset(source=source, path=path and str(path), **keys).model_dump()


def found(chosen: dict, classes=None) -> list[Picture]:
    return list(sources.pictures(chosen, classes or set(sources.class_names(chosen))))


def counts(pictures) -> Counter:
    return Counter(p.class_id for p in pictures)


def fetch(tmp_path: Path, chosen: dict) -> list[dict[str, str]]:
    raw.fetch(chosen, tmp_path / "archives.csv")
    return read_csv(tmp_path / "archives.csv")
