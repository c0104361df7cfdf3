"""Weights from a server: only the right file ever stands under its name."""

import hashlib
import http.server
import threading

import pytest

from acgan import cli, judge_weights
from acgan.errors import UserError
from acgan.judges import load_judge

CONTENT = b"weights" * 1000
KINDS = ("inception_v3_tf2015", "inception_v3")


class Server(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        found = self.path in ("/right.pth", "/short.pth", "/wrong.pth")
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        if found:
            body = {"/right.pth": CONTENT, "/short.pth": CONTENT[:99], "/wrong.pth": CONTENT[::-1]}
            self.wfile.write(body[self.path])

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


def pinned(url: str) -> judge_weights.Pinned:
    return judge_weights.Pinned(url, hashlib.sha256(CONTENT).hexdigest(), 1)


def test_the_right_file_is_fetched_once(server, tmp_path, monkeypatch, capsys):
    out = tmp_path / "new" / "w.pth"
    monkeypatch.setitem(judge_weights.PINNED, "inception_v3", pinned(f"{server}/right.pth"))
    assert cli.main(["fetch-weights", "inception_v3", "--out", str(out)]) == 0
    assert out.read_bytes() == CONTENT
    monkeypatch.setitem(judge_weights.PINNED, "inception_v3", pinned("http://127.0.0.1:9/gone.pth"))
    assert cli.main(["fetch-weights", "inception_v3", "--out", str(out)]) == 0  # it is there
    out.write_bytes(b"damaged")
    assert cli.main(["fetch-weights", "inception_v3", "--out", str(out)]) == 2
    assert "remove it and get it again" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("path", "says"),
    [("wrong", "gave another file"), ("short", "gave another file|IncompleteRead"), ("gone", "Not Found"), (None, "refused")],
)  # fmt: skip
def test_a_failure_says_what_to_do_and_leaves_nothing(server, tmp_path, path, says):
    url = f"{server}/{path}.pth" if path else "http://127.0.0.1:9/offline.pth"
    out = tmp_path / "w.pth"
    with pytest.raises(UserError, match=says) as error:
        judge_weights.fetch("it", pinned(url), out)
    message = str(error.value)
    assert "\n" not in message
    assert f"get it from {url} (sha256 {pinned(url).sha256}) and put it at {out}" in message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_judge_without_its_file_says_where_to_get_it(kind, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = judge_weights.PINNED[kind]
    assert file.sha256.startswith(file.file.removesuffix(".pth").rpartition("-")[2])
    with pytest.raises(UserError) as error:
        load_judge("it", {"kind": kind, "weights": None})
    for part in (file.url, file.sha256, f"put it at data/weights/{file.file}"):
        assert part in str(error.value)


@pytest.mark.parametrize("kind", KINDS)
def test_a_local_file_must_be_the_published_one(kind, tmp_path):
    (tmp_path / "mine.pth").write_bytes(CONTENT)
    with pytest.raises(UserError, match="is not the weight file of it: its sha256 is"):
        load_judge("it", {"kind": kind, "weights": str(tmp_path / "mine.pth")})
