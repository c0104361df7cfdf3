"""Archives come from elsewhere: what is no plain file in its place is refused, within bounded
memory.
"""

import gzip
import io
import random
import tarfile
import tracemalloc
import zlib
from contextlib import contextmanager

import pytest
from archives import tar_of

from acgan.data import archives
from acgan.data.archives import LARGEST_IMAGE, files, members
from acgan.io.errors import UserError


def read(content: bytes | io.RawIOBase, **options) -> dict[str, bytes]:
    archive = io.BytesIO(content) if isinstance(content, bytes) else content
    return dict(files(archive, "a.tar", **options))


def tar_with(member: tarfile.TarInfo, content: bytes = b"", mode: str = "w") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as tar:
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    return out.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    found = tarfile.TarInfo(name)
    found.type, found.linkname = kind, link
    return found


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_plain_files_are_read_in_order(mode):
    inside = {"b/x.JPEG": b"1", "a.JPEG": b"22", "a" * 150 + ".JPEG": b"333"}
    assert read(tar_of(inside, mode)) == inside
    assert list(read(tar_of(inside, mode))) == list(inside)
    if mode == "w":
        assert read(tar_of(inside), seekable=True) == inside


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (member("x", tarfile.SYMTYPE, "/etc/passwd"), "is a link"),
        (member("x", tarfile.LNKTYPE, "y"), "is a link"),
        (member("x", tarfile.CHRTYPE), "is a device"),
        (member("x", tarfile.BLKTYPE), "is a device"),
        (member("x", tarfile.FIFOTYPE), "is a device"),
        (member("/etc/passwd"), "is an absolute path"),
        (member("a\\..\\b"), "leaves the archive"),
        (member("a/../../b"), "leaves the archive"),
        (member(".."), "leaves the archive"),
    ],
)
@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_what_is_no_plain_file_in_its_place_is_refused(bad, says, mode):
    with pytest.raises(UserError, match=rf"^a.tar: refused, since its member .* {says}"):
        read(tar_with(bad, mode=mode))


def test_a_folder_is_passed_over():
    assert read(tar_of({"a/b": b"1"})) == {"a/b": b"1"}
    with pytest.raises(UserError, match="holds no file"):
        read(tar_with(member("folder", tarfile.DIRTYPE)))


def test_a_member_larger_than_any_image_is_refused(monkeypatch):
    monkeypatch.setattr(archives, "LARGEST_IMAGE", 100)
    with pytest.raises(UserError, match="is 101 bytes long, more than the 100"):
        read(tar_of({"x": bytes(101)}))
    assert read(tar_of({"x": bytes(100)}))


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_a_damaged_archive_is_one_line(mode):
    noise = random.Random(0).randbytes(3000)
    content = tar_of({f"{i}.JPEG": noise for i in range(4)}, mode)
    damaged = [content[: int(len(content) * share)] for share in (0.1, 0.3, 0.5, 0.65)]
    damaged += [b"x" * 2000, b"", content[:1000] + b"\xff" * (len(content) - 1000)]
    at = content.index(b"1.JPEG") if mode == "w" else 0
    damaged += [content[:at] + bytes(5) + content[at + 5 :]] if at else []  # in a later header
    damaged += [content[: at or 512]]  # cut off between two members
    for bad in damaged:
        with pytest.raises(UserError, match=r"^a.tar (is damaged|holds no file)"):
            read(bad)


@contextmanager
def bounded(megabytes: float):
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < megabytes * 1e6
    finally:
        tracemalloc.stop()


class Endless(io.RawIOBase):
    """The gzipped form of a head and then zeros without end."""

    def __init__(self, head: bytes = b""):
        self.pack = zlib.compressobj(9, zlib.DEFLATED, 31)
        self.ready, self.given = self.pack.compress(head), 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        while len(self.ready) < len(buffer):
            self.ready += self.pack.compress(bytes(1 << 20))
        part, self.ready = self.ready[: len(buffer)], self.ready[len(buffer) :]
        buffer[: len(part)] = part
        self.given += len(part)
        assert self.given < 20e6, "it reads on and on"
        return len(part)


def header(name: str, size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    found = member(name, kind)
    found.size = size
    return found.tobuf(tarfile.GNU_FORMAT)


@pytest.mark.parametrize(
    ("head", "says"),
    [
        (b"", "holds no file"),  # a tar of zeros is an empty one
        (header("x", 1 << 40), "more than the"),
        (header("././@LongLink", 1 << 40, tarfile.GNUTYPE_LONGNAME), "a header of"),
        (header("pax", 1 << 33, tarfile.XHDTYPE), "a header of"),
        (header("pax", 1 << 33, tarfile.XGLTYPE), "a header of"),
        (header("x", 1 << 20, tarfile.GNUTYPE_SPARSE), "a sparse file"),
    ],
    ids=["zeros", "member", "long name", "pax", "global pax", "sparse"],
)
def test_endless_zeros_are_refused_in_bounded_memory(head, says):
    with bounded(60), pytest.raises(UserError, match=says):
        read(io.BufferedReader(Endless(head)))


def test_memory_does_not_grow_with_the_number_of_members():
    content = gzip.compress(tar_of({f"{i:06d}.JPEG": bytes(100) for i in range(20_000)}))
    with bounded(15):
        assert sum(1 for _ in members(io.BytesIO(content), "a.tar", 1000)) == 20_000
    assert LARGEST_IMAGE < 1 << 30
