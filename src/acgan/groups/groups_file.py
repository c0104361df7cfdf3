"""Groups of classes written by hand: a CSV with the columns model and class, a line for each class.

The names of the models are the writer's own and only say which classes belong together; the first
group that appears is the suite's first model. The order of a group's lines is that of its labels.
"""

import csv
import difflib
from pathlib import Path

from acgan.data.class_names import as_class
from acgan.io.errors import UserError
from acgan.io.words import counted

COLUMNS = ("model", "class")


def read_groups_file(path: Path, names: dict[str, str], size: int) -> list[str]:
    """The class ids in the order of the file's groups. `names`: {id: name} of the data set, `size`:
    classes of one model.

    Raises UserError, with file and line, unless the file holds every class of the data set exactly
    once and `size` classes of each model.
    """
    rows = read_rows(path)
    same = {as_class(name): name for name in names}
    groups: dict[str, list[str]] = {}
    line_of: dict[str, int] = {}
    for line, model, written in rows:
        class_id = same.get(as_class(written), written)
        if class_id not in names:
            raise UserError(f"{path}:{line}: the data set has no class {nearest(class_id, names)}")
        if class_id in line_of:
            raise UserError(
                f"{path}:{line}: class {class_id} stands in line {line_of[class_id]} already"
            )
        line_of[class_id] = line
        groups.setdefault(model, []).append(class_id)
    if missing := [c for c in names if c not in line_of]:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise UserError(
            f"{path}:{rows[-1][0] if rows else 1}: the file ends without class {missing[0]} "
            f"({names[missing[0]]}){more}; it must hold each of the {len(names)} classes once"
        )
    for model, ids in groups.items():
        if len(ids) != size:
            last = ids[size] if len(ids) > size else ids[-1]
            raise UserError(
                f"{path}:{line_of[last]}: class {last}: model {model} has "
                f"{counted(len(ids), 'class', 'classes')}, classes_per_model says {size}"
            )
    return [c for ids in groups.values() for c in ids]


def read_rows(path: Path) -> list[tuple[int, str, str]]:
    """(line, model, class) of each line but the first, without blanks around the values. Raises
    UserError when the file cannot be read or a line holds no such pair.
    """
    try:
        with open(
            path, newline="", encoding="utf-8-sig"
        ) as handle:  # a spreadsheet writes the mark
            reader = csv.reader(handle, strict=True)
            lines = [(reader.line_num, [v.strip() for v in row]) for row in reader if row]
    except OSError as error:
        raise UserError(f"cannot read the groups of classes {path}: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path} is no CSV in UTF-8 ({error}); save it as one") from error
    if not lines or tuple(lines[0][1]) != COLUMNS:
        raise UserError(f"{path}:1: the first line must be {','.join(COLUMNS)}")
    for line, values in lines[1:]:
        if len(values) != len(COLUMNS) or not all(values):
            raise UserError(f"{path}:{line}: expected a model and a class, found {values}")
    return [(line, model, class_id) for line, (model, class_id) in lines[1:]]


def nearest(class_id: str, names: dict[str, str]) -> str:
    """The unknown id with the one that it may stand for; a class's name leads to its id too."""
    ids = {name: c for c, name in names.items()} | {c: c for c in names}
    found = difflib.get_close_matches(class_id, ids, n=1)
    return (
        f"{class_id}; did you mean {ids[found[0]]} ({names[ids[found[0]]]})?" if found else class_id
    )
