"""A file from a server that misbehaves: it comes whole and right, or not at all and in one line."""

import hashlib
import os
import ssl
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests
from fetching import CONTENT, hold, names, quick, ranges, refused, remote, server, sha256
from misbehaving_server import Served

from acgan import fetch
from acgan.fetch import Remote, download, partfile, probe, web
from acgan.io.errors import UserError

__all__ = ["quick", "server"]  # fixtures


@pytest.fixture
def waits(monkeypatch):
    """The seconds that were waited; none are."""
    found = []
    monkeypatch.setattr("time.sleep", found.append)
    return found


# ---- whole, resumed, verified


def test_a_file_comes_whole_and_leaves_nothing_beside_it(server, tmp_path, monkeypatch):
    out, order = tmp_path / "new" / "a.bin", []
    for owner, name in ((fetch, "checksum_of"), (os, "fsync"), (os, "replace")):
        real = getattr(owner, name)
        step = lambda *a, real=real, name=name: (order.append((name, out.exists())), real(*a))[1]  # noqa: E731
        monkeypatch.setattr(owner, name, step)
    download(remote(server), out)
    verified = [step for step, _ in order].index("checksum_of")
    assert order[verified:] == [
        ("checksum_of", False),
        ("fsync", False),
        ("replace", False),
        ("fsync", True),
    ]
    assert out.read_bytes() == CONTENT
    assert names(out.parent) == ["a.bin"]
    assert server.requests[0].headers["Accept-Encoding"] == "identity"
    download(remote(server), out)  # it is there: verified, not asked for
    assert len(server.requests) == 1
    out.write_bytes(b"another")
    with pytest.raises(
        UserError, match=r"is not a.bin: its sha256 is .*remove it and get it again"
    ):
        download(remote(server), out)
    assert out.read_bytes() == b"another"


def test_md5_serves_as_well_and_nonsense_does_not(server, tmp_path):
    at = remote(server)._replace(checksum="MD5:" + hashlib.md5(CONTENT).hexdigest().upper())
    download(at, tmp_path / "a.bin")
    for wrong in ("md5:123", "sha1:" + 40 * "a", "sha256:" + 64 * "x", ""):
        refused(at._replace(checksum=wrong), tmp_path / "b.bin", "is no checksum")


@pytest.mark.parametrize("reset", [False, True])
def test_many_breaks_are_no_obstacle_as_long_as_bytes_come(server, tmp_path, monkeypatch, reset):
    monkeypatch.setattr(fetch, "ATTEMPTS", 3)
    server["/a.bin"].breaks, server["/a.bin"].break_after = 12, 20_000
    server["/a.bin"].reset = reset
    download(remote(server), tmp_path / "a.bin")
    assert (tmp_path / "a.bin").read_bytes() == CONTENT
    asked = server.asked("/a.bin")
    assert len(asked) >= 13
    assert all(a.headers["If-Range"] == '"1"' and a.headers["Range"] for a in asked[1:])
    if not reset:  # a reset takes bytes along that are on their way
        assert server.bytes_sent("/a.bin") == len(CONTENT)


def test_a_server_that_ignores_ranges_is_skipped_over(server, tmp_path, monkeypatch):
    kept = []
    real = partfile.Part.append
    monkeypatch.setattr(
        partfile.Part, "append", lambda part, data: (kept.append(len(data)), real(part, data))
    )
    server["/a.bin"].ranges = False
    server["/a.bin"].breaks, server["/a.bin"].break_after = 2, 100_000
    server["/a.bin"].etag = None  # nothing tells that it is the same file but its size
    download(remote(server), tmp_path / "a.bin")
    assert (tmp_path / "a.bin").read_bytes() == CONTENT
    assert sum(kept) == len(CONTENT)
    assert len(server.requests) == 3


@pytest.mark.parametrize("conditions", [True, False])
def test_a_changed_file_starts_anew(server, tmp_path, capsys, conditions):
    """A server that obeys If-Range sends all of it; one that does not, the rest of another file."""
    server["/a.bin"].etag, server["/a.bin"].conditions = '"2"', conditions
    hold(tmp_path / "a.bin", remote(server), b"old" * 1000)
    download(remote(server), tmp_path / "a.bin")
    assert (tmp_path / "a.bin").read_bytes() == CONTENT
    assert "has changed on its server: starting anew" in capsys.readouterr().err
    assert ranges(server) == (["bytes=3000-"] if conditions else ["bytes=3000-", None])


def test_a_file_that_changes_for_ever_comes_to_an_end(server, tmp_path):
    served = server["/a.bin"]
    served.next_etags = [f'"{i}"' for i in range(100)]
    served.breaks, served.break_after = 100, 50_000
    refused(remote(server), tmp_path / "a.bin", "closed early, 8 times without a new byte")
    assert len(server.requests) <= 10


@pytest.mark.parametrize(
    ("etag", "modified", "condition"),
    [
        ('"1"', "Mon", '"1"'),
        ('W/"1"', "Mon", "Mon"),
        ('W/"1"', None, None),
        (None, "Mon", "Mon"),
        (None, None, None),
    ],
)
def test_only_a_strong_validator_is_a_condition(server, tmp_path, etag, modified, condition):
    server["/a.bin"].etag, server["/a.bin"].last_modified = etag, modified
    server["/a.bin"].breaks, server["/a.bin"].break_after = 1, 100_000
    download(remote(server), tmp_path / "a.bin")
    assert [a.headers.get("If-Range") for a in server.requests] == [None, condition]
    assert server.bytes_sent("/a.bin") == len(CONTENT)


def test_a_part_that_is_whole_is_only_verified(server, tmp_path):
    hold(tmp_path / "a.bin", remote(server), CONTENT, bytes=len(CONTENT))
    download(remote(server), tmp_path / "a.bin")
    hold(tmp_path / "b.bin", remote(server), CONTENT)
    download(remote(server, bytes=len(CONTENT)), tmp_path / "b.bin")
    assert server.requests == []
    hold(tmp_path / "c.bin", remote(server), CONTENT)  # nobody told the size: answered by 416
    download(remote(server), tmp_path / "c.bin")
    assert server.bytes_sent("/a.bin") == 0
    assert names(tmp_path) == ["a.bin", "b.bin", "c.bin"]


@pytest.mark.parametrize("known", [{}, {"bytes": len(CONTENT)}])
def test_a_part_that_is_too_long_starts_anew(server, tmp_path, capsys, known):
    hold(tmp_path / "a.bin", remote(server), CONTENT + b"more")
    download(remote(server, **known), tmp_path / "a.bin")
    assert (tmp_path / "a.bin").read_bytes() == CONTENT
    assert ranges(server) == ([None] if known else ["bytes=300004-", None])
    assert "starting over" not in capsys.readouterr().err  # that would be for a wrong checksum


@pytest.mark.parametrize("note", [{"checksum": sha256(b"other")}, {"bytes": "many"}, {"bytes": 5}])
def test_a_part_of_another_file_or_without_a_note_starts_anew(server, tmp_path, note):
    hold(tmp_path / "a.bin", remote(server), CONTENT[:1000], **note)
    download(remote(server), tmp_path / "a.bin")
    assert ranges(server) == [None]


def test_a_part_from_another_place_goes_on_as_its_checksum_is_the_same(server, tmp_path):
    hold(
        tmp_path / "a.bin", remote(server), CONTENT[:1000], url="https://old.example/a", etag='"o"'
    )
    download(remote(server), tmp_path / "a.bin")
    assert ranges(server) == ["bytes=1000-"]
    assert "If-Range" not in server.requests[0].headers


def test_a_wrong_resumption_starts_over_once(server, tmp_path, capsys):
    hold(tmp_path / "a.bin", remote(server), b"wrong" * 1000)
    download(remote(server), tmp_path / "a.bin")
    assert (tmp_path / "a.bin").read_bytes() == CONTENT
    assert "starting over" in capsys.readouterr().err
    assert ranges(server) == ["bytes=5000-", None]


@pytest.mark.parametrize("held", [b"", b"wrong" * 1000])
def test_a_wrong_file_is_refused_with_both_checksums(server, tmp_path, held):
    at = remote(server)
    server["/a.bin"].wrong = 100
    if held:
        hold(tmp_path / "a.bin", at, held)
    wrong = hashlib.sha256(bytes(b ^ 255 for b in CONTENT)).hexdigest()
    says = f"gave another file than it: its sha256 is {wrong}, not {at.checksum[7:]}; ask me"
    refused(at, tmp_path / "a.bin", says, what="it", cure="ask me")
    assert len(server.requests) == (2 if held else 1)
    assert names(tmp_path) == []


# ---- tried again, or not


@pytest.mark.parametrize("says", [None, "bytes 5-9/300000", "bytes */300000", "nonsense"])
def test_an_answer_to_another_question_starts_anew(server, tmp_path, says):
    hold(tmp_path / "a.bin", remote(server), b"123")
    server["/a.bin"].headers = {"Content-Range": says}  # which means nothing with status 200
    download(remote(server), tmp_path / "a.bin")
    assert (tmp_path / "a.bin").read_bytes() == CONTENT
    assert ranges(server) == ["bytes=3-", None]


def test_a_range_that_begins_too_early_is_cut(server, tmp_path):
    hold(tmp_path / "a.bin", remote(server), CONTENT[:1000])
    server["/a.bin"].early = 300
    download(remote(server), tmp_path / "a.bin")
    assert (tmp_path / "a.bin").read_bytes() == CONTENT
    assert ranges(server) == ["bytes=1000-"]


def test_a_stall_counts_as_a_break(server, tmp_path):
    server["/a.bin"].stalls, server["/a.bin"].stall_after = 1, 100_000
    began = time.monotonic()
    download(remote(server), tmp_path / "a.bin")
    assert time.monotonic() - began < 20
    assert ranges(server) == [None, "bytes=100000-"]


def test_a_server_that_is_unwell_is_asked_again_later_and_later(
    server, tmp_path, waits, monkeypatch
):
    monkeypatch.setattr(fetch, "FIRST_WAIT", 1.0)
    monkeypatch.setattr(fetch, "LONGEST_WAIT", 20.0)
    server["/a.bin"].statuses = [500, 503, 429, 502, 504, 408]
    download(remote(server), tmp_path / "a.bin")
    assert all(
        top / 2 <= wait <= top for wait, top in zip(waits, [2, 4, 8, 16, 20, 20], strict=True)
    )
    shares = {round(wait / top, 6) for wait, top in zip(waits, [2, 4, 8, 16, 20, 20], strict=True)}
    assert len(shares) > 3  # jitter


def test_retry_after_is_honoured_within_bounds(server, tmp_path, waits):
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    for told, least, most in (("7", 7, 7), ("999999", 600, 600), (later, 90, 100), ("soon", 0, 1)):
        server["/a.bin"].statuses, server["/a.bin"].headers = [429], {"Retry-After": told}
        download(remote(server), tmp_path / f"{least}.bin")
        assert least <= waits.pop() <= most, told


def test_enough_is_enough_when_no_byte_comes(server, tmp_path, waits):
    server["/a.bin"].statuses = [503] * 100
    says = (
        r"cannot download a.bin \(503 Service Unavailable, 8 times without a new byte\); "
        "get it from http"
    )
    refused(remote(server), tmp_path / "a.bin", says)
    assert len(server.requests) == 8
    refused(
        Remote("http://127.0.0.1:9/a", sha256(b"")),
        tmp_path / "a.bin",
        r"\(Connection refused, 8 times",
    )
    assert names(tmp_path) == []


def test_what_came_is_kept_when_the_server_goes(server, tmp_path, waits):
    server["/a.bin"].breaks, server["/a.bin"].break_after = 1, 1000
    server["/a.bin"].ranges = False
    at = remote(server)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(web, "answer", fail_after(web.answer, 1))
        patch.setattr(fetch, "answer", web.answer)
        refused(at, tmp_path / "a.bin", "gone, 8 times without a new byte, 1000 bytes are kept")
    assert names(tmp_path) == [".a.bin.part", ".a.bin.part.json"]
    download(at, tmp_path / "a.bin")
    assert names(tmp_path) == ["a.bin"]


def fail_after(real, calls: int):
    left = [None] * calls

    def answer(*arguments):
        if not left:
            raise web.Broken("gone")
        left.pop()
        return real(*arguments)

    return answer


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_some_answers_are_final(server, tmp_path, status):
    server["/a.bin"].statuses = [status] * 2
    message = refused(remote(server), tmp_path / "a.bin", rf"\({status} ", cure="ask the owner")
    assert message.endswith("; ask the owner")
    assert len(server.requests) == 1
    assert names(tmp_path) == []


def test_redirects_are_followed_but_not_for_ever_nor_anywhere(server, tmp_path):
    server.files |= {
        p: Served(b"", redirect=to)
        for p, to in {
            "/once": "/a.bin",
            "/round": "/round",
            "/ftp": "ftp://127.0.0.1/a",
            "/port": "http://127.0.0.1:port/",
            "/bracket": "http://[bad/",
            "/nohost": "http:///a",
        }.items()
    }
    download(remote(server, "/once"), tmp_path / "a.bin")
    refused(remote(server, "/round"), tmp_path / "b.bin", "more than 10 redirects")
    for path in ("/ftp", "/port", "/bracket"):
        refused(
            remote(server, path), tmp_path / "b.bin", "it leads to what is no http or https address"
        )
    for url in ("ftp://example.org/a", "file:///etc/passwd", "http://", "a.bin", "http://[bad/"):
        refused(
            Remote(url, sha256(b"")), tmp_path / "b.bin", "no http or https address|cannot be read"
        )


def test_a_certificate_that_does_not_hold_is_final(tmp_path, monkeypatch, waits):
    def untrusted(*_, **__):
        try:
            raise ssl.SSLCertVerificationError(1, "certificate verify failed: self-signed")
        except ssl.SSLError as error:
            raise requests.exceptions.SSLError("HTTPSConnectionPool...") from error

    monkeypatch.setattr(requests.Session, "request", untrusted)
    at = Remote("https://example.org/a", sha256(b""))
    refused(
        at, tmp_path / "a", "its certificate does not hold: certificate verify failed: self-signed"
    )
    assert waits == []


# ---- a look beforehand


def test_a_probe_costs_next_to_nothing(server):
    assert probe(remote(server)) == len(CONTENT)
    server["/a.bin"].head = False
    assert probe(remote(server)) == len(CONTENT)
    server["/a.bin"].ranges = False
    assert probe(remote(server, bytes=len(CONTENT))) == len(CONTENT)
    server["/a.bin"].chunked = True
    assert probe(remote(server)) is None
    assert [a.method for a in server.requests] == ["HEAD", *["HEAD", "GET"] * 3]
    assert server.requests[2].sent == 1


def test_a_probe_says_why_not(server, tmp_path, monkeypatch):
    def line(at: Remote, **more) -> str:
        with pytest.raises(UserError) as error:
            probe(at, **more)
        assert "\n" not in str(error.value)
        return str(error.value)

    assert (
        line(remote(server, "/none"), what="it", cure="ask me")
        == "cannot download it (404 Not Found); ask me"
    )
    assert (
        "cannot download a (Connection refused); see whether http://127.0.0.1:9/a can be reached"
        in line(Remote("http://127.0.0.1:9/a", sha256(b"")))
    )
    assert "it has 300000 bytes, not 5" in line(remote(server, bytes=5))
    server["/a.bin"].requires = ("Authorization", "x")
    assert "it wants credentials: set ACGAN_X_USER" in line(remote(server, environment="ACGAN_X"))
    server["/a.bin"].requires, server["/a.bin"].statuses = None, [503, 503]
    assert probe(remote(server)) == len(CONTENT)
