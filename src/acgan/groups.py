"""Which classes share a model (section 3): `acgan groups --config C --suite S --index
data/.../index.csv --out groups.csv`.

groups.csv: model, position, class; position is the label that the class has inside its model.
"""

from pathlib import Path

from acgan.config.resolve import Config, models
from acgan.data import packed
from acgan.errors import UserError
from acgan.files import read_csv, write_csv

COLUMNS = ("model", "position", "class")


def write_groups(config: Config, suite: str, data: Path, out: Path) -> None:
    """Write groups.csv of a suite over the classes of a packed folder.

    Raises UserError when the folder does not hold the number of classes that the data set has.
    """
    classes = [entry.id for entry in packed.read_index(data)]
    expected = config["suites"][suite]["classes"]
    if len(classes) != expected:
        raise UserError(
            f"{data} holds {len(classes)} classes, the data set has {expected}; {packed.cure(data)}"
        )
    rows = [
        (model.id, position, classes[model.first_class + position])
        for model in models(config, suite)
        for position in range(model.classes)
    ]
    write_csv(out, COLUMNS, rows)


def read_groups(path: Path) -> dict[str, list[str]]:
    """{model: its class ids in order}."""
    groups: dict[str, list[str]] = {}
    for row in read_csv(path):
        groups.setdefault(row["model"], []).append(row["class"])
    return groups
