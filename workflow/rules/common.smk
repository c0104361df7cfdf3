# The checked config, what all rules share, and what happens at the start and at a failure.
from acgan.config import loading, overrides
from acgan.config.spec import short_config
from acgan.declarations.roles import with_roles
from acgan.io.errors import UserError
from acgan.io.files import write_json
from acgan.samples import FILES as SAMPLE_FILES
from acgan.training import FILES as MODEL_FILES
from acgan.workflow import code, jobs, live, preflight, start
from acgan.workflow.experiment import Experiment
from acgan.workflow.options import environment, option
from acgan.workflow.orphans import end_with_parent

try:
    given = overrides.typed(workflow.config_settings.config or {})
    if workflow.is_main_process and (said := loading.old_words(config)):
        logger.warning(said)
    CONFIG = loading.check(
        loading.merge(with_roles(config), with_roles(given)),
        [Path(f) for f in workflow.configfiles],
        given,
    )
except UserError as error:
    raise WorkflowError(str(error)) from None

# Of the code, from the working folder.
ROOT = Path(os.path.relpath(Path(str(workflow.current_basedir)).parents[1]))
E = Experiment(CONFIG, ROOT)
ENVIRONMENT = "../../environment.yml"
MODEL_JOBS = jobs.model_jobs(E)
REAL_METRICS = ["accuracy", "ms_ssim"]  # of training images
start.check_braces(ROOT, E)
start.give_resources(workflow.resource_settings.overwrite_resources, E)
shell.prefix(environment(in_job=workflow.remote_exec))
if workflow.is_main_process:
    if "DVC_STAGE" in os.environ:
        start.check_links_of_dvc()
    start.say_what_executors_say_of_groups()
    start.look_at_inputs_once()
    start.take_over(workflow, E)
    logger.addFilter(start.Counts(workflow, E))
else:
    # A job's Snakemake may live on, waiting for nothing, after its job was cancelled.
    end_with_parent()


wildcard_constraints:
    suite="|".join(E.suites),
    model=r"[a-z0-9-]+",
    dataset="|".join(CONFIG["datasets"]),
    judge="|".join(CONFIG["judges"]),
    side=r"\d+",
    metric=r"[a-z_]+",


# Snakemake does not call onstart for a module, so the config is written here.
if not workflow.modifier.is_main_snakefile():
    write_json(Path(E.resolved), short_config(CONFIG))


onstart:
    start.check_scheduler(workflow)
    # Who locked this folder; workflow/scripts/unlock.py asks.
    Path(".snakemake/host").write_text(socket.gethostname())
    try:
        if not workflow.touch:  # which makes nothing
            planned = [(j.rule.name, j.wildcards_dict) for j in workflow.dag.needrun_jobs()]
            preflight.preflight(CONFIG, *map(sorted, jobs.needed(E, planned)))
            write_json(Path(E.resolved), short_config(CONFIG))
    except UserError as error:
        raise WorkflowError(str(error)) from None
    live.begin(workflow, E)


onsuccess:
    live.end(workflow)


onerror:
    live.end(workflow)
    failures = str(ROOT / "workflow/scripts/failures.py")
    subprocess.run([sys.executable, failures, *log], check=False)
