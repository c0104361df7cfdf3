"""Subcommands: train one model, or several at once."""

import argparse
from collections.abc import Callable

from acgan.config.reading import read_spec
from acgan.io.command import CONFIG, DATA, GROUPS, SUITE, answered, command, path, required
from acgan.io.errors import UserError

CARRYING_OUT = (
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
        {"type": int, "metavar": "N", "help": "give up after N starts in a row without progress"},
    ),
    (
        "--record-divergence",
        {
            "action": "store_true",
            "help": "a run that diverges ends with status 0 instead of 3: its "
            "outcome is on record, and the other models go on",
        },
    ),
    path("--frozen-judge", "weights of the judge that the model learns by", default=None),
    ("--wait", {"action": "store_true", "help": "wait if another trainer holds the folder"}),
)


@command(
    "train",
    "train one model; repeating the command goes on where it stopped",
    path("--config", CONFIG[1]["help"], default=None),
    ("--model", {"help": "suite/id, as in main_32/g000"}),
    path(
        "--spec", "instead of --config and --model: what `acgan config spec` printed", default=None
    ),
    DATA,
    GROUPS,
    path("--out", "folder of the model"),
    path("--resume", "go on from this checkpoint; refused if another config made it", default=None),
    *CARRYING_OUT,
)
def train(args: argparse.Namespace) -> int | None:
    if not (args.spec or (args.config and args.model)):
        raise UserError("train needs --config and --model, or --spec")
    if args.spec and args.frozen_judge:
        raise UserError("--frozen-judge needs --config and --model, which name the judge")
    from acgan.groups.grouping import classes_of
    from acgan.io.files import read_json
    from acgan.training import choice
    from acgan.training.loop import DIVERGED, train
    from acgan.training.reuse import taken_over
    from acgan.training.run import FrozenJudge, Runtime

    judge, snapshots, reuse, speedups_file = None, [], [], None
    if args.spec:
        spec, runtime = read_json(args.spec), Runtime()
    else:
        config, spec = read_spec(args.config, args.model)
        carried = dict(config["runtime"])
        reuse = carried.pop("reuse")
        runtime = Runtime(**carried)
        snapshots = config["suites"][spec["suite"]]["snapshots"]
        if args.config.name == "config.json":  # the resolved one, in the experiment's results
            speedups_file = args.config.with_name(choice.FILE)
        if args.frozen_judge:
            name = spec["objective"]["judge"]
            judge = FrozenJudge(name, config["judges"][name], args.frozen_judge)
    runtime = runtime._replace(
        device=args.device or runtime.device,
        time_budget=args.time_budget,
        wait=args.wait,
        resume=args.resume,
        requeue=args.requeue,
        starts=args.starts,
    )
    class_ids = classes_of(args.groups, spec)
    weights = args.frozen_judge
    if taken_over(spec, args.data, class_ids, args.out, reuse, weights, snapshots):
        return 0
    status = train(spec, args.data, class_ids, args.out, runtime, judge, snapshots, speedups_file)
    return 0 if status == DIVERGED and args.record_divergence else status


@command(
    "train-together",
    "train several models of a suite at once, a process each",
    CONFIG,
    SUITE,
    required("--models", "their ids", nargs="+", metavar="ID"),
    DATA,
    GROUPS,
    path("--out", "folder of the suite; each model gets one in it"),
    *CARRYING_OUT,
)
def train_together(args: argparse.Namespace) -> int:
    from acgan.training.parallel import train_together
    from acgan.training.signals import started_seconds_ago

    if args.time_budget:  # each process counts from its own start
        args.time_budget -= started_seconds_ago()

    def trainer(model: str) -> Callable[[], int]:
        own = {"model": f"{args.suite}/{model}", "out": args.out / model}
        own |= {"spec": None, "resume": None}
        own |= {"requeue": False}  # the job is queued again as a whole
        return lambda: answered(lambda: train(argparse.Namespace(**{**vars(args), **own})))

    return train_together({model: trainer(model) for model in args.models}, args.requeue)
