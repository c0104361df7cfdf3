# The checked config, the paths, and what happens at the start and at a failure.

try:
    overrides = loading.typed(workflow.config_settings.config or {})
    CONFIG = loading.check(
        loading.merge(config, overrides), [Path(f) for f in workflow.configfiles]
    )
except UserError as error:
    raise WorkflowError(str(error)) from None

RESULTS = f"results/{CONFIG['experiment']}"
RESOLVED = f"{RESULTS}/config.json"  # what every job reads: the config of this run, defaults filled in
SUITES = list(CONFIG["suites"])
PARTS = CONFIG["figures"]  # which suite plays which part
ITEMS = items_of(CONFIG)
ROOT = Path(
    os.path.relpath(Path(str(workflow.current_basedir)).parents[1])
)  # of the code, from the working folder
SOURCE = (
    ROOT / "src/acgan"
)  # cheap rules take their module as an input; `train` does not
NOTEBOOKS = ROOT / "notebooks"
ENVIRONMENT = "../../environment.yml"

# `acgan` is the one installed beside this Snakemake, whether or not its environment is activated.
shell.prefix(
    f'set -euo pipefail; export PATH="{Path(sys.executable).parent}:$PATH" PYTHONUNBUFFERED=1; '
)


wildcard_constraints:
    suite="|".join(SUITES),
    model=r"[a-z0-9-]+",
    dataset="|".join(CONFIG["datasets"]),
    judge="|".join(CONFIG["judges"]),
    side=r"\d+",
    metric=r"[a-z_]+",


onstart:
    try:
        write_json(Path(RESOLVED), CONFIG)
    except UserError as error:
        raise WorkflowError(str(error)) from None


onerror:
    subprocess.run(
        [sys.executable, str(ROOT / "workflow/scripts/failures.py"), *log],
        check=False,
    )


def model_ids(suite):
    return [m.id for m in resolve.models(CONFIG, suite)]


def per_model(suite, pattern):
    """One path per model of a suite: {suite} and {model} in `pattern` are filled in."""
    return [pattern.format(suite=suite, model=m) for m in model_ids(suite)]


def train_jobs():
    """(suite, number, models) of the jobs that train several models at once."""
    for suite in SUITES:
        size, ids = CONFIG["suites"][suite]["models_per_job"], model_ids(suite)
        if size > 1:
            parts = [ids[i : i + size] for i in range(0, len(ids), size)]
            yield from ((suite, number, part) for number, part in enumerate(parts))


def packed_folder(suite):
    chosen = CONFIG["suites"][suite]
    return f"data/{chosen['dataset']}/{chosen['side']}"


def index_of(suite):
    return f"{packed_folder(suite)}/index.csv"


def is_trained(judge):
    """Whether a rule trains this judge; the others come trained."""
    return CONFIG["judges"][judge]["kind"] == "digits_cnn"


def weights_of(judge):
    """The weight file that must be there before a judge is asked, if it has one."""
    chosen = CONFIG["judges"][judge]
    path = weights.place(chosen)
    if is_trained(judge):
        return f"{RESULTS}/judges/{judge}.safetensors"
    if path is None or weights.is_fetched(chosen):
        return path or []
    if not path.is_file():
        raise WorkflowError(weights.missing(judge, chosen))
    return path


def judge_weights(suite):
    return lambda w: weights_of(CONFIG["suites"][suite or w.suite]["judge"])


def judge_option(w, input):
    return f"--judge-weights {input.judge}" if input.judge else ""


def judge_settings(suite):
    return CONFIG["judges"][CONFIG["suites"][suite]["judge"]]


def judge_data(role):
    def index(w):
        chosen = CONFIG["judges"][w.judge]
        return f"data/{chosen[role]}/{chosen['side']}/index.csv" if chosen[role] else []

    return index


def of_suites(pattern, *suites):
    """One path per model of each suite that plays a part."""
    return [path for suite in suites if suite for path in per_model(suite, pattern)]


def real(metric, suite):
    return f"{RESULTS}/scores/real/{suite}/{metric}.csv"


def in_suite(pattern, suite):
    """A pattern with {suite} filled in and {model} left open."""
    return pattern.replace("{suite}", suite)


def dearness(suite):
    """Rank of a suite by what training one of its models roughly costs, pixels seen; 1 is the least."""
    costs = {
        s: c["training"]["steps"] * c["side"] ** 2 for s, c in CONFIG["suites"].items()
    }
    return 1 + sorted(costs, key=costs.get).index(suite)
