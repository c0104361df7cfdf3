"""Pictures of trained generators as files: `acgan generate results/demo --suite main_32 --class
seven --count 50 --out pictures/`.

Pictures are drawn and written batch by batch, so that memory does not grow with their number. A
folder takes up where it was left; of a picture that is there, nothing is drawn or overwritten.
"""

import json
import re
import shutil
import time
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from PIL import Image

from acgan.io.errors import UserError
from acgan.io.files import replacing, sha256_of
from acgan.io.words import counted
from acgan.take_away.generator import Generator

BATCH = 50  # pictures of a count that are drawn at once
FORMATS = ("files", "folders", "sheet", "npz")
ASKED = "pictures.json"  # in a folder: what it was made from
SMALLEST_FILE = 4096  # bytes that a file takes of a disk
LARGEST_SHEET = 100_000_000  # pixels, of which each takes three bytes of memory


class Wanted(NamedTuple):
    """What is asked for."""

    seeds: Sequence[int] | None  # or
    total: int  # so many, by latents of the model's own
    fixed: bool = False  # the same latents for all classes (seeds always have that)
    steps: int = 0  # pictures of a line between neighbouring latents; 0: no lines

    @property
    def columns(self) -> int:
        """How many pictures, or lines, each class has."""
        many = self.total if self.seeds is None else len(self.seeds)
        return many - bool(self.steps)


class Picture(NamedTuple):
    """One picture, or a line of them side by side, to be written."""

    source: Generator
    label: int
    column: int
    called: str  # what tells it from others of its class: seed_000007, number_000007
    image: np.ndarray | None  # uint8 (height, width, 3); None: it is there already


def pictures(
    source: Generator, labels: Sequence[int], wanted: Wanted, there: Iterable[str] = ()
) -> Iterator[Picture]:
    """All pictures of some classes, class by class; what is `there` by the stem of its file is not
    drawn.
    """
    skipped = set(there)
    for label in labels:
        if wanted.steps:
            yield from lines(source, label, wanted, skipped)
        elif wanted.seeds is not None:
            yield from by_seed(source, label, wanted.seeds, skipped)
        else:
            yield from by_number(source, label, wanted, skipped)


def by_seed(
    source: Generator, label: int, seeds: Sequence[int], there: set[str]
) -> Iterator[Picture]:
    names = [f"seed_{seed:06d}" for seed in seeds]
    missing = [s for s, n in zip(seeds, names, strict=True) if stem(source, label, n) not in there]
    drawn = dict.fromkeys(missing)
    images = source.of_seeds(label, list(drawn))
    for column, (seed, name) in enumerate(zip(seeds, names, strict=True)):
        yield Picture(source, label, column, name, next(images) if seed in drawn else None)


def by_number(source: Generator, label: int, wanted: Wanted, there: set[str]) -> Iterator[Picture]:
    """By latents that follow from the model's seed: batch k holds the numbers from BATCH * k on,
    and is always drawn whole.
    """
    from acgan.samples import draw

    purpose, row = ("generate/fixed", 0) if wanted.fixed else ("generate", label)
    for start in range(0, wanted.total, BATCH):
        numbers = range(start, min(start + BATCH, wanted.total))
        names = [f"number_{n:06d}" for n in numbers]
        if all(stem(source, label, name) in there for name in names):
            yield from (Picture(source, label, n, f"number_{n:06d}", None) for n in numbers)
            continue
        of = source.spec, purpose, row, BATCH, start // BATCH
        images = source.drawn(label, draw.latents(*of), draw.codes(*of))
        for number, name, image in zip(numbers, names, images, strict=False):
            known = stem(source, label, name) in there
            yield Picture(source, label, number, name, None if known else image)


def lines(source: Generator, label: int, wanted: Wanted, there: set[str]) -> Iterator[Picture]:
    """From each seed to the next, the pictures side by side."""
    seeds = range(wanted.total) if wanted.seeds is None else wanted.seeds
    for column, (first, last) in enumerate(pairwise(seeds)):
        name = f"seeds_{first:06d}_to_{last:06d}"
        if stem(source, label, name) in there:
            yield Picture(source, label, column, name, None)
            continue
        drawn = source.line(label, first, last, wanted.steps)
        yield Picture(source, label, column, name, np.concatenate(list(drawn), 1))


def safe(name: str) -> str:
    """What of a class's name may stand in a file's: no separator, no dot, no blank."""
    return re.sub(r"[^A-Za-z0-9-]+", "_", name).strip("_")[:40]


def class_part(source: Generator, label: int) -> str:
    """The number of a class and what of its name a file's may bear."""
    return "_".join(filter(None, [f"{label:03d}", safe(source.rows[label][1])]))


def class_folder(source: Generator, label: int) -> str:
    """A folder for each class of all models: its id tells it from one of the same name."""
    class_id = source.rows[label][0]
    own = class_id if safe(class_id) == class_id else sha256(class_id.encode()).hexdigest()[:8]
    return f"{own}_{safe(source.rows[label][1])}".strip("_")


def stem(source: Generator, label: int, name: str) -> str:
    """A picture's file, without its ending: model, class and seed."""
    return f"{source.name.replace('/', '_')}_{class_part(source, label)}_{name}"


def place(out: Path, form: str, picture: Picture) -> Path:
    """The file of a picture."""
    folder = out
    if form == "folders":
        folder = out / class_folder(picture.source, picture.label)
    return folder / f"{stem(picture.source, picture.label, picture.called)}.png"


def generate(
    chosen: Sequence[tuple[Generator, Sequence[int]]], wanted: Wanted, form: str, out: Path
) -> str:
    """Write the pictures of some classes of some models; says what was done. Raises UserError
    rather than to overwrite.
    """
    from tqdm import tqdm

    total = sum(len(labels) for _, labels in chosen) * wanted.columns
    if form != "sheet":
        check_room(out, form, total, max(s.spec["side"] ** 2 for s, _ in chosen), wanted.steps)
    asked = described(chosen, wanted, form)
    began, drawn, there = time.perf_counter(), 0, 0
    known = stems_there(out, asked) if form in ("files", "folders") else set()
    with tqdm(total=total, unit="picture", disable=None) as bar:

        def told() -> Iterator[Picture]:
            nonlocal drawn, there
            for source, labels in chosen:
                for picture in pictures(source, labels, wanted, known):
                    yield picture
                    bar.update()
                    drawn += picture.image is not None
                    there += picture.image is None
                source.forget()

        if form == "npz":
            write_npz(out, chosen, wanted, told())
        elif form == "sheet":
            write_sheet(out, chosen, wanted, told())
        else:
            for picture in told():
                if picture.image is not None:
                    file = place(out, form, picture)
                    with replacing(file) as temporary:
                        Image.fromarray(picture.image).save(temporary, "PNG")
    seconds = time.perf_counter() - began
    images = drawn * max(1, wanted.steps)
    said = f"wrote {out}: {counted(drawn, 'line' if wanted.steps else 'picture')}"
    said += f", {there:,} were there already" if there else ""
    return f"{said}; {images / seconds:,.0f} images/s"


def check_room(out: Path, form: str, total: int, pixels: int, steps: int) -> None:
    """Raise UserError for more pictures than the disk has room for."""
    image = 3 * pixels * max(1, steps)
    needed = total * (image if form == "npz" else max(SMALLEST_FILE, image // 2))
    place = next(p for p in (out, *out.absolute().parents) if p.exists())
    free = shutil.disk_usage(place).free
    if needed > free:
        raise UserError(
            f"{counted(total, 'picture')} take some {needed / 1e9:,.0f} GB, and {place} has "
            f"{free / 1e9:,.0f} GB left; ask for fewer"
        )


def described(
    chosen: Sequence[tuple[Generator, Sequence[int]]], wanted: Wanted, form: str
) -> dict[str, Any]:
    """What a folder's pictures follow from, whatever was asked for of them."""
    return {
        "models": {source.name: sha256_of(source.file) for source, _ in chosen},
        "format": form,
        "latents": "seeds" if wanted.seeds is not None or wanted.steps else "numbers",
        "fixed": wanted.fixed,
        "steps": wanted.steps,
        "device": sorted({source.device.partition(":")[0] for source, _ in chosen}),
    }


def stems_there(out: Path, asked: dict[str, Any]) -> set[str]:
    """The pictures that a folder has of the same models. Raises UserError for a folder with other
    content.
    """
    if out.exists() and not out.is_dir():
        raise UserError(f"{out} is a file, and nothing is overwritten; name another folder")
    file = out / ASKED
    if file.is_file():
        try:
            theirs = json.loads(file.read_text(encoding="utf-8"))
            same = theirs == asked
            odd = ", ".join(f"other {key}" for key in asked if theirs.get(key) != asked[key])
        except (ValueError, AttributeError):
            same, odd = False, "no such list"
        if not same:
            raise UserError(
                f"{out} holds pictures of other models or of another kind ({file}: they have "
                f"{odd}), and nothing is overwritten; name another folder"
            )
        return {p.stem for p in out.rglob("*.png")}
    if out.is_dir() and any(out.iterdir()):
        raise UserError(f"{out} is not empty, and nothing is overwritten; name another folder")
    with replacing(file) as temporary:
        temporary.write_text(json.dumps(asked, indent=1) + "\n", encoding="utf-8")
    return set()


def new_file(out: Path, ending: str) -> Path:
    """The one file of a sheet or an npz. Raises UserError where there is one."""
    if out.suffix != ending:
        raise UserError(f"--out {out}: for this format name a file that ends in {ending}")
    if out.exists():
        raise UserError(f"{out} is there, and nothing is overwritten; name another file")
    return out


def write_sheet(
    out: Path,
    chosen: Sequence[tuple[Generator, Sequence[int]]],
    wanted: Wanted,
    drawn: Iterable[Picture],
) -> None:
    """One PNG: a row for each class, a column for each picture; of lines a row each."""
    new_file(out, ".png")
    side = max(source.spec["side"] for source, _ in chosen)
    rows, columns = sum(len(labels) for _, labels in chosen), wanted.columns
    if wanted.steps:
        rows, columns = rows * columns, wanted.steps
    if rows * columns * side**2 > LARGEST_SHEET:
        raise UserError(
            f"a sheet of {rows} x {columns} pictures of {side} pixels is too large; ask for fewer, "
            f"or for --format files"
        )
    sheet = np.full((rows * side, columns * side, 3), 255, np.uint8)
    for number, picture in enumerate(drawn):
        row, column = (number, 0) if wanted.steps else divmod(number, columns)
        image = picture.image
        assert image is not None
        top, left = row * side, column * side
        sheet[top : top + image.shape[0], left : left + image.shape[1]] = image
    with replacing(out) as temporary:
        Image.fromarray(sheet).save(temporary, "PNG")


def write_npz(
    out: Path,
    chosen: Sequence[tuple[Generator, Sequence[int]]],
    wanted: Wanted,
    drawn: Iterable[Picture],
) -> None:
    """An npz as other tools read it: images uint8 (N, side, side, 3), labels (N,) among all classes
    of the file, classes (the ids) and class_names in the order of labels, models and names (N,).
    Images go to the disk as they come.
    """
    new_file(out, ".npz")
    sides = {source.spec["side"] for source, _ in chosen}
    if len(sides) > 1:
        raise UserError("models of one side at a time")
    side, total = sides.pop(), sum(len(labels) for _, labels in chosen) * wanted.columns
    shape = (total, side, side * max(1, wanted.steps), 3)
    labels, models, names = [], [], []
    rows = dict.fromkeys(source.rows[label] for source, own in chosen for label in own)
    places = {row: number for number, row in enumerate(rows)}
    with (
        replacing(out) as temporary,
        zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive,
    ):
        with archive.open("images.npy", "w", force_zip64=True) as handle:
            head: dict[str, Any] = {"descr": "|u1", "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(handle, head)
            for picture in drawn:
                assert picture.image is not None
                handle.write(np.ascontiguousarray(picture.image).data)
                labels.append(places[picture.source.rows[picture.label]])
                models.append(picture.source.name)
                names.append(picture.called)
        for name, values in (
            ("labels", labels),
            ("classes", [class_id for class_id, _ in rows]),
            ("class_names", [name for _, name in rows]),
            ("models", models),
            ("names", names),
        ):
            with archive.open(f"{name}.npy", "w") as handle:
                write_array(handle, np.array(values))


def write_array(handle: IO[bytes], values: np.ndarray) -> None:
    np.lib.format.write_array(handle, values, allow_pickle=False)
