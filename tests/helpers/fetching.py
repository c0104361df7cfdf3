"""What the tests of downloads share: short waits, a server, a download in its own process."""

import hashlib
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from misbehaving_server import Server, serving

from acgan import fetch
from acgan.fetch import Remote, download, web
from acgan.io.errors import UserError

CONTENT = random.Random(0).randbytes(300_000)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(fetch, "FIRST_WAIT", 0.002)
    monkeypatch.setattr(fetch, "LONGEST_WAIT", 0.01)
    monkeypatch.setattr(web, "STALL_SECONDS", 0.3)
    for name in [name for name in os.environ if name.startswith("ACGAN_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def server():
    with serving({"/a.bin": CONTENT}) as running:
        yield running


def sha256(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def remote(server: Server, path: str = "/a.bin", **more) -> Remote:
    return Remote(server.url(path), sha256(CONTENT), **more)


def hold(out: Path, at: Remote, content: bytes, **note) -> None:
    """What an earlier, broken download has left."""
    out.with_name(f".{out.name}.part").write_bytes(content)
    entries = {
        "url": at.url,
        "checksum": at.checksum,
        "etag": '"1"',
        "last_modified": None,
        "bytes": None,
    }
    out.with_name(f".{out.name}.part.json").write_text(json.dumps(entries | note))


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


def ranges(server: Server, path: str = "/a.bin") -> list[str | None]:
    return [asked.headers.get("Range") for asked in server.asked(path)]


def refused(at: Remote, out: Path, says: str, **more) -> str:
    """The one line in which it is refused."""
    with pytest.raises(UserError, match=says) as error:
        download(at, out, **more)
    assert "\n" not in str(error.value)
    assert not out.exists()
    return str(error.value)


CHILD = """
import json, logging, signal, sys
from pathlib import Path
from acgan import fetch
from acgan.fetch import web
from acgan.io.errors import UserError
logging.basicConfig(level=logging.DEBUG)
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
fetch.FIRST_WAIT, fetch.LONGEST_WAIT, web.STALL_SECONDS = 0.01, 0.02, 30
try:
    fetch.download(fetch.Remote(*json.loads(sys.argv[1])), Path(sys.argv[2]),
                   credentials=fetch.credentials_from("ACGAN_X"))
except UserError as error:
    sys.exit(f"error: {error}")
"""


def start(at: Remote, out: Path, **options) -> subprocess.Popen:
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | options
    return subprocess.Popen([sys.executable, "-c", CHILD, json.dumps(at), str(out)], **options)


def held(out: Path) -> int:
    """Bytes of its part file."""
    part = out.with_name(f".{out.name}.part")
    return part.stat().st_size if part.exists() else 0


def wait_until(condition) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.005)
