"""The last lines of a failed run, from Snakemake's own log."""

import subprocess
import sys

from running import ROOT

LOG = """[Wed Nov 25 19:00:00 2026]
Error in rule real_features:
    jobid: 24
    log: features.log, slurm/30.log (check log file(s) for error details)
[Wed Nov 25 19:00:00 2026]
Error in rule score_real:
    jobid: 40
    log: score.log, slurm/27.log (check log file(s) for error details)
[Wed Nov 25 19:00:00 2026]
    message: Error in group models
    log: a slurm/24.log (check log file(s) for error details)
    jobs:
        rule train_sweep:
            jobid: 35
            log: train.log (check log file(s) for error details)
    [Wed Nov 25 19:00:00 2026]
    Error in rule sample_sweep:
        jobid: 34
        log: sample.log (check log file(s) for error details)
    [Wed Nov 25 19:00:00 2026]
    Error in rule train_sweep:
        jobid: 35
        log: train.log (check log file(s) for error details)
[Wed Nov 25 19:00:00 2026]
Error in rule pack_digits:
    message: SLURM sbatch failed. The error message was 'sbatch: error: invalid partition: gpu
sbatch: error: Batch job submission failed: Invalid partition name specified'.
    sbatch call:
        sbatch --parsable
For further error details see the cluster/cloud log and the log files of the involved rule(s).
    jobid: 3
    log: pack.log (check log file(s) for error details)
    shell:
        acgan pack
group other: SLURM sbatch failed. The error message was 'sbatch: error: no such GPU
sbatch: error: Batch job submission failed: Requested node configuration is not available'.
[Wed Nov 25 19:00:00 2026]
    message: Error in group other
    jobs:
        rule train_grid:
            jobid: 45
            log: grid.log (check log file(s) for error details)
    [Wed Nov 25 19:00:00 2026]
    Error in rule train_grid:
        jobid: 45
        log: grid.log (check log file(s) for error details)
    [Wed Nov 25 19:00:00 2026]
    Error in rule score_grid:
        jobid: 46
        log: grid_score.log (check log file(s) for error details)
[Wed Nov 25 19:00:00 2026]
Finished jobid: 24 (Rule: real_features)
"""


def test_of_a_cluster_each_failed_job_is_named_once_with_its_reason(tmp_path):
    (tmp_path / "slurm").mkdir()
    (tmp_path / "train.log").write_text("step 1\nerror: checkpoint.pt is damaged\n")
    (tmp_path / "slurm/27.log").write_text("slurmstepd: error: StepId=27.0 exceeded memory limit\n")
    (tmp_path / "a slurm").mkdir()
    (tmp_path / "a slurm/24.log").write_text("srun: error: task 0: Exited with exit code 1\n")
    (tmp_path / "grid.log").write_text("step 12 of 12, of an earlier try\n")
    (tmp_path / "run.log").write_text(LOG)
    script = ROOT / "workflow/scripts/failures.py"
    run = subprocess.run(
        [sys.executable, script, "run.log"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stderr.splitlines() == [
        "FAILED rule score_real: slurmstepd: error: StepId=27.0 exceeded memory limit (log: "
        "score.log, slurm/27.log)",
        "FAILED rule train_sweep: error: checkpoint.pt is damaged (log: train.log, a slurm/24.log)",
        "FAILED rule pack_digits: sbatch: error: Batch job submission failed: Invalid partition "
        "name specified (log: pack.log)",
        "FAILED rule train_grid and 1 more: sbatch: error: Batch job submission failed: Requested "
        "node configuration is not available (log: grid.log)",
    ]
