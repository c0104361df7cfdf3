"""Snakemake killed with -9, alone or with its jobs: the same command goes on and ends in the same
tables.
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from running import ROOT, TOY, snakemake_command

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("toy")]


def unlock(folder: Path) -> subprocess.CompletedProcess:
    """What `make demo` does before anything else."""
    script = ROOT / "workflow/scripts/unlock.py"
    arguments = snakemake_command(folder)[1:]
    return subprocess.run(
        [sys.executable, script, *arguments],
        cwd=folder,
        text=True,
        capture_output=True,
        check=False,
    )


def test_killed_three_times_it_ends_in_the_same_tables(toy_run, work):
    """Snakemake and its jobs are killed with -9 at random moments; unlock.py and the same
    command go on. Two suites, of which one trains its models together.
    """
    tables = toy_run / "results/toy/tables"
    names = [
        p.relative_to(toy_run) for s in ("main_16", "sweep") for p in tables.glob(f"{s}/*.csv")
    ]
    assert len(names) >= 5
    rng = random.Random(1)
    command, kills = snakemake_command(work, *map(str, names)), 0
    for _ in range(3):
        process = subprocess.Popen(
            command,
            cwd=work,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            process.wait(timeout=rng.uniform(4, 12))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            kills += 1
        unlock(work)
    assert kills >= 2  # a fast machine may end before the last one
    run = subprocess.run(command, cwd=work, text=True, capture_output=True, check=False)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    for name in names:
        assert (work / name).read_bytes() == (toy_run / name).read_bytes(), name


def test_after_kill_9_of_snakemake_alone_the_orphan_is_waited_for(work):
    """Only Snakemake dies; its trainer goes on. unlock.py unlocks, the next run waits for the
    orphan and ends well.
    """
    long = work / "long.yaml"
    long.write_text(
        "training: {steps: 400}\nsuites: {main_32: {training: {steps: 400}}}\nnets: {width: 0.25}\n"
    )
    target = "results/toy/models/main_32/g000/weights.safetensors"
    command = snakemake_command(work, target, configs=[*TOY, long])
    process = subprocess.Popen(
        command, cwd=work, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    log = work / "results/toy/logs/train/main_32/g000.log"
    for _ in range(600):
        time.sleep(0.1)
        if log.exists() and "step" in log.read_text():
            break
    busy = unlock(work)
    assert busy.returncode == 1 and "a Snakemake is at work in this folder" in busy.stderr
    process.kill()
    process.wait()
    locked = subprocess.run(command, cwd=work, text=True, capture_output=True, check=False)
    assert "unlock" in locked.stdout + locked.stderr
    host = work / ".snakemake/host"
    here = host.read_text()
    host.write_text("login2")
    elsewhere = unlock(work)
    assert elsewhere.returncode == 1 and "a Snakemake on login2 has locked" in elsewhere.stderr
    host.write_text(here)
    freed = unlock(work)
    assert freed.returncode == 0 and "unlocking" in freed.stdout, freed.stdout + freed.stderr
    run = subprocess.run(command, cwd=work, text=True, capture_output=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "is being trained by process" in run.stdout + run.stderr
    assert (work / target).exists()
