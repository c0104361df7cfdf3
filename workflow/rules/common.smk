# The checked config, the paths, and what happens at the start and at a failure.

try:
    CONFIG = loading.check(config, [Path(f) for f in workflow.configfiles])
except UserError as error:
    raise WorkflowError(str(error)) from None

RESULTS = f"results/{CONFIG['experiment']}"
RESOLVED = f"{RESULTS}/config.json"  # what every job reads: the config of this run, defaults filled in
SUITES = list(CONFIG["suites"])
PARTS = CONFIG["figures"]  # which suite plays which part
ITEMS = items_of(CONFIG)
ROOT = Path(os.path.relpath(Path(str(workflow.current_basedir)).parents[1]))  # of the code, from the working folder
SOURCE = ROOT / "src/acgan"  # cheap rules take their module as an input; `train` does not
NOTEBOOKS = ROOT / "notebooks"
ENVIRONMENT = "../../environment.yml"

# `acgan` is the one installed beside this Snakemake, whether or not its environment is activated.
shell.prefix(f'set -euo pipefail; export PATH="{Path(sys.executable).parent}:$PATH" PYTHONUNBUFFERED=1; ')


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
    print_failures(log)


def print_failures(log_files):
    """Last lines of a failed run: each failed rule, its log, and the reason that the log ends with."""
    import re

    text = "".join(Path(f).read_text(errors="replace") for f in log_files)
    for rule, block in dict(re.findall(r"Error in rule (\w+):\n((?:    .*\n)+)", text)).items():
        found = re.search(r"    log: (\S+)", block)
        path = Path(found.group(1)) if found else None
        lines = path.read_text(errors="replace").strip().splitlines() if path and path.exists() else []
        reason = next((line for line in reversed(lines) if line.startswith("error:")), lines[-1] if lines else "no log")
        print(f"FAILED rule {rule}: {reason} (log: {path})", file=sys.stderr)


def model_ids(suite):
    return [m.id for m in resolve.models(CONFIG, suite)]


def per_model(suite, pattern):
    """One path per model of a suite: {suite} and {model} in `pattern` are filled in."""
    return [pattern.format(suite=suite, model=m) for m in model_ids(suite)]


def packed_folder(suite):
    chosen = CONFIG["suites"][suite]
    return f"data/{chosen['dataset']}/{chosen['side']}"


def index_of(suite):
    return f"{packed_folder(suite)}/index.csv"


def judge_weights(suite):
    return f"{RESULTS}/judges/{CONFIG['suites'][suite]['judge']}.safetensors"
