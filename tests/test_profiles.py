"""`profiles/pbs`, the example for another scheduler. No PBS is here: a `qsub` that runs what it is
given stands in, so this shows what is submitted and that the jobs come to their end.
"""

import os
import re

import pytest
from conftest import ROOT, snakemake

QSUB = """#!/bin/sh
echo "$@" >> submitted
for script in "$@"; do :; done
sh "$script" > /dev/null 2>&1 &
echo $!
"""


@pytest.mark.slow
def test_a_model_is_trained_and_scored_through_qsub(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/qsub").write_text(QSUB)
    (tmp_path / "bin/qsub").chmod(0o755)
    scores = "results/toy/scores/grid/g000-s00/ms_ssim.csv"
    run = snakemake(
        tmp_path, scores, "--profile", str(ROOT / "profiles/pbs"), "--seconds-between-status-checks", "1",
        env=os.environ | {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"},
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-3000:]
    assert (tmp_path / scores).is_file()
    asked = re.findall(r"-V (.*?) /\S+/snakejob\.(\w+)\.", (tmp_path / "submitted").read_text())
    assert {rule.split("_")[0]: options for options, rule in asked} == {
        "pack": "-l walltime=3600 -l mem=4000mb -l ncpus=1 -l ngpus=0",
        "judge": "-l walltime=3600 -l mem=4000mb -l ncpus=1 -l ngpus=0",
        "real": "-l walltime=3600 -l mem=8000mb -l ncpus=1 -l ngpus=1",
        # train, sample and score of two models: the sum of their minutes, the most of the rest
        "models": "-l walltime=36000 -l mem=8000mb -l ncpus=2 -l ngpus=1",
    }
