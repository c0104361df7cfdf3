"""Pictures for figures: `acgan sheet NAME --suite S --config C --inputs FILES --data DIR --out
NAME.csv --sheets NAME.webp`.

A sheet is one WebP of equal square tiles, lossless but for shrunk thumbnails, described by a CSV:
sheet, row, column, class, name, kind, side and what the figure prints. Figures read only these and
the tables, so real photographs are shown, blurred or left out *here* (`report.real_photos`), and
nothing downstream holds more than the sheets do.
"""

import math
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from PIL import Image

from acgan.config.resolve import Config, given, models, spec
from acgan.data import packed
from acgan.groups.grouping import read_groups
from acgan.io.errors import UserError
from acgan.io.files import replacing
from acgan.io.frames import WHOLE, read_frame
from acgan.systems import row_ids
from acgan.tables.reading import row_key

Tile = tuple[dict[str, Any], np.ndarray]  # what the CSV says of it, uint8 (side, side, 3)
COLUMNS = ("sheet", "row", "column", "class", "name", "kind")  # of every sheet's CSV
THUMBNAIL = 64  # pixels: the largest side of a shrunk tile
SMALL = 32  # pixels: of such tiles a lossless file is small


class Sheet(NamedTuple):
    """One sheet of a suite; its name is that of its function."""

    name: str
    make: Callable[["Sources"], list[Tile]]
    tables: tuple[str, ...]  # of the suite: one at least that says which models have scores
    arrays: tuple[str, ...]  # files of every model's samples
    models: tuple[str, ...]  # files in every model's folder
    restarts: bool  # whether of all restarts, or of the first alone
    files: Callable[[Config, str], int]  # WebP files, for a suite
    folder: str  # of the experiment; what figures read is in tables
    code: tuple[str, ...]  # files, beside its own, that it follows from
    thumbnails: bool  # its tiles are shrunk, so that it need not be lossless
    quality: int | None  # of WebP, for tiles above SMALL pixels that only the report's pages show

    @property
    def module(self) -> str:
        """Its file, from the package's folder."""
        return self.make.__module__.removeprefix("acgan.").replace(".", "/") + ".py"

    def paths(self, config: Config, suite: str) -> list[str]:
        """The CSV and the WebP files, below results/<experiment>/."""
        count = self.files(config, suite)
        numbers = [f"_{i}" for i in range(count)] if self.files is not one_file else [""]
        place = f"{self.folder}/{suite}/{self.name}"
        return [f"{place}.csv", *(f"{place}{number}.webp" for number in numbers)]


SHEETS: dict[str, Sheet] = {}


def one_file(config: Config, suite: str) -> int:
    """Most sheets are one file."""
    return 1


def sheet(
    *,
    tables: tuple[str, ...],
    arrays: tuple[str, ...] = ("samples_0",),
    models: tuple[str, ...] = (),
    restarts: bool = False,
    files: Callable[[Config, str], int] = one_file,
    folder: str = "tables",
    code: tuple[str, ...] = (),
    thumbnails: bool = False,
    quality: int | None = None,
) -> Callable[[Any], Any]:
    """Declare the function below as the sheet of its name."""

    def declared(make: Any) -> Any:
        SHEETS[make.__name__] = Sheet(
            make.__name__,
            make,
            tables,
            arrays,
            models,
            restarts,
            files,
            folder,
            code,
            thumbnails,
            quality,
        )
        return make

    return declared


class Sources:
    """The input files of a suite's sheet: tables by name, samples and training images by class."""

    def __init__(self, config: Config, suite: str, inputs: list[Path], data: Path):
        self.config, self.data, self.suite = config, data, suite
        self.tables = {
            p.stem: read_frame(p)
            for p in inputs
            if p.suffix == ".csv" and p.parent.parent.name == "tables"
        }
        groups = next(p for p in inputs if p.parent.name == "groups")
        self.groups = read_groups(groups)
        self.arrays = {(p.parent.name, p.stem): p for p in inputs if p.suffix == ".npy"}
        drawn = {model for model, _ in self.arrays} or set(self.groups)  # the first restarts alone
        # a model that diverged has no rows in any table, so none of its samples are shown
        own = [t.loc[t["suite"] == self.suite, "model"] for t in self.tables.values()]
        self.place = {
            self.key(m, row): (m, i)
            for m, ids in self.groups.items()
            if m in drawn
            for i, row in enumerate(self.rows(ids))
            if not own or m in set().union(*own)
        }
        self.folders = {p.parent.name: p.parent for p in inputs if p.name == "provenance.json"}
        self.index = {entry.id: entry for entry in packed.read_index(data)}
        self.names = {c: e.name for c, e in self.index.items()}
        self.names |= {c: c for c in self.place if c not in self.names}

    def rows(self, class_ids: list[str]) -> list[str]:
        """What the generator of a model of these classes can be asked for."""
        return row_ids(self.config["suites"][self.suite]["objective"]["system"], class_ids)

    def key(self, model: str, row: str) -> str:
        """A class; where the generators are given none, a row of a model's samples."""
        return row if given(self.config, self.suite) == "class" else row_key(model, row)

    @cached_property
    def seeds(self) -> dict[str, int]:
        """Of the suite's models, by name."""
        return {
            m.id: spec(self.config, self.suite, m.id)["seed"]
            for m in models(self.config, self.suite)
        }

    def generated(self, class_id: str, kind: str = "samples_0") -> np.ndarray:
        """All generated images of one class, uint8 (n, side, side, 3)."""
        model, position = self.place[class_id]
        return np.load(self.arrays[model, kind], mmap_mode="r", allow_pickle=False)[position]

    @property
    def shows_real(self) -> bool:
        """Whether training images may be seen at all, be it blurred."""
        return self.config["report"]["real_photos"] != "omit"

    def real(self, class_id: str, positions: Any) -> np.ndarray:
        """Training images as `report.real_photos` lets them be seen."""
        images = np.array(packed.load_class(self.data, self.index[class_id])[positions])
        mode = self.config["report"]["real_photos"]
        if mode == "omit":
            return np.full_like(images, 200)
        if mode == "blur":
            return np.stack([blurred(image) for image in images])
        return images

    def accuracy(self) -> pd.DataFrame:
        """Accuracy of the suite's classes at its own side, best first. Without a judge, the classes
        in the order of the groups.
        """
        if "accuracy_by_class" not in self.tables:
            unknown = [(model, c, math.nan) for c, (model, _) in self.place.items()]
            return pd.DataFrame(unknown, columns=["model", "class", "accuracy"])
        table = self.tables["accuracy_by_class"]
        own = (table["suite"] == self.suite) & (
            table["side"] == self.config["suites"][self.suite]["side"]
        )
        return table[own].sort_values(["accuracy", "class"], ascending=[False, True])

    def describe(self, class_id: str, kind: str, **more: Any) -> dict[str, Any]:
        return {"class": class_id, "name": self.names[class_id], "kind": kind, **more}

    def describe_sample(
        self,
        class_id: str,
        kind: str,
        sample: int,
        array: str = "samples_0",
        model: str = "",
        **more: Any,
    ) -> dict[str, Any]:
        """Of a generated image also its origin: samples/<suite>/<model>/<array>.npy at the class's
        place in the model and `sample`, and the model's seed, from which all follows. The model is
        that of `generated` if none is named.
        """
        model = model or self.place[class_id][0]
        origin = {"model": model, "array": array, "sample": int(sample), "seed": self.seeds[model]}
        return self.describe(class_id, kind, **more) | origin

    def describe_real(self, class_id: str, kind: str, number: int, **more: Any) -> dict[str, Any]:
        """Of a training image also its place in data/<dataset>/<side>/<class>.npy."""
        return self.describe(class_id, kind, **more) | {"training_image": int(number)}


def thumbnail(image: np.ndarray, most: int = THUMBNAIL) -> np.ndarray:
    """An image shrunk to `most` pixels, if it is larger."""
    if image.shape[0] <= most:
        return image
    return np.asarray(Image.fromarray(image).resize((most, most), Image.Resampling.LANCZOS))


def how(one: Sheet, side: int) -> dict[str, Any]:
    """How a sheet of a suite's side is compressed. Losslessly, ImageNet's thousand classes would be
    61 MB of thumbnails: so they are 16.
    """
    if one.quality is not None and side > SMALL:
        return {"quality": one.quality}
    return {"lossless": not one.thumbnails or side <= THUMBNAIL, "quality": 90}


def blurred(image: np.ndarray) -> np.ndarray:
    """An eighth of the resolution, enlarged back: colours and layout, but nothing to recognise."""
    picture, own = Image.fromarray(image), image.shape[:2]
    small = picture.resize((max(2, own[1] // 8), max(2, own[0] // 8)), Image.Resampling.BOX)
    return np.asarray(small.resize(own[::-1], Image.Resampling.BILINEAR))


def write_sheet(name: str, sources: Sources, out: Path, sheets: list[Path]) -> None:
    """Write the CSV and the WebP files of a sheet.

    One that has no tiles, since models diverged, is blank. Raises UserError when the tiles want
    more files.
    """
    tiles = SHEETS[name].make(sources) if sources.place else []
    wanted = 1 + max((about.get("sheet", 0) for about, _ in tiles), default=0)
    if wanted > len(sheets):
        raise UserError(f"the sheet {name} is {wanted} files, {len(sheets)} were named")
    side = tiles[0][1].shape[0] if tiles else sources.config["suites"][sources.suite]["side"]
    for number, path in enumerate(sheets):
        mine = [(about, image) for about, image in tiles if about.get("sheet", 0) == number]
        shape = [1 + max((a[axis] for a, _ in mine), default=0) for axis in ("row", "column")]
        canvas = np.full((shape[0] * side, shape[1] * side, 3), 255, np.uint8)
        for about, image in mine:
            top, left = about["row"] * side, about["column"] * side
            canvas[top : top + side, left : left + side] = image
        with replacing(path) as temporary:
            own = sources.config["suites"][sources.suite]["side"]
            Image.fromarray(canvas).save(temporary, "WEBP", **how(SHEETS[name], own))
    whole = {c: pd.Series([about.get(c) for about, _ in tiles], dtype="Int64") for c in WHOLE}
    table = pd.DataFrame(
        [{"sheet": 0} | about for about, _ in tiles], columns=None if tiles else COLUMNS
    )
    table = table.assign(**{c: v for c, v in whole.items() if c in table})
    table["sheet"] = table["sheet"].map(lambda i: sheets[i].name)
    table.insert(3, "side", side)
    with replacing(out) as temporary:
        table.to_csv(temporary, index=False)
