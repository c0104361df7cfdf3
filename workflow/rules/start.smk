# What Snakemake and its executors leave to us: a scheduler that is not there, what an executor says of a group, jobs that
# outlive theirs, and dry runs that say what matters.

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
            *((path, "'\\") for path in (workflow.main_snakefile, *workflow.configfiles)),
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


def named(group):
    return SimpleNamespace(name=group.name)


if workflow.is_main_process and GroupJob.log_error.__name__ != "log_group_error":
    log_plain_group_error = GroupJob.log_error
    GroupJob.log_error = log_group_error
    # Where it cannot submit, the SLURM plugin asks the job for its rule, and would die of a group.
    GroupJob.rule = property(named)


def tell_of_counts(counts):
    """Say before anything runs, in a dry run too, what the counts of jobs alone do not say."""
    trained = sum(n for rule, n in counts.items() if rule.endswith(TRAINERS))
    models = [Path(f) for s in SUITES for f in per_model(s, f"{MODEL}/weights.safetensors")]
    tables = [Path(f"{RESULTS}/tables/{name}.csv") for name in WANTED_TABLES]
    if trained and all(f.exists() for f in tables) and not any(f.exists() for f in models):
        logger.warning(
            f"The tables of {CONFIG['experiment']} are here without the models behind them, so this trains all of them: "
            f"{trained} jobs. From the tables alone come single figures (snakemake figure_04); make pull fetches the rest."
        )


class Counts(logging.Filter):
    """Sees the table of jobs by rule pass by. Of a dry run, Snakemake calls no onstart."""

    def filter(self, record):
        counts = getattr(record, "stats", None)
        if not counts:
            return True
        tell_of_counts(counts)
        quiet = workflow.output_settings.quiet
        if (
            workflow.dryrun
            and counts.get("total", 0) > MANY_JOBS
            and quiet == {Quietness.HOST, Quietness.REASON}  # as the profile has it
        ):
            quiet.add(Quietness.RULES)
            logger.info("To see every job: snakemake -n --quiet host")
            return False  # the table comes once more, at the end
        return True


MANY_JOBS = 200
TRAINERS = tuple(f"train_{suite}{suffix}" for suite, suffix, _ in MODEL_JOBS)
if workflow.is_main_process:
    logger.addFilter(Counts())
