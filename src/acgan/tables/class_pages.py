"""The pictures of the report's pages of classes: one row of thumbnails a class."""

import numpy as np

from acgan.config.resolve import Config, class_total
from acgan.tables.sheets import Sources, Tile, sheet, thumbnail

CLASSES_PER_FILE = 10
SAMPLES, REAL, STEPS = 10, 5, 8  # samples, training images, pictures of a line
AMONG = 10  # samples of which the most and the least alike two are shown
NEIGHBOURS = 3  # samples whose nearest training images are shown
QUALITY = 60


def page_files(config: Config, suite: str) -> int:
    """A file for each ten classes, so that a page loads no more than it shows."""
    return -(-class_total(config, suite) // CLASSES_PER_FILE)


def in_row(s: Sources, number: int, tiles: list[Tile]) -> list[Tile]:
    """A class's tiles one after the other in its row of its file."""
    place = {"sheet": number // CLASSES_PER_FILE, "row": number % CLASSES_PER_FILE}
    return [
        (place | {"column": column} | about, thumbnail(image))
        for column, (about, image) in enumerate(tiles)
    ]


@sheet(
    tables=("ms_ssim_by_class",),
    arrays=("samples_0", "interpolation_0", "fixed_latent_0"),
    files=page_files,
    code=("metrics/ms_ssim.py",),
    quality=QUALITY,
)
def class_pictures(s: Sources) -> list[Tile]:
    """Of every class ten samples, training images, a line in the latent, the latents that all
    classes of its model share, and the two most and the two least alike of the first samples.
    """
    tiles: list[Tile] = []
    for number, class_id in enumerate(s.place):
        images = s.generated(class_id)
        own = [
            (s.describe_sample(class_id, "generated", i), image)
            for i, image in enumerate(images[:SAMPLES])
        ]
        if s.shows_real and class_id in s.index:
            count = min(REAL, s.index[class_id].images)
            real = s.real(class_id, slice(count))
            own += [(s.describe_real(class_id, "real", i), x) for i, x in enumerate(real)]
        line = s.generated(class_id, "interpolation_0")
        for i in spread(len(line), STEPS):
            about = s.describe_sample(class_id, "line", i, "interpolation_0")
            own.append((about, line[i]))
        fixed = s.generated(class_id, "fixed_latent_0")
        for i, image in enumerate(fixed):
            about = s.describe_sample(class_id, "fixed latent", i, "fixed_latent_0")
            own.append((about, image))
        for kind, pair, value in extremes(images[:AMONG]):
            for i in pair:
                own.append((s.describe_sample(class_id, kind, i, ms_ssim=value), images[i]))
        tiles += in_row(s, number, own)
    return tiles


def spread(count: int, most: int) -> list[int]:
    """At most so many of `count` places, the first and the last among them."""
    return sorted({int(i) for i in np.linspace(0, count - 1, min(count, most)).round()})


def extremes(images: np.ndarray) -> list[tuple[str, tuple[int, int], float]]:
    """The most and the least alike two of some images, with their MS-SSIM as thumbnails, which is
    how they are shown; none of one image.
    """
    import torch

    from acgan.metrics.ms_ssim import ms_ssim

    if len(images) < 2:
        return []
    torch.set_num_threads(1)  # of so few pictures, more wait for each other
    rows, columns = np.triu_indices(len(images), 1)
    shown = torch.from_numpy(np.stack([thumbnail(x) for x in images])).permute(0, 3, 1, 2)
    pairs = ms_ssim(shown[rows], shown[columns]).numpy()
    return [
        (kind, (int(rows[i]), int(columns[i])), float(pairs[i]))
        for kind, i in (("most alike", pairs.argmax()), ("least alike", pairs.argmin()))
    ]


@sheet(tables=("neighbours",), files=page_files, quality=QUALITY)
def class_neighbours(s: Sources) -> list[Tile]:
    """Of every class its first samples, each with its nearest training image of the class, in L1
    and by MS-SSIM.
    """
    table = s.tables["neighbours"]
    own = table[table["metric"].str.endswith("_same_class") & (table["sample"] < NEIGHBOURS)]
    of_class = dict(list(own.groupby("class", sort=False)))
    tiles: list[Tile] = []
    for number, class_id in enumerate(s.place):
        if class_id not in of_class:
            continue
        samples, row = s.generated(class_id), []
        for sample, found in of_class[class_id].groupby("sample"):
            row.append((s.describe_sample(class_id, "generated", int(sample)), samples[sample]))
            for one in found.itertuples() if s.shows_real else ():
                image = s.real(str(one.neighbour_class), [one.neighbour_image])[0]
                about = {"distance": one.distance}
                row.append(
                    (s.describe_real(class_id, one.metric, one.neighbour_image, **about), image)
                )
        tiles += in_row(s, number, row)
    return tiles


@sheet(tables=("model_measures",), files=page_files, quality=QUALITY)
def class_samples(s: Sources) -> list[Tile]:
    """Of every class ten samples: of a suite that is compared with others."""
    tiles: list[Tile] = []
    for number, class_id in enumerate(s.place):
        own = [
            (s.describe_sample(class_id, "generated", i), image)
            for i, image in enumerate(s.generated(class_id)[:SAMPLES])
        ]
        tiles += in_row(s, number, own)
    return tiles
