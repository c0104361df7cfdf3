"""What each sample shows and what it was drawn from, beside the samples: `acgan sample-list
--config C --suite main_32 --groups results/demo/groups/main_32.csv --data data/digits/32 --out
results/demo/samples/main_32/samples.csv`.

A line for each sample: it is samples_0.npy[row, number] in its model's folder, and shows a class,
or what the model made of a value of its code, or anything (`all`); its latents are number `number`
of those that draw.latents gives for (seed, "samples", row), all of the row together.
"""

from pathlib import Path

from acgan.config import resolve
from acgan.config.resolve import Config
from acgan.data import packed
from acgan.groups.grouping import read_groups
from acgan.io.files import write_csv
from acgan.systems import row_ids

COLUMNS = ("model", "row", "kind", "id", "name", "number", "seed")
KINDS = {"class": "class", "code": "code", "nothing": "all"}  # by what G is given


def write_list(config: Config, suite: str, groups: Path, data: Path, out: Path) -> None:
    """Write samples.csv of the models that a suite trains, on a packed folder."""
    members, count = read_groups(groups), config["suites"][suite]["samples_per_class"]
    names = {entry.id: entry.name for entry in packed.read_index(data)}
    kind, rows = KINDS[resolve.given(config, suite)], []
    for model in resolve.models(config, suite):
        one = resolve.spec(config, suite, model.id)
        ids = row_ids(one["objective"]["system"], members[model.id])
        each = count * model.classes // len(ids)
        for row, of in enumerate(ids):
            about = model.id, row, kind, of, names.get(of, "")
            rows += [(*about, number, one["seed"]) for number in range(each)]
    write_csv(out, COLUMNS, rows)
