"""Results for a paper's supplement or an archive: `acgan bundle results/demo --out demo-crate.zip`.

A bundle lies like results/<experiment>, so that `acgan generate` draws from it, with the workflow
and the licence beside, and describes itself as a Workflow Run RO-Crate (bundle_crate.py). Training
images are in it as tables and report show them (report.real_photos); data/ is not. The same results
and the same date give the same bytes.
"""

import filecmp
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from acgan.config.reading import read_config
from acgan.config.resolve import Config, models
from acgan.config.spec import described
from acgan.io.errors import UserError
from acgan.io.files import disk_errors, replacing, sha256_of, write_text
from acgan.io.words import counted
from acgan.judges.kinds import KINDS
from acgan.report.build import replacing_folder
from acgan.report.sources import CHECKOUT
from acgan.take_away import bundle_crate
from acgan.take_away.bundle_check import MANIFEST, METADATA
from acgan.take_away.bundle_private import Rules, cleaned, private, rules

SOURCE = "report/source/"  # the code that made the report, as text
# Of this project and of Bokeh: what looks like a path in it is none of anybody's.
CODE = (SOURCE, "workflow/", "report/explore/bokeh.js")
SHOWN = 10  # problems
LEGAL = ("LICENSE", "CITATION.cff")
# The report's copies that are not the results' own files.
OWN_OF_REPORT = ("notebook.html", "config.json")
DENSE = (".png", ".safetensors", ".webp")  # nothing is won by packing these
EARLIEST = (1980, 1, 1, 0, 0, 0)  # of a zip file


def bundle(results: Path, out: Path, weights: str, published: date) -> str:
    """Write a folder or, where `out` ends in .zip, a file; says what it holds.

    Raises UserError where something is there already, missing, out of date, or private.
    """
    if out.exists():
        raise UserError(f"{out} is there, and nothing is overwritten; name another place")
    if not (results / "config.json").is_file():
        raise UserError(f"{results} is no results folder: it has no config.json")
    if out.suffix != ".zip":
        with replacing_folder(out) as folder:
            return f"wrote {out}: {fill(folder, results, weights, published)}"
    with disk_errors(out):
        out.parent.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as folder,
        replacing(out) as temporary,
    ):
        said = fill(Path(folder), results, weights, published)
        pack(Path(folder), temporary)
    return f"wrote {out}: {said}"


def fill(folder: Path, results: Path, weights: str, published: date) -> str:
    """Lay a bundle out in an empty folder; says what it holds."""
    config = read_config(results / "config.json")
    found = contents(results, config)
    check_whole(results, [*found.values(), *(chosen := weight_files(results, config, weights))])
    known = rules(config)
    changed: set[str] = set()
    problems: list[str] = []
    for place, source in found.items():
        before = source.read_bytes()
        after = clean(before, known)
        changed |= {place} if after != before else set()
        problems += told(place, after, known)
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_bytes(after)
    for source in chosen:
        target = folder / source.relative_to(results)
        target.parent.mkdir(parents=True, exist_ok=True)
        copy_weights(source, target, weights)
    bundle_crate.describe(folder, config, published, weights, changed)
    for place in (METADATA, bundle_crate.README):
        problems += told(place, (folder / place).read_bytes(), known)
    if problems:
        cure = f"take it out of {results}, or make the file again, then repeat the command"
        raise UserError("\n".join(f"{problem}; {cure}" for problem in problems[:SHOWN]))
    every = [(sha256_of(file), file.relative_to(folder).as_posix()) for file in files_in(folder)]
    write_text(folder / MANIFEST, "".join(f"{digest}  {place}\n" for digest, place in every))
    sizes = sum(file.stat().st_size for file in files_in(folder))
    of_weights = counted(len(chosen), "file") + " of weights" if chosen else "no weights"
    return f"{counted(len(every) + 1, 'file')}, {sizes / 1e6:.1f} MB, {of_weights}"


def files_in(folder: Path) -> list[Path]:
    """All files, sorted, but for what programs hide."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def contents(results: Path, config: Config) -> dict[str, Path]:
    """{place in the bundle: file} of all but the weights."""
    single = ["config.json", "metrics.json", "report/index.html"]
    for suite in config["suites"]:
        single += [f"models/{suite}/{m.id}/provenance.json" for m in models(config, suite)]
    found = {place: results / place for place in single}
    for top in ("report", "tables", "all_samples"):  # the last where it was asked for
        found |= {p.relative_to(results).as_posix(): p for p in files_in(results / top)}
    found["workflow/Snakefile"] = results / SOURCE / "workflow/Snakefile.txt"
    for file in files_in(results / SOURCE / "workflow"):
        place = file.relative_to(results / SOURCE).as_posix()
        found[place.removesuffix(".txt")] = file
    return dict(sorted((found | {name: CHECKOUT / name for name in LEGAL}).items()))


def weight_files(results: Path, config: Config, choice: str) -> list[Path]:
    """The weights that are chosen; of judges, those that are trained here."""
    if choice == "none":
        return []
    found = [
        results / "models" / suite / model.id / "weights.safetensors"
        for suite in config["suites"]
        for model in models(config, suite)
    ]
    judges = [n for n, j in config["judges"].items() if KINDS[j["kind"]].is_trained_here]
    if choice == "all":
        found += [results / "judges" / f"{name}.safetensors" for name in judges]
    return found


def check_whole(results: Path, files: list[Path]) -> None:
    """Raise UserError where a file is missing, or a figure or table is newer than the report."""
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
        raise UserError(
            f"{missing[0]} is missing{more}; `snakemake` makes it, `make pull` fetches it"
        )
    for copy in files_in(results / "report"):
        own = results / copy.relative_to(results / "report")
        if copy.name in OWN_OF_REPORT or not own.is_file():
            continue
        if not filecmp.cmp(copy, own, shallow=False):
            raise UserError(
                f"{own} is another file than the report's copy; make the report again with "
                f"`snakemake report`, then repeat the command"
            )


def clean(content: bytes, known: Rules) -> bytes:
    """A text without what the config says of places; anything else as it is."""
    try:
        return cleaned(content.decode("utf-8"), known).encode()
    except UnicodeDecodeError:
        return content


def told(place: str, content: bytes, known: Rules) -> Iterator[str]:
    """What a file tells that it must not."""
    if found := private(content, known, is_code=place.startswith(CODE)):
        yield f"{place} holds {found}"


def copy_weights(source: Path, target: Path, choice: str) -> None:
    """A weights file, or of it the generator alone with what the model is."""
    from safetensors import SafetensorError, safe_open
    from safetensors.torch import save

    from acgan.nets.weights import ABOUT, metadata
    from acgan.take_away.generator import about_model

    if choice == "all":
        shutil.copyfile(source, target)
        return
    try:
        with safe_open(source, "pt") as file:
            names = [name for name in file.keys() if name.startswith("generator.")]  # noqa: SIM118
            tensors = {name: file.get_tensor(name) for name in names}
            said = (file.metadata() or {}).get(ABOUT)
    except SafetensorError as error:
        raise UserError(f"{source} is no weights file: {str(error).splitlines()[0]}") from error
    if not tensors:
        raise UserError(f"{source} holds no generator")
    if said is None:  # as weights from before they did
        about = about_model(source.parent)
        said = described(about.spec, about.classes)
    target.write_bytes(save(tensors, metadata(said)))


def pack(folder: Path, target: Path) -> None:
    """A zip file of a folder's files that the clock has no part in."""
    with zipfile.ZipFile(target, "w") as archive:
        for file in files_in(folder):
            entry = zipfile.ZipInfo(file.relative_to(folder).as_posix(), EARLIEST)
            is_dense = file.suffix in DENSE
            entry.compress_type = zipfile.ZIP_STORED if is_dense else zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            entry.file_size = file.stat().st_size  # beyond 2 GB another form is needed
            with archive.open(entry, "w") as inside, open(file, "rb") as outside:
                shutil.copyfileobj(outside, inside, 1 << 20)
