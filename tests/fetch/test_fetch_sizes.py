"""A file whose size a server lies about, and disks that are too small for it."""

import io
import resource
import shutil

import pytest
from fetching import CONTENT, hold, names, quick, ranges, refused, remote, server

from acgan import fetch
from acgan.fetch import download, partfile
from acgan.io.errors import UserError

__all__ = ["quick", "server"]  # fixtures


@pytest.mark.parametrize("allow", [True, False])
def test_a_length_that_is_too_great(server, tmp_path, allow):
    server["/a.bin"].length, server["/a.bin"].ranges = len(CONTENT) + 999, allow
    download(remote(server), tmp_path / "a.bin")
    assert (tmp_path / "a.bin").read_bytes() == CONTENT


@pytest.mark.parametrize("length", [len(CONTENT) + 999, 1000])
def test_another_length_than_the_known_one_is_refused_and_the_part_stays(server, tmp_path, length):
    at = remote(server, bytes=len(CONTENT))
    hold(tmp_path / "a.bin", at, CONTENT[:5000])
    server["/a.bin"].length, server["/a.bin"].ranges = length, False
    server["/a.bin"].content_type = "text/html; charset=utf-8"
    refused(
        at,
        tmp_path / "a.bin",
        f"has {length} bytes, not 300000, a web page: perhaps it wants a login",
    )
    assert (tmp_path / ".a.bin.part").read_bytes() == CONTENT[:5000]


def test_a_length_that_is_too_small_gives_a_wrong_file(server, tmp_path):
    server["/a.bin"].length = 1000
    refused(remote(server), tmp_path / "a.bin", "gave another file")


@pytest.mark.parametrize("held", [b"", CONTENT[:50_000]])
def test_no_more_is_taken_than_the_known_size(server, tmp_path, held):
    server["/a.bin"].content = CONTENT + bytes(30_000_000)
    server["/a.bin"].chunked, server["/a.bin"].ranges = True, False
    at = remote(server, bytes=len(CONTENT))
    if held:
        hold(tmp_path / "a.bin", at, held)
    refused(at, tmp_path / "a.bin", "more than its 300000 bytes came: it is another file")
    assert server.bytes_sent("/a.bin") < 20_000_000  # what the sockets hold
    assert len(server.requests) == 1
    left = tmp_path / ".a.bin.part"
    assert (left.read_bytes() if left.exists() else b"") == held


@pytest.mark.parametrize("length", [None, "1000"])
def test_without_a_length_the_end_is_the_end(server, tmp_path, length):
    server["/a.bin"].chunked = True
    server["/a.bin"].headers = {"Content-Length": length}  # which counts for nothing beside chunks
    server["/a.bin"].breaks, server["/a.bin"].break_after = 2, 100_000
    download(remote(server), tmp_path / "a.bin")
    assert (tmp_path / "a.bin").read_bytes() == CONTENT


def test_a_body_that_ends_with_its_connection_is_measured_by_the_known_size(server, tmp_path):
    server["/a.bin"].headers = {"Content-Length": None}
    server["/a.bin"].breaks, server["/a.bin"].break_after = 2, 100_000
    download(remote(server, bytes=len(CONTENT)), tmp_path / "a.bin")
    assert (tmp_path / "a.bin").read_bytes() == CONTENT
    assert ranges(server) == [None, "bytes=100000-", "bytes=200000-"]


def test_an_encoding_that_was_not_asked_for_is_left_alone(server, tmp_path):
    """Some servers call a .gz file's own compression a Content-Encoding."""
    server["/a.bin"].headers = {"Content-Encoding": "gzip"}
    download(remote(server), tmp_path / "a.bin")
    assert (tmp_path / "a.bin").read_bytes() == CONTENT


def free(monkeypatch, size: int) -> None:
    usage = shutil.disk_usage("/")._replace(free=size)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)


def test_room_is_looked_for_before_anything_is_asked(server, tmp_path, monkeypatch):
    free(monkeypatch, 5_000_000_000)
    at = remote(server, bytes=138_000_000_000)
    message = refused(at, tmp_path / "a.bin", "the disk is too small: 138.00 GB are needed")
    assert f"5.00 GB are free in {tmp_path}; free space" in message
    assert server.requests == []
    server["/a.bin"].length = 138_000_000_000  # known from the server alone
    refused(remote(server), tmp_path / "b.bin", "the disk is too small: 138.00 GB are needed")
    assert names(tmp_path) == []


def test_what_is_held_needs_no_room(server, tmp_path, monkeypatch):
    free(monkeypatch, 100_000)
    at = remote(server, bytes=len(CONTENT))
    hold(tmp_path / "a.bin", at, CONTENT[:250_000])
    download(at, tmp_path / "a.bin")


def test_a_body_of_unknown_size_does_not_fill_the_disk(server, tmp_path, monkeypatch):
    part, usage = tmp_path / ".a.bin.part", shutil.disk_usage("/")
    left = fetch.SPARE + 100_000
    monkeypatch.setattr(
        shutil, "disk_usage", lambda _: usage._replace(free=left - part.stat().st_size)
    )
    monkeypatch.setattr(fetch, "CHUNK", 10_000)
    server["/a.bin"].chunked = True
    refused(remote(server), tmp_path / "a.bin", "the disk is too small")
    assert 90_000 <= part.stat().st_size <= 100_000


def test_a_disk_that_fills_up_keeps_the_part(server, tmp_path):
    """A limit on the size of files stands in for the full disk: both make write() fail."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (123_456, limits[1]))
    try:
        message = refused(
            remote(server), tmp_path / "a.bin", "cannot write .*a.bin: File too large"
        )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert message.endswith("what came so far is kept") and "free space" in message
    assert (tmp_path / ".a.bin.part").read_bytes() == CONTENT[:123_456]
    download(remote(server), tmp_path / "a.bin")
    assert ranges(server) == [None, "bytes=123456-"]


def test_a_write_of_a_part_is_followed_by_the_rest(server, tmp_path, monkeypatch):
    """As the last one before a disk is full, or any to some network disks."""

    class Reluctant(io.FileIO):
        def write(self, data):
            return super().write(bytes(data)[:1000])

    monkeypatch.setattr(
        partfile, "open", lambda path, mode, buffering: Reluctant(path, mode), raising=False
    )
    download(remote(server), tmp_path / "a.bin")
    assert (tmp_path / "a.bin").read_bytes() == CONTENT


def test_a_folder_that_cannot_be_made_is_one_line(server, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserError, match=r"cannot write .*: File exists; free space or fix"):
        download(remote(server), tmp_path / "file" / "a.bin")
