"""What each sample shows and what it was drawn from, beside the samples: `acgan sample-list
--config C --suite main_32 --groups results/demo/groups/main_32.csv --data data/digits/32 --out
results/demo/samples/main_32/samples.csv`.

A row for each sample: it is samples_0.npy[label, number] in its model's folder; its latents are
number `number` of those that draw.latents gives for (seed, "samples", label), all of the class
together.
"""

from pathlib import Path

from acgan.config import resolve
from acgan.config.resolve import Config
from acgan.data import packed
from acgan.groups.grouping import read_groups
from acgan.io.files import write_csv

COLUMNS = ("model", "class", "name", "label", "number", "seed")


def write_list(config: Config, suite: str, groups: Path, data: Path, out: Path) -> None:
    """Write samples.csv of the models that a suite trains, on a packed folder."""
    members, count = read_groups(groups), config["suites"][suite]["samples_per_class"]
    names = {entry.id: entry.name for entry in packed.read_index(data)}
    rows = []
    for model in resolve.models(config, suite):
        seed = resolve.spec(config, suite, model.id)["seed"]
        for label, class_id in enumerate(members[model.id]):
            named = class_id, names[class_id], label
            rows += [(model.id, *named, number, seed) for number in range(count)]
    write_csv(out, COLUMNS, rows)
