"""Which of its groups of classes a suite trains: `models: [0-9]`, or `{classes: [zebra]}`."""

import re
from typing import Any

from acgan.data import sources
from acgan.data.class_choice import class_called
from acgan.data.class_order import IN_ORDER, in_order
from acgan.io.errors import UserError
from acgan.io.words import counted

RANGE = re.compile(r"(\d+)(?:-(\d+))?")


def chosen_groups(suite: dict[str, Any], dataset: dict[str, Any]) -> list[int] | None:
    """The numbers of the groups that a suite chooses, rising; None for all. Raises UserError for
    one that it does not have.
    """
    choice, size = suite["models"], suite["classes_per_model"]
    if choice is None:
        return None
    count = len(size) if isinstance(size, list) else suite["classes"] // size
    if isinstance(choice, dict):
        found = of_classes(suite, dataset, choice["classes"])
    else:
        found = numbers(choice)
    if not found:
        raise UserError("no model at all; leave the key out for all")
    if max(found) >= count:
        groups = counted(count, "group")
        raise UserError(f"{max(found)}: it has {groups} of classes, 0 to {count - 1}")
    return sorted(found)


def numbers(choice: list[int | str]) -> set[int]:
    """Of numbers and ranges, "0-9" with both ends."""
    found: set[int] = set()
    for entry in choice:
        match = RANGE.fullmatch(str(entry))
        if match is None:
            raise UserError(
                f"{entry} is neither a number of a group nor a range as 0-9; by class it is "
                f"{{classes: [{entry}]}}"
            )
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise UserError(f"{entry}: a range rises, as in {last}-{first}")
        found |= set(range(first, last + 1))
    return found


def of_classes(suite: dict[str, Any], dataset: dict[str, Any], entries: list[str]) -> set[int]:
    """The groups that hold one of these classes."""
    if suite["grouping"] not in IN_ORDER:
        raise UserError(
            f"which model holds a class is not known before a grouping {suite['grouping']} is "
            "made: give the models' numbers, as groups/<suite>.csv has them"
        )
    names = sources.class_names(dataset)
    order = in_order(suite["grouping"], suite["grouping_seed"], list(names))
    places = [order.index(class_called(names, entry)) for entry in entries]
    size = suite["classes_per_model"]
    if isinstance(size, list):
        return {i for i, n in enumerate(size) for place in places if place < n}
    return {place // size for place in places}
