"""One process works, the others wait, whatever becomes of the lock file; what a job leaves behind
holds nobody.
"""

import subprocess
import sys
import threading
import time

import psutil
import pytest
from running import ROOT

from acgan.io.errors import UserError
from acgan.io.locks import locked


def test_the_next_holder_holds_the_file_that_all_see(tmp_path, capsys):
    """Not the one that its predecessor has removed, which would let a third one in."""
    path, inside, leave = tmp_path / "lock", threading.Event(), threading.Event()

    def second() -> None:
        with locked(path, "it is made", wait=True, remove=True):
            inside.set()
            leave.wait(20)

    thread = threading.Thread(target=second)
    with locked(path, "it is made", wait=True, remove=True):
        thread.start()
        assert not inside.wait(0.2)
    assert inside.wait(20)
    try:
        assert path.exists()
        with (
            pytest.raises(UserError, match="it is made by process"),
            locked(path, "it is made", wait=False),
        ):
            pass
    finally:
        leave.set()
        thread.join()
    assert "waiting for it" in capsys.readouterr().out
    assert not path.exists()


def test_what_a_cancelled_job_left_behind_does_not_hold_the_folder(tmp_path):
    """Its Snakemake has `--nolock`; one without it may own the lock."""
    (tmp_path / "Snakefile").write_text("rule all:\n    output: 'made'\n")
    (tmp_path / ".snakemake/locks").mkdir(parents=True)
    (tmp_path / ".snakemake/locks/0.output.lock").write_text("made\n")
    (tmp_path / "snakemake").write_text("import time\ntime.sleep(60)\n")
    unlock = [sys.executable, ROOT / "workflow/scripts/unlock.py"]

    def beside(*arguments: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "snakemake", "made", *arguments]
        with subprocess.Popen(command, cwd=tmp_path) as living:
            try:
                return subprocess.run(
                    unlock, cwd=tmp_path, capture_output=True, text=True, check=False
                )
            finally:
                living.kill()

    owner = beside("--cores", "1")
    assert owner.returncode == 1 and "is at work in this folder" in owner.stderr
    left = beside("--nolock", "--mode", "remote")
    assert left.returncode == 0 and "unlocking" in left.stdout, left.stderr
    assert not list(tmp_path.glob(".snakemake/locks/*"))


STARTS = """
import subprocess, sys
inner = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdout=subprocess.PIPE, text=True)
print(inner.pid, inner.stdout.readline(), flush=True)
inner.wait()
"""
WAITS_FOR_EVER = """
import subprocess, threading
from acgan.workflow.orphans import end_with_parent
end_with_parent()
print(subprocess.Popen(["sleep", "60"]).pid, flush=True)
threading.Lock().acquire() and threading.Event().wait()
"""


def test_an_orphan_ends_with_all_that_it_started():
    """As a job's Snakemake that waits for ever after the job was cancelled."""
    command = [sys.executable, "-c", STARTS, WAITS_FOR_EVER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as outer:
        orphans = [psutil.Process(int(pid)) for pid in outer.stdout.readline().split()]
        time.sleep(1.5)
        assert len(orphans) == 2 and all(p.is_running() for p in orphans)
        outer.kill()
        outer.stdout.close()
    _, alive = psutil.wait_procs(orphans, timeout=20)
    assert not [p for p in alive if p.status() != psutil.STATUS_ZOMBIE]
