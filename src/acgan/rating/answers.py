"""Read the files that people saved, and put them together with the key."""

import csv
import json
from pathlib import Path

from acgan.config.resolve import Config
from acgan.io.errors import UserError
from acgan.io.files import read_csv, write_csv
from acgan.rating import ANSWERS, COLLECTED, FOLDER, GIVEN

Row = dict[str, str]
SAID = ("real", "generated", "")


def collect(config: Config, results: Path, files: list[Path]) -> tuple[Path, int, int]:
    """Write answers.csv of any number of files: its path, how many people and answers. Raises
    UserError for a file that is none, is of another page, or of another than the first.
    """
    people: dict[str, list[Row]] = {}
    first = ""
    known = sorted(p.parent.name for p in (results / FOLDER).glob("*/key.csv"))
    for file in files:
        rows = answers_of(file)
        page, sheet = rows[0]["page"], rows[0]["sheet"]
        if page not in known:
            has = f"which has {', '.join(known)}" if known else "which has none"
            raise UserError(f"{file} is of the page {page}, no page of {results}, {has}")
        first = first or page
        if page != first:
            raise UserError(
                f"{file} is of the page {page}, {files[0]} of {first}; collect one page at a time"
            )
        if sheet in people:
            print(f"{file} is of the same person as another file: the longer one counts")
        people[sheet] = max(people.get(sheet, []), rows, key=len)
        check(file, rows, results / FOLDER / page / "key.csv")
    key = {row["picture"]: row for row in read_csv(results / FOLDER / first / "key.csv")}
    found = []
    for number, rows in enumerate(people.values()):
        for row in rows:
            of = key[row["picture"]]
            about = (of["kind"], of["of"], of["class"], of["judge"])
            found.append((first, number, row["picture"], *about, row["class"], row["real"]))
    write_csv(results / ANSWERS, COLLECTED, found)
    return results / ANSWERS, len(people), len(found)


def check(file: Path, rows: list[Row], key: Path) -> None:
    """Raise UserError for an answer that the page does not offer."""
    shown = {row["picture"]: row for row in read_csv(key)}
    asks_real = any(row["kind"] == "real" for row in shown.values())
    for line, row in enumerate(rows, 2):
        if row["picture"] not in shown:
            raise UserError(f"{file}, line {line}: the page has no picture {row['picture']}")
        choices = json.loads(shown[row["picture"]]["choices"])
        if row["class"] not in choices:
            raise UserError(
                f"{file}, line {line}: {row['class']!r} is no choice there, which are "
                f"{', '.join(choices)} (a spreadsheet may have changed it)"
            )
        if bool(row["real"]) != asks_real:
            raise UserError(f"{file}, line {line}: not an answer as the page saves it")


def answers_of(file: Path) -> list[Row]:
    """The answers of one person. Raises UserError for anything else."""
    try:
        with open(file, newline="", encoding="utf-8-sig") as handle:
            rows = list(csv.DictReader(handle))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"cannot read {file}: {error}") from None
    if not rows or tuple(rows[0]) != GIVEN:
        raise UserError(f"{file} is no file of answers: its first line is not {','.join(GIVEN)}")
    numbers = [row["picture"] for row in rows]
    for line, row in enumerate(rows, 2):
        whole = all(isinstance(row.get(c), str) for c in GIVEN) and len(row) == len(GIVEN)
        same = whole and all(row[c] == rows[0][c] for c in ("page", "sheet"))
        if not same or row["real"] not in SAID:
            raise UserError(f"{file}, line {line}: not an answer as the page saves it")
    if len(set(numbers)) < len(numbers):
        raise UserError(f"{file} answers one picture twice")
    return rows
