"""Files are written beside their place and renamed, so that nothing half-written is ever taken
for done.
"""

import contextlib
import csv
import hashlib
import json
import math
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from acgan.io.errors import UserError


@contextlib.contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn an error of the disk while `path` is written into one line with the cure."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or f"the disk took only a part ({error})"
        raise UserError(
            f"cannot write {path}: {reason}; free space or fix the folder's permissions, then "
            f"repeat the command"
        ) from error


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary name beside `path`.

    Rename it to `path` on success, remove it on any failure.

    Raises UserError when the disk is full or the folder cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with disk_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            yield temporary
            with open(temporary, "rb") as handle:
                os.fsync(handle.fileno())
            os.replace(temporary, path)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: Path, value: Any) -> None:
    write_text(path, json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Rows under a header.

    Floats in Python's shortest exact form, so equal numbers give equal bytes. NaN is an empty
    cell.
    """
    with replacing(path) as temporary, open(temporary, "w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(map(empty_if_nan, row) for row in rows)


def empty_if_nan(value: Any) -> Any:
    return "" if isinstance(value, float) and math.isnan(value) else value


def read_csv(path: Path) -> list[dict[str, str]]:
    """Rows as dictionaries of text. Raises UserError when the file is missing."""
    try:
        with open(path, newline="", encoding="utf-8") as handle:
            return list(csv.DictReader(handle))
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from error


def sha256_of(path: Path) -> str:
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def sha256_of_json(value: Mapping[str, Any]) -> str:
    """Hash of a JSON value, independent of the order of keys."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def read_json(path: Path) -> Any:
    """A JSON file, as a resolved config or a model's spec. Raises UserError when it is missing
    or damaged.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"cannot read {path}: {error}") from error
