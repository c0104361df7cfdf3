# The checked config, the paths, and what happens at the start and at a failure.

try:
    given = overrides.typed(workflow.config_settings.config or {})
    CONFIG = loading.check(
        loading.merge(config, given), [Path(f) for f in workflow.configfiles], given
    )
except UserError as error:
    raise WorkflowError(str(error)) from None

# With links to its cache DVC dates outputs anew before a stage runs: Snakemake would take them for made again.
if "DVC_STAGE" in os.environ and workflow.is_main_process:
    dvc = [Path(sys.executable).parent / "dvc", "config", "cache.type"]
    kind = subprocess.run(dvc, stdout=subprocess.PIPE, text=True, check=False).stdout
    if {"hardlink", "symlink"} & set(kind.strip().split(",")):
        raise WorkflowError(
            "DVC's cache.type must be copy or reflink: dvc config --local cache.type reflink,copy; "
            "then `touch` the files that you changed, since DVC has just dated outputs anew, and repeat the command"
        )

RESULTS = f"results/{CONFIG['experiment']}"
RESOLVED = (
    f"{RESULTS}/config.json"  # what every job reads: the config of this run, defaults filled in
)
SUITES = list(CONFIG["suites"])
PARTS = CONFIG["figures"]  # which suite plays which part
PACKED = {d: check.sides_of(CONFIG, d) for d in check.used_datasets(CONFIG)}  # sides
ITEMS = items_of(CONFIG)
ROOT = Path(
    os.path.relpath(Path(str(workflow.current_basedir)).parents[1])
)  # of the code, from the working folder
SOURCE = ROOT / "src/acgan"  # cheap rules take their module as an input; `train` does not
NOTEBOOKS = ROOT / "notebooks"
GIVEN = [s["groups_file"] for s in CONFIG["suites"].values()]
GIVEN += [
    j[key]
    for j in CONFIG["judges"].values()
    for key in ("weights", "classes")
    if isinstance(j[key], str)
]
for path in (ROOT, *filter(None, GIVEN)):
    if "{" in str(path):
        raise WorkflowError(
            f"{path}: Snakemake takes braces in a path for a wildcard; rename the file or folder"
        )
REAL_FEATURES = f"{RESULTS}/scores/real/{{suite}}/features.safetensors"
GROUPING_KEYS = ("grouping", "grouping_seed", "groups_file")
ENVIRONMENT = "../../environment.yml"

# `acgan` is the one installed beside this Snakemake, whether or not its environment is activated. The prefix is a pattern of
# Snakemake's.
BESIDE = shlex.quote(f"{Path(sys.executable).parent}:")
PREFIX = f'set -euo pipefail; export PATH={BESIDE}"$PATH" PYTHONUNBUFFERED=1; '
# Programs that want to keep something in a home folder which cannot be written to keep it here.
PREFIX += '[ -w "${HOME:-}" ] || export HOME="$PWD/.snakemake/home"; '
PREFIX += "export ACGAN_IN_JOB=1; " if workflow.remote_exec else ""
shell.prefix(PREFIX.replace("{", "{{").replace("}", "}}"))


wildcard_constraints:
    suite="|".join(SUITES),
    model=r"[a-z0-9-]+",
    dataset="|".join(CONFIG["datasets"]),
    judge="|".join(CONFIG["judges"]),
    side=r"\d+",
    metric=r"[a-z_]+",


# Of a module, Snakemake calls no onstart.
if not workflow.modifier.is_main_snakefile():
    write_json(Path(RESOLVED), CONFIG)


onstart:
    check_scheduler()
    # Who locked this folder; asked by workflow/scripts/unlock.py.
    Path(".snakemake/host").write_text(socket.gethostname())
    try:
        if not workflow.touch:  # which makes nothing
            check.preflight(CONFIG, *needed_by(workflow.dag.needrun_jobs()))
        write_json(Path(RESOLVED), CONFIG)
    except UserError as error:
        raise WorkflowError(str(error)) from None


onerror:
    subprocess.run(
        [sys.executable, str(ROOT / "workflow/scripts/failures.py"), *log],
        check=False,
    )


def needed_by(jobs):
    """The data sets that jobs fetch or pack, and the judges that they ask."""
    datasets, judges = set(), set()
    for job in jobs:
        values, name = job.wildcards_dict, job.rule.name
        if name == "fetch" or name.startswith("pack_"):
            datasets.add(values.get("dataset") or name.removeprefix("pack_"))
        elif name.startswith("score_") or name == "real_features":
            suite = values.get("suite") or SUITE_OF_RULE[name]
            judges.add(CONFIG["suites"][suite]["judge"])
        elif name == "judge_accuracy":
            judges.add(values["judge"])
    return sorted(datasets), sorted(judges)


def code(stage):
    """The modules of a stage, which its rules take as inputs."""
    return modules(*CODE[stage])


def modules(*names):
    paths = [SOURCE / name for name in names]
    return [f for p in paths for f in (sorted(p.glob("[!.]*.*")) if p.is_dir() else [p])]


def model_ids(suite):
    return [m.id for m in resolve.models(CONFIG, suite)]


def datasets_of(entry):
    """Those of the suites that an item shows."""
    return sorted({CONFIG["suites"][PARTS[p]]["dataset"] for p in entry.needs})


def per_model(suite, pattern):
    """One path per model of a suite: {suite} and {model} in `pattern` are filled in."""
    return [pattern.format(suite=suite, model=m) for m in model_ids(suite)]


def model_jobs():
    """(suite, suffix of its rules, models) of the jobs that train, sample and score models: where each model has one of
    its own, they are one rule by the wildcard {model}.
    """
    for suite in SUITES:
        if CONFIG["suites"][suite]["models_per_job"] == 1:
            yield suite, "", ["{model}"]
        else:
            for name, ids in resolve.jobs(CONFIG, suite).items():
                yield suite, name.removeprefix("job"), ids


def each_model(suite, ids, folder, files):
    """The files of each model of a job."""
    return [f"{in_suite(folder, suite)}/{f}".replace("{model}", m) for m in ids for f in files]


def log_name(suffix):
    """Of the log of a job, in its suite's folder."""
    return f"job{suffix}" if suffix else "{model}"


def train_command(suite, ids):
    if len(ids) == 1:
        return f"train --model {suite}/{ids[0]}"
    return f"train-together --suite {suite} --models {' '.join(ids)}"


def packed_folder(suite):
    chosen = CONFIG["suites"][suite]
    return f"data/{chosen['dataset']}/{chosen['side']}"


# What decides the bytes of an archive, and of the packed arrays; where an archive lies does not.
def fetch_keys(dataset):
    chosen = CONFIG["datasets"][dataset]
    own = not sources.published(chosen)
    names = ("source", "split", "layout", "checksums", "classes", *(["path"] * own))
    return {name: chosen[name] for name in names}


def pack_keys(dataset):
    names = ("images", "resize", "unreadable")
    return fetch_keys(dataset) | {n: CONFIG["datasets"][dataset][n] for n in names}


def n_parts(dataset):
    return sources.parts_of(CONFIG["datasets"][dataset])


def part_name(part):
    return f"parts/{part}.csv"


def is_in_package(dataset):
    return sources.is_in_package(CONFIG["datasets"][dataset])


def index_of(suite):
    return f"{packed_folder(suite)}/index.csv"


def grouping_features(w):
    """The judge's features of the training images, where the suite's grouping needs them."""
    needed = CONFIG["suites"][w.suite]["grouping"] in resolve.BY_FEATURES
    return REAL_FEATURES.format(suite=w.suite) if needed else []


def is_trained(judge):
    """Whether a rule trains this judge; the others come trained."""
    return KINDS[CONFIG["judges"][judge]["kind"]].is_trained_here


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


def class_list_of(judge):
    """The file of a judge's class ids, where its config names one."""
    chosen = CONFIG["judges"][judge]
    if not isinstance(chosen["classes"], str):
        return []
    try:
        KINDS[chosen["kind"]].class_ids(judge, chosen)
    except UserError as error:
        raise WorkflowError(str(error)) from None
    return chosen["classes"]


def judge_classes(suite):
    return lambda w: class_list_of(CONFIG["suites"][suite or w.suite]["judge"])


# In a command, `:q` quotes what it gets. Those of models.smk and data.smk get names, which the config restricts, and paths made
# of them; they have no `:q`, since Snakemake takes another text for another command: it would train and pack again. What a
# user names, such as a file of weights, is quoted here.
def option(flag, path):
    return f"{flag} {shlex.quote(str(path))}" if path else ""


def judge_option(w, input):
    return option("--judge-weights", input.judge)


# Its `test` and checksum do not decide what a judge answers.
def judge_settings(suite):
    chosen = CONFIG["judges"][CONFIG["suites"][suite]["judge"]]
    return chosen | {"test": None, "sha256": None}


def judge_data(role):
    def index(w):
        chosen = CONFIG["judges"][w.judge]
        return f"data/{chosen[role]}/{chosen['side']}/index.csv" if chosen[role] else []

    return index


def of_suites(pattern, *suites):
    """One path per model of each suite that plays a part."""
    return [path for suite in suites if suite for path in per_model(suite, pattern)]


def real(metric, suite):
    """The scores of the training images of a suite, if it is one."""
    return [f"{RESULTS}/scores/real/{suite}/{metric}.csv"] if suite else []


def in_suite(pattern, suite):
    """A pattern with {suite} filled in and {model} left open."""
    return pattern.replace("{suite}", suite)


def dearness(suite):
    """Rank of a suite by what training one of its models roughly costs, pixels seen; 1 is the least."""
    costs = {s: c["training"]["steps"] * c["side"] ** 2 for s, c in CONFIG["suites"].items()}
    return 1 + sorted(costs, key=costs.get).index(suite)


MODEL_JOBS = list(model_jobs())
SUITE_OF_RULE = {f"score_{suite}{suffix}": suite for suite, suffix, _ in MODEL_JOBS}

# A profile says what an act needs (train), and may say more of a suite's (train_cifar10): each rule gets its own here,
# before there are rules.
asked = workflow.resource_settings.overwrite_resources
for suite, suffix, _ in MODEL_JOBS:
    for act in ("train", "sample", "score"):
        names = act, f"{act}_{suite}", f"{act}_{suite}{suffix}"
        own = {k: v for n in names if n in asked for k, v in asked[n].items()}
        if own:
            asked[names[-1]] = Resources(own)
