"""Whether a bundle is whole: `acgan bundle --check demo-crate.zip`.

A stranger's bundle is data: its files are read and compared, never unpacked, and a name that leads
out of it is that of a missing file.
"""

import hashlib
import json
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple
from urllib.parse import unquote

from acgan.io.command import printable
from acgan.io.errors import UserError
from acgan.io.words import counted

METADATA = "ro-crate-metadata.json"
MANIFEST = "manifest-sha256.txt"  # for `sha256sum -c`
CHUNK = 1 << 20
DAMAGED = (OSError, zipfile.BadZipFile, zlib.error, RuntimeError, EOFError)
NONSENSE = (KeyError, TypeError, AttributeError, ValueError, RecursionError)
LINE = re.compile(r"([0-9a-f]{64})  (.+)")

Asked = tuple[str, int | None]  # sha256, and the size if it is said


class Seen(NamedTuple):
    """What a file is."""

    sha256: str
    size: int


def check(path: Path) -> int:
    """Print a line for each problem and a last one; the exit status, 1 where there is a problem.

    Raises UserError where there is no folder or zip file to read.
    """
    if path.is_dir():
        files = [p for p in sorted(path.rglob("*")) if p.is_file() or p.is_symlink()]
        names = [p.relative_to(path).as_posix() for p in files]
        found = list(problems(names, lambda name: (path / name).open("rb")))
    else:
        try:
            with zipfile.ZipFile(path) as archive:
                names = [name for name in archive.namelist() if not name.endswith("/")]
                found = list(problems(names, archive.open))
        except FileNotFoundError as error:
            raise UserError(f"there is no {path}") from error
        except DAMAGED as error:
            raise UserError(f"{path} is no bundle: neither a folder nor a zip file") from error
    for problem in found:
        print(printable(problem))
    of = f"{path}: {counted(len(names), 'file')}"
    print(f"{of}, {counted(len(found), 'problem')}" if found else f"{of}, all as they should be")
    return 1 if found else 0


def problems(names: list[str], opened: Callable[[str], IO[bytes]]) -> Iterator[str]:
    """What is wrong with the files of a bundle, in words."""
    there: dict[str, Seen] = {}
    unreadable = set()
    for name, times in Counter(names).items():
        if times > 1:
            yield f"{name}: is there {times} times"
        try:
            with opened(name) as file:
                there[name] = seen(file)
        except DAMAGED as error:
            unreadable.add(name)
            yield f"{name}: cannot be read ({error})"
    found: dict[str, str] = {}  # of each file the first
    for where, read, beside in (
        (METADATA, of_metadata, {METADATA, MANIFEST}),
        (MANIFEST, of_manifest, {MANIFEST}),
    ):
        try:
            with opened(where) as file:
                listed = read(file.read().decode("utf-8"))
        except (*DAMAGED, *NONSENSE) as error:
            yield f"{where}: does not say what the bundle holds ({error})"
            continue
        for name, asked in listed.items():
            if name not in unreadable and (said := wrong(name, asked, there)):
                found.setdefault(name, said)
        for name in sorted(there.keys() - listed.keys() - beside):
            found.setdefault(name, f"{name}: is not in {where}")
    yield from found.values()


def seen(file: IO[bytes]) -> Seen:
    """The checksum and size of a file, read piece by piece."""
    digest, size = hashlib.sha256(), 0
    while piece := file.read(CHUNK):
        digest.update(piece)
        size += len(piece)
    return Seen(digest.hexdigest(), size)


def of_metadata(text: str) -> dict[str, Asked]:
    """{file: its checksum and size} of ro-crate-metadata.json, but for files on the web."""
    return {
        unquote(entity["@id"]): (entity["sha256"], int(entity["contentSize"]))
        for entity in json.loads(text)["@graph"]
        if "File" in as_list(entity["@type"]) and "://" not in entity["@id"]
    }


def of_manifest(text: str) -> dict[str, Asked]:
    """The same of the lines that sha256sum reads, which say no size."""
    lines = [LINE.fullmatch(line) for line in text.splitlines()]
    if not lines or None in lines:
        raise ValueError("a line is no checksum and file")
    return {line[2]: (line[1], None) for line in lines if line}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def wrong(name: str, asked: Asked, there: dict[str, Seen]) -> str | None:
    """What is wrong with one file, if anything."""
    sha256, size = asked
    if name not in there:
        return f"{name}: is missing"
    if size is not None and size != there[name].size:
        return f"{name}: has {there[name].size:,} bytes, not {size:,}"
    return None if sha256 == there[name].sha256 else f"{name}: is not what its checksum says"
