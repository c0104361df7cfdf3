"""What the readers of several sources share: archives and folders, image by image."""

from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from acgan.data.archives import files
from acgan.data.folders import HIDDEN, Passed, no_picture, pictures_in, shown
from acgan.data.source import Picture
from acgan.io.errors import UserError


def opened(path: Path) -> IO[bytes]:
    try:
        return open(path, "rb")
    except OSError as error:
        raise UserError(
            f"cannot read {path}: {error.strerror}; `acgan data check` says what is needed"
        ) from error


def files_of(path: Path, passed: Passed) -> Iterator[tuple[str, bytes]]:
    with opened(path) as archive:
        yield from no_litter(files(archive, str(path)), passed)


def no_litter(found: Iterator[tuple[str, bytes]], passed: Passed) -> Iterator[tuple[str, bytes]]:
    """The files of an archive without what the program that packed it has added."""
    for name, content in found:
        if no_picture(PurePosixPath(name)) == HIDDEN:
            passed[HIDDEN] += 1
        else:
            yield name, content


def by_folders(folder: Path, classes: Collection[str], passed: Passed) -> Iterator[Picture]:
    """<folder>/<class>/**/<image>, sorted."""
    for class_id, path in pictures_in(folder, classes, passed):
        with opened(path) as handle:
            yield Picture(class_id, shown(path), handle.read())
