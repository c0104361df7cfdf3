"""The command line: one subcommand per arrow of the pipeline, each with explicit input and
output paths. commands.py holds what they do.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from acgan import commands as run


def positive(kind: Callable[[str], Any]) -> Callable[[str], Any]:
    """An argument's type: a number above 0."""

    def number(text: str) -> Any:
        value = kind(text)
        if value <= 0:
            raise argparse.ArgumentTypeError(f"{text} is not above 0")
        return value

    return number


def parser() -> argparse.ArgumentParser:
    """All subcommands; `acgan COMMAND --help` explains each argument."""
    top = argparse.ArgumentParser(
        "acgan",
        description=(
            "AC-GAN (arXiv 1610.09585), reproduced. One subcommand per step of the pipeline, in "
            "its order; Snakemake runs them all: `snakemake`, `snakemake figure_04`."
        ),
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(
        where: Any, name: str, function: Any, text: str, *arguments: tuple[str, dict[str, Any]]
    ) -> None:
        command = where.add_parser(name, help=text, description=text)
        for flag, options in arguments:
            command.add_argument(flag, **options)
        command.set_defaults(run=function)

    def path(flag: str, text: str, **more: Any) -> tuple[str, dict[str, Any]]:
        required = {"required": True} if flag.startswith("--") and "default" not in more else {}
        return flag, {"type": Path, "help": text, **required, **more}

    config = path(
        "--config",
        "an experiment (config/demo.yaml) or a resolved results/<experiment>/config.json",
    )
    model = ("--model", {"required": True, "help": "suite/id, as in main_32/g000"})
    group = path("--groups", "groups.csv of the suite")
    data = path("--data", "folder of packed training images, as data/digits/32")
    files = (
        "files",
        {"type": Path, "nargs": "+", "help": "experiment files; later ones over earlier ones"},
    )
    inputs = path("--inputs", "files to merge", nargs="*")

    judge_weights = path(
        "--judge-weights",
        "weights of the judge; default: where the config says, or its package",
        default=None,
    )

    configs = commands.add_parser("config", help="check, resolve and document experiment files")
    actions = configs.add_subparsers(dest="action", required=True, metavar="ACTION")
    add(
        actions,
        "check",
        run.config_check,
        "check an experiment file and say what is wrong with it",
        files,
    )
    add(
        actions,
        "resolve",
        run.config_resolve,
        "print the config with every default filled in, as JSON",
        files,
        path("--out", "write it to this file instead", default=None),
    )
    add(
        actions,
        "spec",
        run.config_spec,
        "print all that training one model depends on, as JSON",
        config,
        model,
    )
    add(
        actions,
        "pipeline",
        run.config_pipeline,
        "write its DVC pipeline: pipelines/<experiment>/dvc.yaml",
        path("--config", "the experiment, from the project's root: config/own.yaml"),
    )
    add(
        actions,
        "docs",
        run.config_docs,
        "write config/README.md, the JSON schema and docs/open_points.md",
        path("--root", "the project's folder", default=Path()),
    )
    dataset = ("--dataset", {"required": True, "help": "its name in the config's `datasets`"})
    actions = commands.add_parser(
        "data", help="what an experiment needs before it starts"
    ).add_subparsers(dest="action", required=True, metavar="ACTION")
    add(
        actions,
        "check",
        run.data_check,
        "say which data and weights are there, which will be fetched, which are "
        "missing (exit status 2) and how to get them",
        config,
    )
    results = path("--results", "default: results/<experiment>", default=None)
    add(
        commands,
        "plan",
        run.plan,
        "say what an experiment costs: jobs, GPU-hours, disk, wall time, and by figure",
        config,
        results,
        ("--gpus", {"type": positive(int), "default": 16, "help": "at work at a time (16)"}),
        (
            "--tflops",
            {
                "type": positive(float),
                "default": 10.0,
                "help": "1e12 operations a second that a GPU "
                "reaches in these nets (10); `python -m benchmarks training` measures it",
            },
        ),
    )
    add(
        commands,
        "status",
        run.status,
        "say how far an experiment is, from its files alone",
        config,
        results,
    )
    add(
        commands,
        "fetch",
        run.fetch,
        "download a data set's archives, or check those that are there; repeating goes on",
        config,
        dataset,
        path("--out", "archives.csv to write, as data/<dataset>/archives.csv"),
    )
    add(
        commands,
        "pack",
        run.pack,
        "pack a data set at some sides: <side>/<class>.npy and <side>/index.csv",
        config,
        dataset,
        ("--sides", {"required": True, "type": int, "nargs": "+", "metavar": "SIDE"}),
        path("--out", "folder of the data set, as data/<dataset>"),
        (
            "--part",
            {
                "type": int,
                "default": 0,
                "metavar": "I",
                "help": "only this part of the classes, from 0",
            },
        ),
        ("--of", {"type": int, "default": 1, "metavar": "N", "help": "parts in all"}),
    )
    add(
        commands,
        "index",
        run.index,
        "put the parts of a packed data set together",
        config,
        dataset,
        path("--parts", "<side>/parts/*.csv, in order", nargs="+"),
        path("--out", "index.csv"),
    )
    add(
        commands,
        "groups",
        run.groups,
        "decide which classes share a model: groups.csv",
        config,
        ("--suite", {"required": True}),
        data,
        path("--out", "groups.csv"),
        path(
            "--features",
            "what `acgan real-features` wrote, for a grouping by features",
            default=None,
        ),
    )
    add(
        commands,
        "judge",
        run.judge,
        "train the classifier that names samples",
        config,
        ("--judge", {"required": True}),
        path("--train", "packed folder"),
        path("--test", "packed folder of held-out images"),
        path("--weights", "safetensors to write"),
        path("--accuracy", "CSV to write"),
    )
    carrying_out: list[tuple[str, dict[str, Any]]] = [
        ("--device", {"help": "cpu, cuda, cuda:1, ...; default: the config's"}),
        (
            "--time-budget",
            {
                "type": float,
                "metavar": "SECONDS",
                "help": "save and leave with status 75 before so many seconds are over",
            },
        ),
        (
            "--requeue",
            {
                "action": "store_true",
                "help": "in a SLURM job: when the time budget is over, queue it again",
            },
        ),
        (
            "--starts",
            {
                "type": int,
                "metavar": "N",
                "help": "give up after N starts in a row without progress",
            },
        ),
        (
            "--record-divergence",
            {
                "action": "store_true",
                "help": "a run that diverges ends with status 0 instead of "
                "3: its outcome is on record, and the other models go on",
            },
        ),
        ("--wait", {"action": "store_true", "help": "wait if another trainer holds the folder"}),
    ]
    add(
        commands,
        "fetch-weights",
        run.fetch_weights,
        "download a published judge's weights and check them",
        ("kind", {"choices": ["inception_v3_tf2015", "inception_v3"]}),
        path("--out", "where to put them; default: data/weights/<file>", default=None),
    )
    add(
        commands,
        "judge-accuracy",
        run.judge_accuracy,
        "measure a judge that comes trained on real images",
        config,
        ("--judge", {"required": True}),
        path("--test", "packed folder"),
        judge_weights,
        path("--accuracy", "CSV to write"),
    )
    add(
        commands,
        "train",
        run.train,
        "train one model; repeating the command goes on where it stopped",
        path("--config", config[1]["help"], default=None),
        ("--model", {"help": model[1]["help"]}),
        path(
            "--spec",
            "instead of --config and --model: what `acgan config spec` printed",
            default=None,
        ),
        data,
        group,
        path("--out", "folder of the model"),
        path(
            "--resume",
            "go on from this checkpoint; refused if another config made it",
            default=None,
        ),
        *carrying_out,
    )
    add(
        commands,
        "train-together",
        run.train_together,
        "train several models of a suite at once, a process each",
        config,
        ("--suite", {"required": True}),
        ("--models", {"required": True, "nargs": "+", "metavar": "ID"}),
        data,
        group,
        path("--out", "folder of the suite; each model gets one in it"),
        *carrying_out,
    )
    models = (
        "--models",
        {"required": True, "nargs": "+", "metavar": "SUITE/ID", "help": "as main_32/g000"},
    )
    trained = path("--weights", "folder of trained models, as results/demo/models")
    add(
        commands,
        "sample",
        run.sample,
        "draw samples and interpolations from models",
        config,
        models,
        trained,
        path("--out", "folder; each model gets <suite>/<id> in it"),
    )
    add(
        commands,
        "score",
        run.score,
        "score the samples of models of a suite: one CSV per metric",
        config,
        models,
        group,
        data,
        trained,
        path("--samples", "folder of samples, as results/demo/samples"),
        judge_weights,
        path("--out", "folder; each model gets <suite>/<id> in it"),
        path("--real-features", "what `acgan real-features` wrote", default=None),
    )
    add(
        commands,
        "score-real",
        run.score_real,
        "score training images by the same metrics",
        config,
        ("--suite", {"required": True, "help": "whose side, judge and sample count"}),
        data,
        judge_weights,
        path("--out", "folder"),
    )
    add(
        commands,
        "real-features",
        run.real_features,
        "ask a suite's judge for features of the training images",
        config,
        ("--suite", {"required": True}),
        data,
        judge_weights,
        path("--out", "safetensors to write"),
    )
    add(
        commands,
        "table",
        run.table,
        "merge scores into one table",
        ("name", {}),
        config,
        inputs,
        data,
        path("--out", "CSV"),
    )
    add(
        commands,
        "sheet",
        run.sheet,
        "put thumbnails on a sheet",
        ("name", {}),
        config,
        inputs,
        data,
        path("--out", "CSV that describes the tiles"),
        path("--sheets", "WebP files", nargs="+"),
    )
    add(
        commands,
        "figure",
        run.figure,
        "run one notebook: figure, data, quantities, HTML",
        path("--config", "results/<experiment>/config.json, as it lies beside the tables"),
        path("--notebook", "notebooks/<item>.py"),
        path("--tables", "folder of tables"),
        path("--out", "folder"),
        path("--failed", "where one that fails is kept; else <out>.failed.ipynb", default=None),
    )
    add(
        commands,
        "report",
        run.report,
        "put everything on one page",
        config,
        path("--results", "results/<experiment>"),
        path("--out", "report folder"),
        path("--metrics", "metrics.json to write"),
    )
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run a subcommand; a user's mistake is one line per problem and status 2."""
    return run.to_a_reader(lambda: run.call(parsed(arguments)))


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    args = parser().parse_args(arguments)
    if args.command == "train" and not (args.spec or (args.config and args.model)):
        parser().error("train needs --config and --model, or --spec")
    return args


if __name__ == "__main__":
    sys.exit(main())
