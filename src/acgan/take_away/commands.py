"""Subcommands: pictures and nets to take home."""

import argparse
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from acgan.io.command import command, path, positive
from acgan.io.errors import UserError

if TYPE_CHECKING:
    from acgan.take_away.generator import Generator

RESULTS_OF = path(
    "results", "results/<experiment>, as it lies after a run", nargs="?", default=None
)
WEIGHTS = path("--weights", "a weights file alone, in place of results", default=None)
SPEC = path(
    "--spec",
    "of a weights file that does not say what it holds: the model's provenance.json, or what "
    "`acgan config spec` printed",
    default=None,
)
DEVICE = ("--device", {"default": "auto", "help": "cpu, cuda, ...; default: a GPU if there is one"})


def seeds(text: str) -> list[int]:
    """0-49, or 3, or 0-9,20,30-39."""
    found: list[int] = []
    for part in text.split(","):
        if not re.fullmatch(r"\d+(-\d+)?", part.strip()):
            raise argparse.ArgumentTypeError(
                f"{text} is no list of seeds, as 0-49 or 3,5,8; they begin at 0"
            )
        first, _, last = part.strip().partition("-")
        if max(len(first), len(last)) > 18:
            raise argparse.ArgumentTypeError(f"{part}: a seed has 18 digits at most")
        if int(last or first) < int(first):
            raise argparse.ArgumentTypeError(f"{part} counts down; write {last}-{first}")
        if int(last or first) - int(first) >= 10_000_000:
            raise argparse.ArgumentTypeError(f"{part}: ten million seeds at most")
        found += range(int(first), int(last or first) + 1)
    return found


@command(
    "generate",
    "draw pictures by trained generators into files",
    RESULTS_OF,
    ("--suite", {"help": "whose models; default: the first of results"}),
    ("--model", {"nargs": "+", "metavar": "ID", "help": "as g000; default: those of the classes"}),
    WEIGHTS,
    SPEC,
    (
        "--class",
        {
            "nargs": "+",
            "dest": "classes",
            "metavar": "CLASS",
            "help": "by name, id or, where ids are no numbers, number; default: all",
        },
    ),
    (
        "--count",
        {"type": positive(int), "help": "pictures of each class; default: 10, or one a seed"},
    ),
    (
        "--seeds",
        {
            "type": seeds,
            "metavar": "0-49",
            "help": "a picture for each: it follows from model, class and seed alone, and its "
            "file says so",
        },
    ),
    (
        "--interpolate",
        {
            "action": "store_true",
            "help": "straight lines in the latent, from each seed to the next, side by side",
        },
    ),
    (
        "--steps",
        {"type": positive(int), "help": "pictures of a line of --interpolate; default: 10"},
    ),
    (
        "--fixed-latent",
        {
            "action": "store_true",
            "help": "the same latents for all classes of a model (with --seeds they always are)",
        },
    ),
    (
        "--format",
        {
            "choices": ("files", "folders", "sheet", "npz"),
            "default": "files",
            "help": "PNG files; the same in a folder for each class, as torchvision's ImageFolder "
            "reads them; one sheet (.png); or one .npz with images, labels, classes (the labels' "
            "ids), class_names, models and names",
        },
    ),
    path("--out", "folder, or file of a sheet or npz; nothing in it is overwritten"),
    DEVICE,
)
def generate(args: argparse.Namespace) -> None:
    from acgan.take_away.generate import Wanted, generate

    if args.steps and not args.interpolate:
        raise UserError("--steps says how many pictures a line of --interpolate has")
    if args.steps == 1:
        raise UserError("--steps: a line has two pictures at least")
    if args.seeds is not None and args.count is not None:
        raise UserError("--count or --seeds, not both: seeds say how many")
    if len(set(args.seeds or [])) < len(args.seeds or []):
        raise UserError("--seeds names a seed twice")
    count = (args.count or 10) + bool(args.interpolate)
    steps = (args.steps or 10) if args.interpolate else 0
    wanted = Wanted(args.seeds, count, args.fixed_latent, steps)
    if wanted.columns < 1:
        raise UserError("--interpolate goes from each seed to the next: name two at least")
    chosen = chosen_models(args)
    for source, _ in chosen:
        if wanted.seeds is not None or steps:
            source.check_seeds(wanted.seeds or [])
    print(generate(chosen, wanted, args.format, args.out))


def chosen_models(args: argparse.Namespace) -> "list[tuple[Generator, list[int]]]":
    """The generators that are asked for, with the labels of their classes. Raises UserError where
    none fits.
    """
    from acgan.take_away.generator import of_file
    from acgan.take_away.models import of_suite

    if (args.results is None) == (args.weights is None):
        raise UserError("name results/<experiment>, or --weights FILE")
    if args.weights:
        if args.suite or args.model:
            raise UserError("--suite and --model choose among results; a weights file is one model")
        source = of_file(args.weights, args.spec, args.device)
        asked = args.classes or range(len(source.rows))
        rows = [source.row_of(c) for c in asked] if args.classes else list(asked)
        return [(source, list(dict.fromkeys(rows)))]
    return of_suite(args.results, args.suite, args.model, args.classes, args.device)


@command(
    "export",
    "write a trained generator for other runtimes",
    RESULTS_OF,
    ("--model", {"help": "suite/id, as main_32/g000"}),
    WEIGHTS,
    SPEC,
    path("--onnx", "the file to write, as g000.onnx"),
)
def export(args: argparse.Namespace) -> None:
    from acgan.take_away.generator import load, of_file
    from acgan.take_away.onnx import export

    if (args.results is None) == (args.weights is None):
        raise UserError("name results/<experiment> and --model, or --weights FILE")
    source = (
        of_file(args.weights, args.spec, "cpu")
        if args.weights
        else load(args.results, args.model, device="cpu")
    )
    print(export(source, Path(args.onnx)))


def iso_date(text: str) -> date:
    """2026-01-31."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no date, as 2026-01-31") from None


@command(
    "bundle",
    "pack results for a paper's supplement or an archive: a Workflow Run RO-Crate",
    RESULTS_OF,
    path("--out", "a new folder, or a new .zip; default: <experiment>-crate", default=None),
    (
        "--weights",
        {
            "choices": ("none", "generators", "all"),
            "default": "none",
            "help": "which weights it holds: none (default), of each trained model the generator, "
            "or all that were trained, judges too",
        },
    ),
    ("--date", {"type": iso_date, "help": "of publication, as 2026-01-31; default: today's (UTC)"}),
    path("--check", "compare a bundle, folder or .zip, with its checksums", default=None),
)
def bundle(args: argparse.Namespace) -> int:
    from acgan.take_away.bundle import bundle
    from acgan.take_away.bundle_check import check

    if (args.results is None) == (args.check is None):
        raise UserError("name results/<experiment>, or --check a bundle")
    if args.check:
        return check(args.check)
    out = args.out or Path(f"{args.results.resolve().name}-crate")
    print(bundle(args.results, out, args.weights, args.date or datetime.now(UTC).date()))
    return 0
