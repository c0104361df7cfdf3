"""What Snakemake and its executors leave to us: a scheduler that is not there, what an executor
says of a group, jobs that outlive theirs, and dry runs that say what matters.

`workflow` is Snakemake's object of that name, which a Snakefile sees.
"""

import logging
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from snakemake.exceptions import WorkflowError
from snakemake.jobs import GroupJob
from snakemake.logging import logger
from snakemake.resources import Resources
from snakemake.scheduling.job_scheduler import JobScheduler
from snakemake.settings.enums import Quietness

from acgan.io.errors import UserError
from acgan.workflow import adopt
from acgan.workflow.experiment import Experiment
from acgan.workflow.jobs import ACTS, model_jobs, rules

SCHEDULERS = {"slurm": ("sbatch", "squeue", "scancel", "scontrol", "sacct", "sinfo")}
# Where what an executor says of a job becomes long.
COMMAND = re.compile(r"\n +sbatch call:|For further error details")
# While a Snakefile is read, Snakemake does not know yet what it will be asked to do.
DRY_RUN = re.compile(r"-[a-zA-Z]*n[a-zA-Z]*|--dry-?run")
OTHER_MODES = {
    "--unlock",
    "--lint",
    "--report",
    "--touch",
    "-t",
    "--summary",
    "-S",
    "--detailed-summary",
    "-D",
    "--list",
    "--list-rules",
    "--list-target-rules",
    "--list-input-changes",
    "--list-params-changes",
    "--list-code-changes",
    "-l",
    "--dag",
    "--rulegraph",
    "--filegraph",
    "--d3dag",
    "--compilation",
    "--print-compilation",
    "--archive",
    "--cleanup-metadata",
    "--cleanup-shadow",
    "--delete-all-output",
    "--delete-temp-output",
    "--edit-notebook",
}
MANY_JOBS = 200  # of which a dry run prints no list


def check_links_of_dvc() -> None:
    """Refuse links to DVC's cache: with them DVC dates outputs anew before a stage runs, and
    Snakemake would take them for made again. Raises WorkflowError.
    """
    command = [str(Path(sys.executable).parent / "dvc"), "config", "cache.type"]
    kind = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False).stdout
    if {"hardlink", "symlink"} & set(kind.strip().split(",")):
        raise WorkflowError(
            "DVC's cache.type must be copy or reflink: dvc config --local cache.type "
            "reflink,copy; then `touch` the files that you changed, since DVC has just dated "
            "outputs anew, and repeat the command"
        )


def check_braces(root: Path, e: Experiment) -> None:
    """Refuse paths that Snakemake would misread. Raises WorkflowError."""
    given = [s["groups_file"] for s in e.config["suites"].values()]
    given += [j[key] for j in e.config["judges"].values() for key in ("weights", "classes")]
    for path in (root, *(name for name in given if isinstance(name, str))):
        if "{" in str(path):
            raise WorkflowError(
                f"{path}: Snakemake takes braces in a path for a wildcard; rename the file or "
                "folder"
            )


def check_scheduler(workflow: Any) -> None:
    """Refuse a scheduler whose commands are missing: of a job that it was never given, Snakemake
    would wait for ever. Raises WorkflowError.
    """
    name = workflow.executor_plugin.name
    missing = [c for c in SCHEDULERS.get(name, ()) if shutil.which(c) is None]
    if missing:
        raise WorkflowError(
            f"this machine has no {' '.join(missing)} on PATH, so nothing can be submitted to "
            f"{name}: call it where SLURM's commands are (a login node), or leave the profile out "
            "to run here"
        )
    if workflow.local_exec:
        return
    # Jobs are submitted by command lines that these characters would break.
    broken = '"$`' if name == "cluster-generic" else ""
    files = (workflow.main_snakefile, *workflow.configfiles)
    for path, signs in ((str(Path.cwd()), f"'\\{broken}"), *((f, "'\\") for f in files)):
        if set(signs) & set(str(path)):
            raise WorkflowError(
                f"{path}: Snakemake cannot submit jobs with one of {' '.join(signs)} in a path; "
                "rename it"
            )


def ask(function: Callable[..., Any], *arguments: Any) -> Any:
    """What a function says; its UserError as Snakemake's own, of which it prints one line."""
    try:
        return function(*arguments)
    except UserError as error:
        raise WorkflowError(str(error)) from None


def notebook(root: Path, item: str, part: str) -> Path:
    """The notebook of an item; one at its old place, notebooks/<item>.py, goes first."""
    old = root / "notebooks" / f"{item}.py"
    if old.is_file():
        logger.warning(f"{item} is drawn by {old}; its place is notebooks/{part}/{item}.py now")
        return old
    return root / "notebooks" / part / f"{item}.py"


def take_over(workflow: Any, e: Experiment) -> None:
    """Results of an earlier version, before Snakemake looks at them. Raises WorkflowError."""
    given = {argument.partition("=")[0] for argument in sys.argv[1:]}
    if adopt.is_at_work() or OTHER_MODES & given:
        return
    files = adopt.made_already(e)
    if any(DRY_RUN.fullmatch(argument) for argument in given):
        if files:
            logger.warning(
                f"{e.results} has {len(files)} files of an earlier version of this project that "
                "need not be made again: a run first takes them over, and does much less than "
                "this dry run says."
            )
        return
    if files:
        ask(adopt.adopt, e, files, workflow.main_snakefile)
    adopt.done(e)


def say_what_executors_say_of_groups() -> None:
    """Log what an executor says of a group, such as why SLURM refused it, which Snakemake drops."""
    if GroupJob.log_error.__name__ == "log_group_error":
        return
    plain = GroupJob.log_error

    def log_group_error(group: Any, msg: str | None = None, **more: Any) -> None:
        if msg:
            logger.error(f"group {group.groupid}: {COMMAND.split(msg)[0]}")
        plain(group, msg, **more)

    GroupJob.log_error = log_group_error
    # Where it cannot submit, the SLURM plugin asks the job for its rule, and would die of a group.
    GroupJob.rule = property(lambda group: SimpleNamespace(name=group.name))


def give_resources(asked: Any, e: Experiment) -> None:
    """Give the rule of every job what a profile says of its act (train) and, on top, of its suite
    (train_cifar10). `asked` are the profile's, which are changed.
    """
    for job in model_jobs(e):
        for act in ACTS:
            names = act, f"{act}_{job.suite}", job.rule(act)
            own = {k: v for n in names if n in asked for k, v in asked[n].items()}
            if own:
                asked[names[-1]] = Resources(own)


def look_at_inputs_once(scheduler: Any = JobScheduler) -> None:
    """Let the scheduler ask for the size of an input once. Whenever a job ends it asks for those of
    all jobs that wait: with hundreds of them this took half a core, and jobs began late. An input
    of a job that can start does not change any more.
    """
    ask_for_all = scheduler.update_input_sizes

    async def ask_for_new(self: Any, jobs: Any) -> None:
        known = self._input_sizes
        new = {path for job in jobs for path in job.input if known.get(path) is None}
        if new:
            await ask_for_all(self, [SimpleNamespace(input=new)])

    if ask_for_all.__name__ != ask_for_new.__name__:  # the Snakefile may be read twice
        scheduler.update_input_sizes = ask_for_new


class Counts(logging.Filter):
    """Sees the table of jobs by rule pass by, since Snakemake calls no onstart for a dry run."""

    def __init__(self, workflow: Any, e: Experiment):
        super().__init__()
        self.workflow, self.experiment = workflow, e

    def filter(self, record: logging.LogRecord) -> bool:
        counts = getattr(record, "stats", None)
        if not counts:
            return True
        if warning := training_behind_tables(self.experiment, counts):
            logger.warning(warning)
        quiet = self.workflow.output_settings.quiet
        many = self.workflow.dryrun and counts.get("total", 0) > MANY_JOBS
        # As profiles/default has it; whoever asks for more or less gets that.
        if many and quiet == {Quietness.HOST, Quietness.REASON}:
            quiet.add(Quietness.RULES)
            logger.info("To see every job: snakemake -n --quiet host")
            return False  # the table comes once more, at the end
        return True


def training_behind_tables(e: Experiment, counts: Mapping[str, int]) -> str | None:
    """What the counts of jobs alone do not say: that the models behind tables which are here would
    all be trained.
    """
    trained = sum(counts.get(rule.name, 0) for rule in rules(e) if rule.stage == "train")
    tables = all(Path(e.table(w)).exists() for w in e.tables) or adopt.former_tables(e)
    if not (trained and tables) or any(Path(f).exists() for f in e.trained):
        return None
    return (
        f"The tables of {e.config['experiment']} are here without the models behind them, so this "
        f"trains all of them: {trained} jobs. From the tables alone come single figures "
        "(snakemake figure_04); make pull fetches the rest."
    )
