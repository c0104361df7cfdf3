"""The command line as a shell sees it: output that nobody reads to its end."""

import os
import subprocess

import pytest
from running import BIN, ROOT


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize(
    ("arguments", "status"), [("config resolve config/demo.yaml", 141), ("--help", 0)]
)
def test_a_reader_that_leaves_early_is_no_mistake(arguments, status, both):
    """As in `acgan plan | head -1`: no traceback, and the status of a program that SIGPIPE ends."""
    read, write = os.pipe()
    os.close(read)
    run = subprocess.run(
        [BIN / "acgan", *arguments.split()],
        cwd=ROOT,
        stdout=write,
        text=True,
        check=False,
        stderr=write if both else subprocess.PIPE,
    )
    os.close(write)
    assert run.returncode == status and not run.stderr
