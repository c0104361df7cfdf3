# What Snakemake and its executors leave to us: a scheduler that is not there, what an executor says of a group, and jobs
# that outlive theirs.

SCHEDULERS = {"slurm": ("sbatch", "squeue", "scancel", "scontrol", "sacct", "sinfo")}
# Where what an executor says of a job becomes long.
COMMAND = re.compile(r"\n +sbatch call:|For further error details")
# A job's Snakemake may live on, waiting for nothing, after its job was cancelled.
if not workflow.is_main_process:
    end_with_parent()


def check_scheduler():
    """Without the scheduler's commands a job is never heard of again: Snakemake would wait for it for ever."""
    name = workflow.executor_plugin.name
    missing = [c for c in SCHEDULERS.get(name, ()) if shutil.which(c) is None]
    if missing:
        raise WorkflowError(
            f"this machine has no {' '.join(missing)} on PATH, so nothing can be submitted to {name}: call it where "
            "SLURM's commands are (a login node), or leave the profile out to run here"
        )
    # Jobs are submitted by command lines that these characters would break.
    if not workflow.local_exec:
        broken = '"$`' if name == "cluster-generic" else ""
        for path, signs in (
            (os.getcwd(), f"'\\{broken}"),
            *(
                (path, "'\\")
                for path in (workflow.main_snakefile, *workflow.configfiles)
            ),
        ):
            if set(signs) & set(str(path)):
                raise WorkflowError(
                    f"{path}: Snakemake cannot submit jobs with one of {' '.join(signs)} in a path; rename it"
                )


def log_group_error(group, msg=None, **more):
    """What an executor says of a group, such as why SLURM refused it, which Snakemake drops."""
    if msg:
        logger.error(f"group {group.groupid}: {COMMAND.split(msg)[0]}")
    log_plain_group_error(group, msg, **more)


if workflow.is_main_process and GroupJob.log_error.__name__ != "log_group_error":
    log_plain_group_error = GroupJob.log_error
    GroupJob.log_error = log_group_error
    # Where it cannot submit, the SLURM plugin asks the job for its rule, and would die of a group.
    GroupJob.rule = property(lambda group: SimpleNamespace(name=group.name))
