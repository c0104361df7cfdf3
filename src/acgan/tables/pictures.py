"""The pictures of the figures: one function a sheet, each from tables and images to tiles."""

from typing import Any

import numpy as np
import pandas as pd

from acgan.config.resolve import Config, class_total, spec
from acgan.io.rng import numpy_rng
from acgan.tables.sheets import THUMBNAIL, Sources, Tile, sheet, thumbnail

PAPER_EXAMPLES = ("hot dog", "promontory", "granny smith", "artichoke")  # Figure 3
ALBUM_SAMPLES, CLASSES_PER_SHEET = 10, 100
MOST_CLASSES = 10  # of which samples are shown step by step


@sheet(tables=("accuracy_by_class", "trajectory"))
def selected_samples(s: Sources) -> list[Tile]:
    """Figure 1: nine samples of each of the five classes that the judge names best, or of the
    first five.
    """
    tiles = []
    for column, (class_id, accuracy) in enumerate(
        s.accuracy().head(5)[["class", "accuracy"]].itertuples(index=False, name=None)
    ):
        for i, image in enumerate(s.generated(class_id)[:9]):
            where = {"row": i // 3, "column": 3 * column + i % 3}
            about = s.describe_sample(class_id, "generated", i, accuracy=accuracy)
            tiles.append((where | about, image))
    return tiles


@sheet(tables=("accuracy_by_class",), code=("metrics/accuracy.py",))
def resolutions(s: Sources) -> list[Tile]:
    """Figure 2, top: one real and one generated image of a class at each resolution, and the
    class's accuracies.
    """
    from acgan.metrics.accuracy import resized_there_and_back

    class_id = s.accuracy().iloc[0]["class"]
    zebra = [c for c in s.place if s.names[c] == "zebra"]
    class_id = zebra[0] if zebra else class_id
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


@sheet(tables=("ms_ssim_by_class",))
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


@sheet(tables=("trajectory",))
def random_samples(s: Sources) -> list[Tile]:
    """Figure 7, right: four samples drawn blindly, of four different classes where there are as
    many.
    """
    rng = numpy_rng(s.config["seed"], "random_samples")
    classes = rng.permutation(sorted(s.place))
    tiles = []
    for i in range(4):
        class_id = str(classes[i % len(classes)])
        images = s.generated(class_id)
        where = {"row": i // 2, "column": i % 2}
        number = int(rng.integers(len(images)))
        tiles.append((where | s.describe_sample(class_id, "generated", number), images[number]))
    return tiles


@sheet(tables=("accuracy_by_class", "neighbours"))
def nearest_images(s: Sources) -> list[Tile]:
    """Figure 8: samples of the class that the judge names best, or of the first, below each its
    nearest training image of the class and of the model, in L1 and by MS-SSIM.
    """
    table = s.tables["neighbours"]
    class_id = s.accuracy().iloc[0]["class"]
    chosen = table[table["class"] == class_id]
    samples = s.generated(class_id)
    tiles = []
    for row in chosen[chosen["metric"] == "nearest_l1_all_classes"].itertuples():
        tiles.append(
            (
                {"row": 0, "column": row.sample}
                | s.describe_sample(class_id, "generated", row.sample),
                samples[row.sample],
            )
        )
    searches = [
        name
        for m in ("l1", "ms_ssim")
        for of in ("same_class", "all_classes")
        if (name := f"nearest_{m}_{of}") in set(chosen["metric"])
    ]
    for line, metric in enumerate(searches, 1):
        for row in chosen[chosen["metric"] == metric].itertuples():
            found = str(row.neighbour_class)
            image = s.real(found, [row.neighbour_image])[0]
            where = {"row": line, "column": row.sample}
            about = s.describe_real(found, metric, row.neighbour_image, distance=row.distance)
            tiles.append((where | about, image))
    return tiles


@sheet(tables=("accuracy_by_class", "trajectory"), arrays=("interpolation_0", "fixed_latent_0"))
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


def album_files(config: Config, suite: str) -> int:
    """How many files an album of all classes of a suite is."""
    return -(-class_total(config, suite) // CLASSES_PER_SHEET)


@sheet(tables=("trajectory",), files=album_files, thumbnails=True)
def album(s: Sources, most: int = THUMBNAIL) -> list[Tile]:
    """Section 4.7: ten samples of every class, unselected, in the order of the groups;
    thumbnails of at most 64 pixels.
    """
    tiles = []
    for i, class_id in enumerate(s.place):
        for column, image in enumerate(s.generated(class_id)[:ALBUM_SAMPLES]):
            image = thumbnail(image, most)
            where = {
                "sheet": i // CLASSES_PER_SHEET,
                "row": i % CLASSES_PER_SHEET,
                "column": column,
            }
            tiles.append((where | s.describe_sample(class_id, "generated", column), image))
    return tiles


def step_files(config: Config, suite: str) -> int:
    """A file for each moment that a suite keeps."""
    return max(1, len(config["suites"][suite]["snapshots"]))


@sheet(
    tables=("by_step",), models=("provenance.json",), files=step_files, code=("samples/draw.py",)
)
def samples_by_step(s: Sources) -> list[Tile]:
    """Item by_step: ten samples of each class of the first model (of ten classes at most), by the
    same latents after each of the steps that the suite keeps.
    """
    from acgan.nets.weights import snapshot_file
    from acgan.samples import draw
    from acgan.systems.build import load_generator

    first = next(iter(s.groups))
    of_model = spec(s.config, s.suite, first)
    shown = [class_id for class_id, (model, _) in s.place.items() if model == first][:MOST_CLASSES]
    tiles = []
    for number, step in enumerate(s.config["suites"][s.suite]["snapshots"]):
        net = load_generator(s.folders[first] / snapshot_file(step), of_model)
        net.train(s.config["suites"][s.suite]["sampling_batch_norm"] == "batch")
        count = s.config["suites"][s.suite]["samples_per_class"]
        for row, class_id in enumerate(shown):
            position = s.place[class_id][1]
            z = draw.latents(of_model, "samples", position, count)[:ALBUM_SAMPLES]
            for column, image in enumerate(draw.images(of_model, net, z, position)):
                where = {"sheet": number, "row": row, "column": column}
                about = s.describe_sample(class_id, "generated", column, step=step)
                tiles.append((where | about, image))
    return tiles


@sheet(tables=("model_measures",), restarts=True)
def same_latents(s: Sources) -> list[Tile]:
    """Items systems and settings: ten samples of each setting's first restart, the first of each
    row as long as there are rows. Where seeds are shared, they are of the same latents.
    """
    table = s.tables["model_measures"]
    lost = set(table[(table["measure"] == "diverged") & (table["value"] > 0)]["model"])
    first: dict[str, str] = {}
    for model in s.groups:
        if model in s.seeds and model not in lost:
            first.setdefault(model.partition("-r")[0], model)
    tiles = []
    for line, model in enumerate(first.values()):
        images = np.load(s.arrays[model, "samples_0"], mmap_mode="r", allow_pickle=False)
        rows = s.rows(s.groups[model])
        for column in range(min(ALBUM_SAMPLES, images.shape[0] * images.shape[1])):
            number, row = divmod(column, len(rows))
            where = {"row": line, "column": column}
            about = s.describe_sample(s.key(model, rows[row]), "generated", number, model=model)
            tiles.append((where | about, images[row][number]))
    return tiles


@sheet(tables=("trajectory",), arrays=("fixed_latent_0",))
def same_z(s: Sources) -> list[Tile]:
    """Item grouped: the classes of the first model at the same latents, one latent a row."""
    model = next(m for m, _ in s.place.values())
    together = [c for c, (m, _) in s.place.items() if m == model][:10]
    tiles = []
    for column, class_id in enumerate(together):
        for row, image in enumerate(s.generated(class_id, "fixed_latent_0")[:5]):
            where = {"row": row, "column": column}
            about = s.describe_sample(class_id, "fixed latent", row, "fixed_latent_0")
            tiles.append((where | about, image))
    return tiles


@sheet(tables=("trajectory",), files=album_files, folder="album")
def album_full_size(s: Sources) -> list[Tile]:
    """The album at the suite's own side, for those who want to look closer: no figure reads it."""
    return album(s, most=s.config["suites"][s.suite]["side"])
