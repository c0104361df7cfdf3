"""Downloads in processes of their own: killed, interrupted, side by side; and what they show."""

import os
import pty
import random
import signal
import termios
import time

import pytest
from fetching import CONTENT, held, names, quick, ranges, remote, server, sha256, start, wait_until
from misbehaving_server import Served, serving

from acgan import fetch
from acgan.fetch import Remote, download, progress
from acgan.io.errors import UserError

__all__ = ["quick", "server"]  # fixtures


def test_a_process_that_is_killed_again_and_again_ends_with_the_right_file(tmp_path):
    content = random.Random(1).randbytes(6_000_000)
    chance = random.Random()
    at_most = 1_000_000  # bytes for each life, so that none reaches the end
    with serving({"/big": Served(content, pause=0.002, hold_at=at_most)}) as server:
        at, out, kept = Remote(server.url("/big"), sha256(content)), tmp_path / "big", [0]
        for _ in range(5):
            process = start(at, out)
            goal = server.bytes_sent("/big") + chance.randrange(at_most)
            wait_until(lambda goal=goal: server.bytes_sent("/big") > goal)
            time.sleep(chance.random() / 20)
            process.kill()
            process.communicate()
            kept.append(held(out))
            assert not out.exists()
        server["/big"].hold_at = 0
        process = start(at, out)
        _, errors = process.communicate()
        assert process.returncode == 0, errors
        assert out.read_bytes() == content
        assert names(tmp_path) == ["big"]
        assert ranges(server, "/big") == [f"bytes={n}-" if n else None for n in kept]
        assert kept == sorted(kept) and kept[-1] > 0
        assert server.bytes_sent("/big") < 1.3 * len(content)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, -2)])
def test_an_interrupted_download_says_how_to_go_on(tmp_path, number, status):
    with serving({"/a.bin": Served(CONTENT, hold_at=50_000)}) as server:
        process = start(remote(server), tmp_path / "a.bin")
        wait_until(lambda: held(tmp_path / "a.bin") >= 50_000)
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
        assert process.returncode == status
        assert "of a.bin are kept; repeat the command to go on" in errors
        assert names(tmp_path) == [".a.bin.part", ".a.bin.part.json"]
        kept = held(tmp_path / "a.bin")
        server["/a.bin"].hold_at = 0
        download(remote(server), tmp_path / "a.bin")
        assert ranges(server) == [None, f"bytes={kept}-"]


def test_of_two_processes_the_second_waits_and_finds_it_done(tmp_path):
    with serving({"/a.bin": Served(CONTENT, hold_at=50_000)}) as server:
        first = start(remote(server), tmp_path / "a.bin")
        wait_until(lambda: held(tmp_path / "a.bin") >= 50_000)
        others = [start(remote(server), tmp_path / "a.bin") for _ in range(2)]
        for other in others:
            assert f"is being fetched by process {first.pid} on" in other.stdout.readline()
        server["/a.bin"].hold_at = 0
        for process in (first, *others):
            process.communicate(timeout=60)
            assert process.returncode == 0
        assert len(server.requests) == 1
        assert names(tmp_path) == ["a.bin"]


def test_the_lock_dies_with_its_holder(tmp_path):
    with serving({"/a.bin": Served(CONTENT, hold_at=50_000)}) as server:
        first = start(remote(server), tmp_path / "a.bin")
        wait_until(lambda: held(tmp_path / "a.bin") >= 50_000)
        second = start(remote(server), tmp_path / "a.bin", stderr=None)
        assert "waiting for it" in second.stdout.readline()
        server["/a.bin"].hold_at = 0
        first.kill()
        first.communicate()
        second.communicate(timeout=60)
        assert second.returncode == 0
        assert (tmp_path / "a.bin").read_bytes() == CONTENT


# ---- progress


def test_a_log_gets_whole_lines_now_and_then(server, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(progress, "PLAIN_SECONDS", 0.1)
    server["/a.bin"].pause = 0.03
    began = time.monotonic()
    download(remote(server), tmp_path / "a.bin")
    elapsed = time.monotonic() - began
    text = capsys.readouterr().err
    assert "\r" not in text and f"downloading {server.url('/a.bin')}" in text
    lines = [line for line in text.splitlines() if line.startswith("a.bin: ")]
    assert 2 <= len(lines) <= elapsed / 0.1 + 1
    assert all("%" in line and "300k" in line and "B/s]" in line and "<" in line for line in lines)
    assert lines[-1].startswith("a.bin: 100%")


def test_a_terminal_gets_a_bar(server, tmp_path):
    terminal, inner = pty.openpty()
    termios.tcsetwinsize(inner, (24, 100))
    server["/a.bin"].pause = 0.03
    process = start(remote(server), tmp_path / "a.bin", stderr=inner)
    os.close(inner)
    shown = b""
    while True:
        try:
            shown += os.read(terminal, 4096)
        except OSError:  # the other end is closed
            break
    os.close(terminal)
    process.communicate()
    assert shown.count(b"\ra.bin: ") >= 2
    assert b"100%" in shown and b"B/s]" in shown


def test_a_big_file_s_checksum_shows_how_far_it_is(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("acgan.fetch.checksum.SHOWN", 1000)
    (tmp_path / "a").write_bytes(CONTENT)
    assert fetch.checksum_of(tmp_path / "a", "sha256") == sha256(CONTENT)[7:]
    assert "sha256 of a: 100%" in capsys.readouterr().err
    with pytest.raises(UserError, match=r"cannot read .*none: No such file"):
        fetch.checksum_of(tmp_path / "none", "md5")
