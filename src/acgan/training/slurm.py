"""A trainer inside a SLURM job: being queued again before the job's time limit ends it."""

import os
import subprocess


def queue_again() -> bool:
    """Ask SLURM to stop this job and queue it again under the same number. Says whether it will;
    False outside SLURM.

    The executor sees one job that waits or runs, so neither a try nor more resources are spent.
    """
    job = os.environ.get("SLURM_JOB_ID")
    if not job:
        return False
    try:
        run = subprocess.run(
            ["scontrol", "requeue", job], capture_output=True, text=True, check=False
        )
        trouble = run.stderr.strip() if run.returncode else ""
    except OSError as error:
        trouble = str(error)
    print(
        f"SLURM job {job}: could not be queued again: {trouble}"
        if trouble
        else f"SLURM job {job}: queued again",
        flush=True,
    )
    return not trouble
