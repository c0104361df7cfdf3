"""Pictures for figures: `acgan sheet NAME --config C --inputs FILES --data DIR --out NAME.csv
--sheets NAME.webp`.

A sheet is one WebP of equal square tiles, lossless but for shrunk thumbnails, described by a CSV:
sheet, row, column, class, name, kind, side and what the figure prints. Figures read only these and
the tables, so real photographs are shown, blurred or left out *here* (`report.real_photos`), and
nothing downstream holds more than the sheets do.
"""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from acgan.config.resolve import Config, models, spec
from acgan.data import packed
from acgan.groups.grouping import read_groups
from acgan.io.errors import UserError
from acgan.io.files import replacing
from acgan.io.frames import WHOLE, read_frame
from acgan.io.rng import numpy_generator

Tile = tuple[dict[str, Any], np.ndarray]  # what the CSV says of it, uint8 (side, side, 3)
PAPER_EXAMPLES = ("hot dog", "promontory", "granny smith", "artichoke")  # Figure 3
COLUMNS = ("sheet", "row", "column", "class", "name", "kind")  # of every sheet's CSV
ALBUM_SAMPLES, CLASSES_PER_SHEET, THUMBNAIL = 10, 100, 64


class Sources:
    """The input files of a sheet: tables by name, and samples and training images by class."""

    def __init__(self, config: Config, inputs: list[Path], data: Path):
        self.config, self.data = config, data
        self.suite = config["figures"]["high"]
        self.tables = {
            p.stem: read_frame(p)
            for p in inputs
            if p.suffix == ".csv" and p.parent.name == "tables"
        }
        groups = next(p for p in inputs if p.parent.name == "groups")
        # a model that diverged has no rows in any table, so none of its samples are shown
        own = [t.loc[t["suite"] == self.suite, "model"] for t in self.tables.values()]
        self.place = {
            c: (m, i)
            for m, ids in read_groups(groups).items()
            for i, c in enumerate(ids)
            if not own or m in set().union(*own)
        }
        self.arrays = {(p.parent.name, p.stem): p for p in inputs if p.suffix == ".npy"}
        self.index = {entry.id: entry for entry in packed.read_index(data)}
        self.names = {c: e.name for c, e in self.index.items()}

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
        """Accuracy of the suite's classes at its own side, best first."""
        table = self.tables["accuracy_by_class"]
        own = (table["suite"] == self.suite) & (
            table["side"] == self.config["suites"][self.suite]["side"]
        )
        return table[own].sort_values(["accuracy", "class"], ascending=[False, True])

    def describe(self, class_id: str, kind: str, **more: Any) -> dict[str, Any]:
        return {"class": class_id, "name": self.names[class_id], "kind": kind, **more}

    def describe_sample(
        self, class_id: str, kind: str, sample: int, array: str = "samples_0", **more: Any
    ) -> dict[str, Any]:
        """Of a generated image also its origin: samples/<suite>/<model>/<array>.npy at the class's
        place in the model and `sample`, and the model's seed, from which all follows.
        """
        model = self.place[class_id][0]
        origin = {"model": model, "array": array, "sample": int(sample), "seed": self.seeds[model]}
        return self.describe(class_id, kind, **more) | origin

    def describe_real(self, class_id: str, kind: str, number: int, **more: Any) -> dict[str, Any]:
        """Of a training image also its place in data/<dataset>/<side>/<class>.npy."""
        return self.describe(class_id, kind, **more) | {"training_image": int(number)}


def blurred(image: np.ndarray) -> np.ndarray:
    """An eighth of the resolution, enlarged back: colours and layout, but nothing to recognise."""
    picture, own = Image.fromarray(image), image.shape[:2]
    small = picture.resize((max(2, own[1] // 8), max(2, own[0] // 8)), Image.Resampling.BOX)
    return np.asarray(small.resize(own[::-1], Image.Resampling.BILINEAR))


def selected_samples(s: Sources) -> list[Tile]:
    """Figure 1: nine samples of each of the five classes that the judge names best."""
    tiles = []
    for column, row in enumerate(s.accuracy().head(5).itertuples()):
        for i, image in enumerate(s.generated(row[3])[:9]):
            where = {"row": i // 3, "column": 3 * column + i % 3}
            tiles.append(
                (where | s.describe_sample(row[3], "generated", i, accuracy=row.accuracy), image)
            )
    return tiles


def resolutions(s: Sources) -> list[Tile]:
    """Figure 2, top: one real and one generated image of a class at each resolution, and the
    class's accuracies.
    """
    class_id = s.accuracy().iloc[0]["class"]
    zebra = [c for c in s.place if s.names[c] == "zebra"]
    class_id = zebra[0] if zebra else class_id
    from acgan.metrics.accuracy import resized_there_and_back

    table = s.tables["accuracy_by_class"].set_index(["suite", "class", "side"])["accuracy"]
    tiles = []
    for row, (kind, suite, image) in enumerate(
        [
            ("real", "real", s.real(class_id, [0])[0]),
            ("generated", s.suite, s.generated(class_id)[0]),
        ]
    ):
        for column, side in enumerate(s.config["scores"]["resolutions"]):
            measured = table[suite, class_id, side]
            where = {"row": row, "column": column}
            describe = s.describe_real if kind == "real" else s.describe_sample
            about = describe(class_id, kind, 0, resolution=side, accuracy=measured)
            tiles.append((where | about, resized_there_and_back(image, side)))
    return tiles


def examples(own: pd.DataFrame) -> list[Any]:
    """Four rows: the paper's classes where they are there, else spread from least to most alike."""
    first_names = own["name"].str.split(",").str[0].str.strip().str.lower()
    papers = [own[first_names == name] for name in PAPER_EXAMPLES]
    if all(len(found) for found in papers):
        return [found.iloc[0] for found in papers]
    spread = np.linspace(0, len(own) - 1, min(4, len(own))).round().astype(int)
    return [own.iloc[position] for position in spread]


def ms_ssim_examples(s: Sources) -> list[Tile]:
    """Figure 3: four classes (see `examples`), nine generated tiles above nine real ones."""
    table = s.tables["ms_ssim_by_class"]
    own = table[table["suite"] == s.suite].sort_values(["ms_ssim", "class"]).reset_index(drop=True)
    side = s.config["suites"][s.suite]["side"]
    real = table[(table["suite"] == "real") & (table["side"] == side)].set_index("class")
    tiles = []
    for block, row in enumerate(examples(own)):
        for kind, images, means, top in (
            ("generated", s.generated(row["class"])[:9], row, 0),
            ("real", s.real(row["class"], slice(9)), real.loc[row["class"]], 3),
        ):
            values = {k: means[k] for k in ("ms_ssim", "ms_ssim_std")}
            for i, image in enumerate(images):
                where = {"row": top + i // 3, "column": 3 * block + i % 3}
                describe = s.describe_real if kind == "real" else s.describe_sample
                tiles.append((where | describe(row["class"], kind, i, **values), image))
    return tiles


def random_samples(s: Sources) -> list[Tile]:
    """Figure 7, right: four samples drawn blindly, of four different classes where there are as
    many.
    """
    rng = numpy_generator(s.config["seed"], "random_samples")
    classes = rng.permutation(sorted(s.place))
    tiles = []
    for i in range(4):
        class_id = str(classes[i % len(classes)])
        images = s.generated(class_id)
        where = {"row": i // 2, "column": i % 2}
        number = int(rng.integers(len(images)))
        tiles.append((where | s.describe_sample(class_id, "generated", number), images[number]))
    return tiles


def nearest_images(s: Sources) -> list[Tile]:
    """Figure 8: samples of the best-named class, below each its nearest training image of the
    class and of the model, in L1 and by MS-SSIM.
    """
    table = s.tables["neighbours"]
    class_id = s.accuracy().iloc[0]["class"]
    chosen = table[table["class"] == class_id]
    samples = s.generated(class_id)
    tiles = []
    for row in chosen[chosen["metric"] == "nearest_l1_same_class"].itertuples():
        tiles.append(
            (
                {"row": 0, "column": row.sample}
                | s.describe_sample(class_id, "generated", row.sample),
                samples[row.sample],
            )
        )
    searches = [
        f"nearest_{m}_{of}" for m in ("l1", "ms_ssim") for of in ("same_class", "all_classes")
    ]
    for line, metric in enumerate(searches, 1):
        for row in chosen[chosen["metric"] == metric].itertuples():
            found = str(row.neighbour_class)
            image = s.real(found, [row.neighbour_image])[0]
            where = {"row": line, "column": row.sample}
            about = s.describe_real(found, metric, row.neighbour_image, distance=row.distance)
            tiles.append((where | about, image))
    return tiles


def latent_walks(s: Sources) -> list[Tile]:
    """Figure 9: above, straight lines in the latent for three classes; below, one latent a row,
    one class a column.
    """
    best = list(s.accuracy()["class"])
    tiles = []
    for row, class_id in enumerate(best[:3]):
        for column, image in enumerate(s.generated(class_id, "interpolation_0")):
            where = {"row": row, "column": column}
            about = s.describe_sample(class_id, "interpolation", column, "interpolation_0")
            tiles.append((where | about, image))
    model = s.place[best[0]][0]
    together = [c for c, (m, _) in s.place.items() if m == model][:8]
    for column, class_id in enumerate(together):
        for row, image in enumerate(s.generated(class_id, "fixed_latent_0")):
            where = {"row": 3 + row, "column": column}
            about = s.describe_sample(class_id, "fixed latent", row, "fixed_latent_0")
            tiles.append((where | about, image))
    return tiles


def album(s: Sources, most: int = THUMBNAIL) -> list[Tile]:
    """Section 4.7: ten samples of every class, unselected, in the order of the groups;
    thumbnails of at most 64 pixels.
    """
    tiles = []
    for i, class_id in enumerate(s.place):
        for column, image in enumerate(s.generated(class_id)[:ALBUM_SAMPLES]):
            if image.shape[0] > most:
                image = np.asarray(
                    Image.fromarray(image).resize((most, most), Image.Resampling.LANCZOS)
                )
            where = {
                "sheet": i // CLASSES_PER_SHEET,
                "row": i % CLASSES_PER_SHEET,
                "column": column,
            }
            tiles.append((where | s.describe_sample(class_id, "generated", column), image))
    return tiles


def album_full_size(s: Sources) -> list[Tile]:
    """The album at the suite's own side, for those who want to look closer: no figure reads it."""
    return album(s, most=s.config["suites"][s.suite]["side"])


SHEETS: dict[str, Callable[[Sources], list[Tile]]] = {
    f.__name__: f
    for f in (
        selected_samples,
        resolutions,
        ms_ssim_examples,
        random_samples,
        nearest_images,
        latent_walks,
        album,
        album_full_size,
    )
}


def write_sheet(name: str, sources: Sources, out: Path, sheets: list[Path]) -> None:
    """Write the CSV and the WebP files of a sheet; one that has no tiles, since models diverged, is
    blank. Raises UserError when the tiles want more files.
    """
    tiles = SHEETS[name](sources) if sources.place else []
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
            # shrunk already: losslessly, ImageNet's thousand classes would be 61 MB of thumbnails,
            # so 16
            exact = name != "album" or sources.config["suites"][sources.suite]["side"] <= THUMBNAIL
            Image.fromarray(canvas).save(temporary, "WEBP", lossless=exact, quality=90)
    whole = {c: pd.Series([about.get(c) for about, _ in tiles], dtype="Int64") for c in WHOLE}
    table = pd.DataFrame(
        [{"sheet": 0} | about for about, _ in tiles], columns=None if tiles else COLUMNS
    )
    table = table.assign(**{c: v for c, v in whole.items() if c in table})
    table["sheet"] = table["sheet"].map(lambda i: sheets[i].name)
    table.insert(3, "side", side)
    with replacing(out) as temporary:
        table.to_csv(temporary, index=False)
