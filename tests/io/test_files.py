"""Nothing half-written is taken for done: a full disk, a folder without permission, a write that
breaks off.
"""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from running import BIN, TOY, snakemake

from acgan.io.errors import UserError
from acgan.io.files import read_json, replacing, write_csv, write_text


def test_a_write_that_breaks_off_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "old")
    with pytest.raises(RuntimeError), replacing(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path):
    """A limit on the size of files stands in for the full disk: both make write() fail."""
    script = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000));"
        "from acgan.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    config = tmp_path / "config.json"
    resolved = subprocess.run(
        [BIN / "acgan", "config", "resolve", *TOY], capture_output=True, text=True, check=True
    )
    config.write_text(resolved.stdout)
    arguments = [
        "pack",
        "--config",
        config,
        "--dataset",
        "digits",
        "--sides",
        "32",
        "--out",
        tmp_path / "digits",
    ]
    run = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert run.stderr.startswith("error: cannot write") and run.stderr.count("\n") == 1
    assert (
        "File too large" in run.stderr or "took only a part" in run.stderr
    ) and "free space" in run.stderr
    assert os.listdir(tmp_path / "digits/32") == []
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 20000


def test_a_real_full_disk(tmp_path):
    """/dev/full answers every write with "no space left", as a full disk does."""
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    with (
        pytest.raises(UserError, match="No space left on device"),
        replacing(tmp_path / "a") as temporary,
    ):
        temporary.symlink_to("/dev/full")
        with open(temporary, "w") as handle:
            handle.write("x" * 100_000)
    assert not (tmp_path / "a").exists()


def test_a_results_folder_without_permission(tmp_path):
    """As an ordinary user: a folder that cannot be written. As root, whom no permission stops: a
    file in its place.
    """
    if os.geteuid() == 0:
        (tmp_path / "results").write_text("in the way")
    else:
        (tmp_path / "results").mkdir(mode=0o500)
    run = snakemake(tmp_path, "data")
    assert run.returncode != 0
    assert "cannot write results/toy/config.json" in run.stdout
    assert "Traceback" not in run.stdout


def test_csv_floats_are_exact(tmp_path):
    write_csv(tmp_path / "a.csv", ("x",), [(0.1 + 0.2,), (1 / 3,)])
    assert (tmp_path / "a.csv").read_text() == f"x\n{0.1 + 0.2!r}\n{1 / 3!r}\n"


def test_a_missing_or_damaged_config_is_one_line(tmp_path):
    (tmp_path / "config.json").write_text("{")
    for path in (tmp_path / "config.json", tmp_path / "none.json"):
        with pytest.raises(UserError, match="cannot read"):
            read_json(path)
