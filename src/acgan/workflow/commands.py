"""Subcommands about an experiment as a whole: what it needs, what it costs, how far it is."""

import argparse
from pathlib import Path

from acgan.config.reading import read_config
from acgan.declarations.architecture import SIDES
from acgan.io.command import CONFIG, RESULTS, command, path, positive
from acgan.io.errors import UserError


@command(
    "config pipeline",
    "write its DVC pipeline: pipelines/<experiment>/dvc.yaml",
    path("--config", "the experiment, from the project's root: config/own.yaml"),
)
def pipeline(args: argparse.Namespace) -> None:
    from acgan.config import loading
    from acgan.workflow import dvc_pipeline

    print(dvc_pipeline.write(loading.load([args.config]), args.config, Path()))


@command(
    "new",
    "look at a folder of pictures and write a config that fits this machine and the time given",
    path("folder", "with a sub-folder of pictures for each class"),
    ("--name", {"default": "own", "help": "of the experiment, and of config/<name>.yaml (own)"}),
    ("--minutes", {"type": positive(float), "default": 30.0, "help": "for the whole run (30)"}),
    ("--side", {"type": int, "choices": SIDES, "help": "of the images; default: what fits"}),
    ("--dry-run", {"action": "store_true", "help": "say what would be written, and write nothing"}),
)
def new(args: argparse.Namespace) -> None:
    from functools import partial

    from acgan.workflow.new import new

    say = partial(print, flush=True)
    new(args.folder, args.name, args.minutes, args.side, args.dry_run, say)


@command(
    "data check",
    "say which data and weights are there, which will be fetched, which are missing "
    "(exit status 2) and how to get them",
    CONFIG,
)
def data_check(args: argparse.Namespace) -> int:
    from acgan.workflow import preflight

    found = preflight.check(read_config(args.config))
    print("\n".join(preflight.lines(found)))
    return 2 if any(f.state == preflight.MISSING for f in found) else 0


@command(
    "plan",
    "say what an experiment costs: on this machine, by a few steps of each kind of model, and on a "
    "cluster: jobs, GPU-hours, disk, wall time, and by figure",
    CONFIG,
    RESULTS,
    ("--gpus", {"type": positive(int), "default": 16, "help": "at work at a time (16)"}),
    (
        "--tflops",
        {
            "type": positive(float),
            "default": 10.0,
            "help": "1e12 operations a second that a GPU reaches in these nets (10), where "
            "`acgan speed` has not measured it",
        },
    ),
    path(
        "--speed",
        "a file that `acgan speed` wrote; default: the latest of speed/, a GPU's before others",
        default=None,
    ),
    path(
        "--write-profile",
        "put what a job may take, minutes and memory with a margin, into this profile "
        "(profiles/slurm)",
        default=None,
    ),
)
def plan(args: argparse.Namespace) -> None:
    from acgan.speed import record
    from acgan.workflow import plan

    config = read_config(args.config)
    results = args.results or Path("results", config["experiment"])
    measured = record.read(args.speed)
    if args.write_profile:
        from acgan.workflow.resources import write

        for line in write(args.write_profile, config, results, measured):
            print(line)
        return
    for line in plan.lines_of_here(config, results):
        print(line, flush=True)
    for line in plan.lines(config, results, args.gpus, args.tflops, measured):
        print(line, flush=True)


@command(
    "clean states",
    "free the resume states of finished models; their weights stay, so that none is trained again",
    CONFIG,
    RESULTS,
    ("--dry-run", {"action": "store_true", "help": "say what would be freed, and free nothing"}),
)
def clean_states(args: argparse.Namespace) -> None:
    from acgan.workflow import clean

    config = read_config(args.config)
    results = args.results or Path("results", config["experiment"])
    print(clean.states(config, results, args.dry_run))


@command(
    "status",
    "say how far an experiment is, from its files alone",
    CONFIG,
    RESULTS,
    (
        "--watch",
        {"action": "store_true", "help": "draw it again and again, until all is there or Ctrl-C"},
    ),
    (
        "--every",
        {
            "type": positive(float),
            "default": 5.0,
            "metavar": "SECONDS",
            "help": "between two looks of --watch (5)",
        },
    ),
)
def status(args: argparse.Namespace) -> None:
    from acgan.speed import record
    from acgan.workflow import status

    config = read_config(args.config)
    if args.results and not args.results.is_dir():
        raise UserError(f"there is no folder {args.results}")
    results = args.results or Path("results", config["experiment"])
    if args.watch:
        from acgan.workflow.watch import watch

        watch(config, results, args.every)
        return
    print("\n".join(status.lines(config, results, record.read())))
