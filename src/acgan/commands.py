"""What each subcommand does: from its arguments to one module of the pipeline. cli.py declares
them.
"""

import argparse
import json
import os
import select
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from acgan.io.errors import UserError

# The exit status when nobody reads the output: a shell's word for a program that SIGPIPE ended.
UNREAD = 141

# Imports inside the functions: a GPU host needs only torch, numpy and safetensors to train, and
# --help needs nothing.


def read_config(path: Path) -> dict[str, Any]:
    """A resolved config.json as it is; a YAML experiment is checked and resolved."""
    if path.suffix == ".json":
        from acgan.io.files import read_json

        return read_json(path)
    from acgan.config import loading

    return loading.load([path])


def model_spec(path: Path, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A config and in it the spec of the model suite/id."""
    from acgan.config import resolve

    config = read_config(path)
    suite, _, model = name.partition("/")
    try:
        return config, resolve.spec(config, suite, model)
    except KeyError:
        known = [f"{s}/{m.id}" for s in config["suites"] for m in resolve.models(config, s)]
        raise UserError(
            f"{path} has no model {name}; it has {', '.join(known[:12])}"
            + (" ..." if len(known) > 12 else "")
        ) from None


def group_of(path: Path, spec: dict[str, Any]) -> list[str]:
    """The class ids of a model, from groups.csv."""
    from acgan.groups.grouping import read_groups

    groups = read_groups(path)
    if len(groups.get(spec["model"], ())) != spec["classes"]:
        raise UserError(
            f"{path} does not hold the {spec['classes']} classes of "
            f"{spec['suite']}/{spec['model']}; make it again"
        )
    return groups[spec["model"]]


def config_check(args: argparse.Namespace) -> None:
    from acgan.config import loading, resolve
    from acgan.report.words import counted

    config = loading.load(args.files)
    models = sum(len(resolve.models(config, s)) for s in config["suites"])
    print(
        f"{', '.join(map(str, args.files))}: experiment {config['experiment']}, "
        f"{counted(len(config['suites']), 'suite')}, {counted(models, 'model')}: all keys are right"
    )


def config_resolve(args: argparse.Namespace) -> None:
    from acgan.config import loading

    config = loading.load(args.files)
    if args.out:
        from acgan.io.files import write_json

        write_json(args.out, config)
    else:
        print(json.dumps(config, indent=1))


def config_pipeline(args: argparse.Namespace) -> None:
    from acgan.config import loading
    from acgan.workflow import dvc_pipeline as pipeline

    print(pipeline.write(loading.load([args.config]), args.config, Path()))


def config_spec(args: argparse.Namespace) -> None:
    print(json.dumps(model_spec(args.config, args.model)[1], indent=1))


def config_docs(args: argparse.Namespace) -> None:
    from acgan.config import docs

    docs.write(args.root)


def dataset_of(args: argparse.Namespace) -> dict[str, Any]:
    config = read_config(args.config)
    if args.dataset not in config["datasets"]:
        known = ", ".join(config["datasets"])
        raise UserError(f"the config has no data set {args.dataset}; it has {known}")
    return config["datasets"][args.dataset]


def fetch(args: argparse.Namespace) -> None:
    from acgan.data import raw

    raw.fetch(dataset_of(args), args.out)


def pack(args: argparse.Namespace) -> None:
    from acgan.data.pack import pack

    pack(dataset_of(args), args.sides, args.out, args.part, args.of)


def index(args: argparse.Namespace) -> None:
    from acgan.data.pack import index

    index(dataset_of(args), args.out.parent, args.parts)


def data_check(args: argparse.Namespace) -> int:
    from acgan.workflow import preflight as check

    found = check.check(read_config(args.config))
    print("\n".join(check.lines(found)))
    return 2 if any(f.state == check.MISSING for f in found) else 0


def plan(args: argparse.Namespace) -> None:
    from acgan.workflow import plan

    config = read_config(args.config)
    results = args.results or Path("results", config["experiment"])
    for line in plan.lines(config, args.config, results, args.gpus, args.tflops):
        print(line, flush=True)


def status(args: argparse.Namespace) -> None:
    from acgan.workflow import status as overview

    config = read_config(args.config)
    if args.results and not args.results.is_dir():
        raise UserError(f"there is no folder {args.results}")
    print("\n".join(overview.lines(config, args.results or Path("results", config["experiment"]))))


def groups(args: argparse.Namespace) -> None:
    from acgan.groups.grouping import write_groups

    write_groups(read_config(args.config), args.suite, args.data, args.out, args.features)


def judge(args: argparse.Namespace) -> None:
    from acgan.io.rng import derive_seed
    from acgan.judges import digits_cnn

    config = read_config(args.config)
    settings = judge_settings(config, args.judge)
    if settings["kind"] != "digits_cnn":
        raise UserError(f"a {settings['kind']} comes trained; only a digits_cnn is trained here")
    seed = derive_seed(config["seed"], f"judge/{args.judge}")
    digits_cnn.train(args.judge, settings, seed, args.train, args.test, args.weights, args.accuracy)


def judge_settings(config: dict[str, Any], name: str) -> dict[str, Any]:
    if name not in config["judges"]:
        raise UserError(f"the config has no judge {name}; it has {', '.join(config['judges'])}")
    return config["judges"][name]


def load_judge_of(config: dict[str, Any], name: str, weights: Path | None) -> Any:
    """A judge of the config, on its device."""
    import torch

    from acgan.judges import load_judge

    device = config["runtime"]["device"]
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    return load_judge(name, judge_settings(config, name), weights, device)


def fetch_weights(args: argparse.Namespace) -> None:
    from acgan.judges import weights

    pinned = weights.PINNED[args.kind]
    weights.fetch(args.kind, pinned, args.out or weights.FOLDER / pinned.file)


def judge_accuracy(args: argparse.Namespace) -> None:
    import torch

    from acgan.judges.accuracy import write_accuracy

    config = read_config(args.config)
    settings = judge_settings(config, args.judge)
    if settings["test"] is None:
        raise UserError(f"judges.{args.judge}.test names no data set to measure the accuracy on")
    torch.set_num_threads(settings["threads"])
    split = config["datasets"][settings["test"]]["split"]
    judge = load_judge_of(config, args.judge, args.judge_weights)
    write_accuracy(judge, {split: args.test}, args.accuracy)


def train(args: argparse.Namespace) -> int:
    from acgan.training.loop import DIVERGED, Runtime, train

    if args.spec:
        from acgan.io.files import read_json

        spec, runtime = read_json(args.spec), Runtime()
    else:
        config, spec = model_spec(args.config, args.model)
        runtime = Runtime(**config["runtime"])
    runtime = runtime._replace(
        device=args.device or runtime.device,
        time_budget=args.time_budget,
        wait=args.wait,
        resume=args.resume,
        requeue=args.requeue,
        starts=args.starts,
    )
    status = train(spec, args.data, group_of(args.groups, spec), args.out, runtime)
    return 0 if status == DIVERGED and args.record_divergence else status


def train_together(args: argparse.Namespace) -> int:
    from acgan.training.log import started_seconds_ago
    from acgan.training.parallel import train_together

    if args.time_budget:  # each process counts from its own start
        args.time_budget -= started_seconds_ago()

    def trainer(model: str) -> Callable[[], int]:
        own = {"model": f"{args.suite}/{model}", "out": args.out / model, "run": train}
        own |= {"spec": None, "resume": None}
        own |= {"requeue": False}  # the job is queued again as a whole
        return lambda: call(argparse.Namespace(**{**vars(args), **own}))

    return train_together({model: trainer(model) for model in args.models}, args.requeue)


def sample(args: argparse.Namespace) -> None:
    from acgan.samples.draw import sample

    for model in args.models:
        config, spec = model_spec(args.config, model)
        sample(config, spec, args.weights / model / "weights.safetensors", args.out / model)


def score(args: argparse.Namespace) -> None:
    from acgan.config import resolve
    from acgan.io.files import read_json
    from acgan.scores import scores

    judge = None
    for model in args.models:
        config, spec = model_spec(args.config, model)
        suite, out = spec["suite"], args.out / model
        metrics = resolve.metrics(config, suite)
        if "diverged" in read_json(args.weights / model / "provenance.json"):
            scores.write_no_scores(metrics, out)
            print(f"{model} diverged in training: its score files have no rows")
            continue
        judge = judge or load_judge_of(config, config["suites"][suite]["judge"], args.judge_weights)
        scored = scores.Scored(
            suite,
            spec["model"],
            spec["seed"],
            group_of(args.groups, spec),
            scores.load_samples(args.samples / model / "samples_0.npy", spec["classes"]),
            judge,
            args.data,
            resolve.accuracy_sides(config, suite),
            args.real_features,
        )
        scores.write_scores(config, scored, metrics, out, spec["training"]["threads"])


def score_real(args: argparse.Namespace) -> None:
    from acgan.config import resolve
    from acgan.io.rng import derive_seed
    from acgan.scores import scores

    config = read_config(args.config)
    suite = config["suites"][args.suite]
    seed = derive_seed(config["seed"], f"real/{suite['dataset']}")
    class_ids, images = scores.real_images(args.data, suite["samples_per_class"], seed)
    judge = load_judge_of(config, suite["judge"], args.judge_weights)
    sides = resolve.accuracy_sides(config, args.suite)
    scored = scores.Scored("real", "", seed, class_ids, images, judge, args.data, sides)
    scores.write_scores(
        config, scored, ["accuracy", "ms_ssim"], args.out, suite["training"]["threads"]
    )


def real_features(args: argparse.Namespace) -> None:
    import torch

    from acgan.io.rng import derive_seed
    from acgan.scores import scores

    config = read_config(args.config)
    suite = config["suites"][args.suite]
    torch.set_num_threads(suite["training"]["threads"])
    seed = derive_seed(config["seed"], f"features/{suite['dataset']}")
    judge = load_judge_of(config, suite["judge"], args.judge_weights)
    scores.write_real_features(judge, args.data, seed, args.out)


def table(args: argparse.Namespace) -> None:
    from acgan.data import packed
    from acgan.io.files import replacing
    from acgan.tables.tables import TABLES

    names = {entry.id: entry.name for entry in packed.read_index(args.data)}
    result = TABLES[args.name](read_config(args.config), args.inputs, names)
    with replacing(args.out) as temporary:
        result.to_csv(temporary, index=False)


def sheet(args: argparse.Namespace) -> None:
    from acgan.tables.sheets import Sources, write_sheet

    write_sheet(
        args.name, Sources(read_config(args.config), args.inputs, args.data), args.out, args.sheets
    )


def figure(args: argparse.Namespace) -> None:
    from acgan.figures.notebook import draw

    failed = args.failed or args.out.with_name(f"{args.out.name}.failed.ipynb")
    draw(args.notebook, args.config, args.tables, args.out, failed)


def report(args: argparse.Namespace) -> None:
    from acgan.report.build import build

    build(args.config, args.results, args.out, args.metrics)


def call(args: argparse.Namespace) -> int:
    """Run what the arguments name; its exit status."""
    return to_a_reader(lambda: answered(args))


def answered(args: argparse.Namespace) -> int:
    from acgan.workflow.checkout import check_own_code

    try:
        check_own_code()
        return args.run(args) or 0
    except UserError as error:
        for line in str(error).splitlines():
            print(f"error: {line}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted; repeat the command to go on", file=sys.stderr)
        return 130


def to_a_reader(act: Callable[[], int]) -> int:
    """The status of `act`; UNREAD, without a word, when the reader of our output leaves, as `head`
    does.
    """
    try:
        try:
            return act()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        output = sys.stdout.fileno()
        poll = select.poll()
        poll.register(output, select.POLLOUT)
        if not any(events & select.POLLERR for _, events in poll.poll(0)):
            raise  # another pipe
        # What is still to be written goes nowhere: Python would complain of it at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), output)
        return UNREAD
