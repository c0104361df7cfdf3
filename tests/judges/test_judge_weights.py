"""Weights from a server: only the right file ever stands under its name."""

import hashlib

import pytest
from misbehaving_server import Served, serving

from acgan import cli, fetch
from acgan.io.errors import UserError
from acgan.judges import KINDS, load_judge
from acgan.judges import weights as judge_weights
from acgan.judges.kind import Pinned

CONTENT = b"weights" * 1000
FETCHED = ("inception_v3_tf2015", "inception_v3")


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(fetch, "FIRST_WAIT", 0.001)
    short = Served(CONTENT, ranges=False, breaks=100, break_after=99)
    with serving(
        {"/right.pth": CONTENT, "/wrong.pth": CONTENT[::-1], "/short.pth": short}
    ) as running:
        yield running


def pinned(url: str) -> Pinned:
    return Pinned(url, hashlib.sha256(CONTENT).hexdigest())


def pin(monkeypatch, url: str) -> None:
    kind = KINDS["inception_v3"]._replace(pinned=pinned(url))
    monkeypatch.setitem(KINDS, "inception_v3", kind)


def test_the_right_file_is_fetched_once(server, tmp_path, monkeypatch, capsys):
    out = tmp_path / "new" / "w.pth"
    pin(monkeypatch, server.url("/right.pth"))
    assert cli.main(["fetch-weights", "inception_v3", "--out", str(out)]) == 0
    assert out.read_bytes() == CONTENT
    pin(monkeypatch, "http://127.0.0.1:9/gone.pth")
    assert cli.main(["fetch-weights", "inception_v3", "--out", str(out)]) == 0  # it is there
    out.write_bytes(b"damaged")
    assert cli.main(["fetch-weights", "inception_v3", "--out", str(out)]) == 2
    assert "remove it and get it again" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("path", "says", "left"),
    [
        ("/wrong.pth", "gave another file than the weight file of it", []),
        ("/short.pth", "closed early, .* 99 bytes are kept", [".w.pth.part", ".w.pth.part.json"]),
        ("/gone.pth", "Not Found", []),
        (None, "refused", []),
    ],
)
def test_a_failure_says_what_to_do_and_leaves_nothing_wrong(server, tmp_path, path, says, left):
    url = server.url(path) if path else "http://127.0.0.1:9/offline.pth"
    out = tmp_path / "w.pth"
    with pytest.raises(UserError, match=says) as error:
        judge_weights.fetch("it", pinned(url), out)
    message = str(error.value)
    assert "\n" not in message
    assert f"get it from {url} (sha256 {pinned(url).sha256}) and put it at {out}" in message
    assert sorted(path.name for path in tmp_path.iterdir()) == left


def test_a_broken_download_goes_on(server, tmp_path):
    server["/right.pth"].breaks, server["/right.pth"].break_after = 3, 1000
    judge_weights.fetch("it", pinned(server.url("/right.pth")), tmp_path / "w.pth")
    assert (tmp_path / "w.pth").read_bytes() == CONTENT
    assert server.bytes_sent("/right.pth") == len(CONTENT)


@pytest.mark.parametrize("kind", FETCHED)
def test_a_judge_without_its_file_says_where_to_get_it(kind, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = KINDS[kind].pinned
    assert file.sha256.startswith(file.file.removesuffix(".pth").rpartition("-")[2])
    with pytest.raises(UserError) as error:
        load_judge("it", {"kind": kind, "weights": None})
    for part in (file.url, file.sha256, f"put it at data/weights/{file.file}"):
        assert part in str(error.value)


@pytest.mark.parametrize("kind", FETCHED)
def test_a_local_file_must_be_the_published_one(kind, tmp_path):
    (tmp_path / "mine.pth").write_bytes(CONTENT)
    with pytest.raises(UserError, match="is not the weight file of it: its sha256 is"):
        load_judge("it", {"kind": kind, "weights": str(tmp_path / "mine.pth")})
