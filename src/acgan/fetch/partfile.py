"""The part of a file that has come so far: hidden beside its final name, with a note of what it
is a part of.
"""

import contextlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

from acgan.io.errors import UserError
from acgan.io.files import write_json

TAGS = ("etag", "last_modified")  # what a server tells a version of a file by


def hidden(out: Path, ending: str) -> Path:
    return out.with_name(f".{out.name}.{ending}")


class Part:
    """Bytes from the beginning of a file, `held` of them.

    Each byte goes to the kernel as it comes, so a killed process loses none. What cannot belong to
    this checksum is dropped at once. A context manager; one that holds nothing leaves nothing.
    """

    def __init__(self, out: Path, url: str, checksum: str) -> None:
        self.path, self.note_path = hidden(out, "part"), hidden(out, "part.json")
        self.note: dict[str, Any] = {
            "url": url,
            "checksum": checksum,
            "etag": None,
            "last_modified": None,
            "bytes": None,
        }
        self.file = open(self.path, "ab", buffering=0)  # noqa: SIM115  closed by __exit__
        self.held = self.file.seek(0, os.SEEK_END)
        self.resumed = self.held > 0  # does it consist of more than one answer?
        old = read_note(self.note_path)
        if not self.held or old.get("checksum") != checksum:
            self.restart()
        elif old.get("url") != url:  # another place for the same file: tags of the old mean nothing
            self.note["bytes"] = old.get("bytes")
        else:
            self.note = old
        if self.note["bytes"] is not None and self.held > self.note["bytes"]:
            self.restart()

    def headers(self) -> dict[str, str]:
        """Those that ask for the rest, provided that the file is the same still."""
        if not self.held:
            return {}
        ask = {"Range": f"bytes={self.held}-"}
        etag = self.note["etag"] or ""
        tag = self.note["last_modified"] if etag.startswith("W/") or not etag else etag
        return {**ask, "If-Range": tag} if tag else ask  # RFC 9110, 13.1.5: no weak tag

    def same_file(self, found: dict[str, Any]) -> bool:
        """Whether an answer is of the file that the note is of, as far as both say."""
        if len({found["bytes"], self.note["bytes"]} - {None}) > 1:
            return False
        for tag in TAGS:
            if found[tag] and self.note[tag]:
                return found[tag].removeprefix("W/") == self.note[tag].removeprefix("W/")
        return True

    def describe(self, found: dict[str, Any]) -> None:
        """Note what an answer says of the file, before its first byte is kept."""
        note = self.note | {key: value for key, value in found.items() if value is not None}
        if note != self.note or not self.note_path.exists():
            self.note = note
            write_json(self.note_path, note)

    def check_room(self, size: int | None) -> None:
        """Raise UserError unless the disk has room for so many bytes, if that is known."""
        folder = self.path.parent
        free = shutil.disk_usage(folder).free
        if size is not None and size - self.held > free:
            kept = f" ({gigabytes(self.held)} are held already)" if self.held else ""
            raise UserError(
                f"the disk is too small: {gigabytes(size - self.held)} are needed{kept}, "
                f"{gigabytes(free)} are free in {folder.resolve()}; free space, then repeat the "
                f"command"
            )

    def append(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:  # an unbuffered write may take only a part, as on a disk that becomes full
            taken = self.file.write(rest)
            self.held += taken
            rest = rest[taken:]

    def cut(self, held: int) -> None:
        self.file.truncate(held)
        self.held = held

    def restart(self) -> None:
        self.cut(0)
        self.note |= dict.fromkeys((*TAGS, "bytes"))
        self.resumed = False

    def finish(self, out: Path) -> None:
        """Give it its final name. Its content must have been verified."""
        os.fsync(self.file.fileno())
        os.replace(self.path, out)
        self.note_path.unlink(missing_ok=True)
        folder = os.open(out.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # or a power failure could undo the new name
        finally:
            os.close(folder)

    def __enter__(self) -> "Part":
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()
        if not self.held:
            self.path.unlink(missing_ok=True)
            self.note_path.unlink(missing_ok=True)


def read_note(path: Path) -> dict[str, Any]:
    """The note, or an empty one when there is none that can be understood."""
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        note = json.loads(path.read_text(encoding="utf-8"))
        texts = all(isinstance(note[key], str | None) for key in ("url", "checksum", *TAGS))
        if texts and isinstance(note["bytes"], int | None):
            return note
    return {}


def gigabytes(size: int) -> str:
    return f"{size / 1e9:.2f} GB" if size >= 1e7 else f"{size} bytes"
