"""The chain from end to start: report and figures from tables, tables from scores, scores from
samples and weights, samples from weights and seeds, and the first steps of training from the seed.

Every link runs the pipeline's own subcommand on what the results hold, by this checkout's code
alone: no notebook, script or weight of theirs is carried out.
"""

import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from acgan.io.errors import UserError
from acgan.io.files import read_json
from acgan.report.all_samples import FOLDER
from acgan.report.build import build
from acgan.samples import FILES as SAMPLE_FILES
from acgan.tables.wanted import Wanted
from acgan.verify import training
from acgan.verify.files import DIFFERS, NOT_HERE, Finding, compared
from acgan.verify.place import Place, run

COVERED = (
    "report/index.html (but for its provenance), summary.json, metrics.json and the report's "
    "copies of figures and tables",
    "figures: picture, data, numbers and notebook of every item",
    "tables and the sheets of pictures",
    "of the models that are drawn: scores, samples, and the first steps of training.csv",
)
UNCOVERED = (
    "D's weights, the judges, the groups of classes, packed data, and models that were not drawn",
    "later rows of training.csv and trajectory.csv, timing.csv, what provenance.json says",
    "scores of training images and of held-out images",
)
Told = Callable[[Finding], None]


def links(place: Place, models: Sequence[str], root: Path) -> Iterator[Finding]:
    """Each file that the chain covers, from its end to its start; `root` is this checkout."""
    yield from report(place)
    yield from figures(place, root)
    yield from tables(place)
    for model in models:
        yield from scores(place, model)
        yield from samples(place, model)
        yield from training.first_steps(place, model)


def remade(
    place: Place, link: str, paths: Iterable[str], inputs: Iterable[str], act: Callable[[], None]
) -> Iterator[Finding]:
    """What `act` makes again at made/<path>, beside the given files."""
    paths = list(paths)
    if missing := place.there(*inputs):
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        said = f"{place.file(missing[0])}{more} is not at hand"
        yield from (Finding(link, place.file(path), NOT_HERE, said) for path in paths)
        return
    try:
        act()
    except UserError as error:
        said = str(error).splitlines()[0]
        yield from (Finding(link, place.file(path), DIFFERS, said) for path in paths)
        return
    for path in paths:
        yield compared(link, place.file(path), place.theirs(path), place.made(path))


# ---- report


def report(place: Place) -> Iterator[Finding]:
    """Made again of the given figures and tables."""
    link = "report from figures and tables"
    figures = place.results / "figures"
    figures.symlink_to(place.given / "figures")
    out, metrics = place.made("report"), place.made("metrics.json")
    if (place.given / FOLDER).is_dir():  # of all samples, beside the report
        out.parent.mkdir(parents=True, exist_ok=True)
        (out.parent / FOLDER).symlink_to(place.given / FOLDER)
    try:
        build(place.results / "config.json", place.results, out, metrics)
    except UserError as error:
        yield Finding(link, "report", NOT_HERE, str(error).splitlines()[0])
        return
    finally:
        figures.unlink()
    yield compared(link, "metrics.json", place.given / "metrics.json", metrics)
    names = ["summary.json"]
    for part in ("figures", "tables", "curves", "explore"):
        names += [
            p.relative_to(out).as_posix() for p in sorted((out / part).rglob("*")) if p.is_file()
        ]
    for name in names:
        theirs, ours = place.given / "report" / name, out / name
        if name == "summary.json":
            theirs, ours = (without_commit(place, p, n) for n, p in enumerate((theirs, ours)))
        yield compared(link, f"report/{name}", theirs, ours)
    yield page(link, place.given / "report/index.html", out / "index.html")


def without_commit(place: Place, path: Path, number: int) -> Path:
    """A summary without what says by which commit it was made."""
    from acgan.io.files import write_json

    copy = place.made(f"{number}/summary.json")
    if path.is_file():
        write_json(copy, {k: v for k, v in read_json(path).items() if k != "commit"})
    return copy


def page(link: str, theirs: Path, ours: Path) -> Finding:
    """The page itself, without what says who made it where."""
    if not theirs.is_file():
        return Finding(link, "report/index.html", DIFFERS, "it is missing")
    one, two = (content(p.read_text(encoding="utf-8")) for p in (theirs, ours))
    if one == two:
        return Finding(link, "report/index.html", "same bytes", "but for its provenance")
    lines = zip(one.splitlines(), two.splitlines(), strict=False)
    at = next((n for n, (a, b) in enumerate(lines, 1) if a != b), 0)
    return Finding(link, "report/index.html", DIFFERS, f"line {at}")


def content(html: str) -> str:
    """A page without its style and script, its provenance, and which code made the models."""
    html = re.sub(r"<(style|script)>.*?</\1>", "", html, flags=re.DOTALL)
    html = re.sub(r'<section id="provenance">.*?</section>', "", html, flags=re.DOTALL)
    html = re.sub(r'<p class="warning" id="other-code">.*?</p>', "", html, flags=re.DOTALL)
    return html.replace(' <b class="yes">other code</b>', "")


# ---- figures and tables


def figures(place: Place, root: Path) -> Iterator[Finding]:
    """Drawn again from the given tables by this checkout's notebooks."""
    e = place.experiment
    for item, entry in e.items.items():
        paths, notebook = e.figure(item), root / "notebooks" / entry.part / f"{item}.py"
        out = Path(paths[0]).parent

        def act(item: str = item, notebook: Path = notebook, out: Path = out) -> None:
            tables, failed = f"{e.results}/tables", place.made(f"{item}.ipynb")
            arguments = ["--notebook", notebook, "--config", e.resolved, "--tables", tables]
            run("figure", *arguments, "--out", out, "--failed", failed)
            place.made(str(out)).parent.mkdir(parents=True, exist_ok=True)
            shutil.move(out, place.made(str(out)))

        inputs = [*e.figure_tables(item), *e.figure_sheets(item)]
        yield from remade(place, "figures from tables", paths, inputs, act)


def tables(place: Place) -> Iterator[Finding]:
    """Merged again from the given scores, and sheets from the given samples."""
    e = place.experiment
    for w in e.tables:
        path = e.table(w)
        inputs = e.table_inputs(w)
        yield from remade(
            place, "tables from scores", [path], [*inputs, e.index(w.suite)], merged(place, w)
        )
    for w in [*e.sheets, *e.albums]:
        suite, paths = str(w.suite), e.sheet(w)
        yield from remade(
            place,
            "sheets from samples",
            paths,
            [*e.sheet_inputs(w), e.index(suite)],
            on_sheets(place, w),
        )


def merged(place: Place, w: Wanted) -> Callable[[], None]:
    e = place.experiment
    of = ["--suite", w.suite] if w.suite else []
    data, out = Path(e.index(w.suite)).parent, place.made(e.table(w))
    told = ["--config", e.resolved, "--data", data, "--out", out, "--inputs", *e.table_inputs(w)]
    return lambda: run("table", w.name, *of, *told)


def on_sheets(place: Place, w: Wanted) -> Callable[[], None]:
    e = place.experiment
    first, *files = map(place.made, e.sheet(w))
    data = Path(e.index(w.suite)).parent
    told = ["--suite", w.suite, "--config", e.resolved, "--data", data, "--out", first]
    return lambda: run("sheet", w.name, *told, "--sheets", *files, "--inputs", *e.sheet_inputs(w))


# ---- of a model


def scores(place: Place, model: str) -> Iterator[Finding]:
    """Taken again from the given samples and weights."""
    e = place.experiment
    suite, _, name = model.partition("/")
    metrics, folder = e.metrics(suite), e.scores(suite).replace("{model}", name)
    judge, features, heldout = e.judge_of(suite), e.score_features(suite), e.score_heldout(suite)
    try:
        weights = e.weights(judge)
    except UserError as error:
        yield Finding("scores from samples", f"scores/{model}", NOT_HERE, str(error))
        return
    arguments: list[object] = ["--config", e.resolved, "--models", model, "--metrics", *metrics]
    arguments += ["--sides", *e.accuracy_sides(suite), "--weights", f"{e.results}/models"]
    arguments += ["--samples", f"{e.results}/samples", "--groups", e.groups(suite)]
    arguments += ["--data", e.packed(suite), "--out", place.made(f"{e.results}/scores")]
    arguments += ["--judge-weights", weights] if weights else []
    arguments += ["--real-features", features] if features else []
    inputs = [e.index(suite), e.groups(suite), f"{e.results}/samples/{model}/{SAMPLE_FILES[0]}"]
    inputs += [f"{e.results}/models/{model}/provenance.json"]
    inputs += [str(p) for p in (weights, features, heldout) if p]
    paths = [f"{folder}/{metric}.csv" for metric in metrics]
    yield from remade(place, "scores from samples", paths, inputs, lambda: run("score", *arguments))


def samples(place: Place, model: str) -> Iterator[Finding]:
    """Drawn again from the given weights and the model's seed."""
    e = place.experiment
    suite, _, name = model.partition("/")
    out, folder = place.made(f"{e.results}/samples"), f"{e.results}/models/{model}"
    arguments = ["--config", e.resolved, "--models", model, "--weights", f"{e.results}/models"]
    paths = e.of_models(e.samples(suite), [name], SAMPLE_FILES)
    yield from remade(
        place,
        "samples from weights and seeds",
        paths,
        [f"{folder}/weights.safetensors"],
        lambda: run("sample", *arguments, "--out", out),
    )
