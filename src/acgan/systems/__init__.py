"""What is trained: one file a system, chosen by the config key `objective.system`."""

from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from acgan.systems.base import System

# A system is every module here but these; its file is all that a new one needs.
SHARED = ("base", "build", "counting", "losses")
SYSTEMS = tuple(sorted(m.name for m in iter_modules(__path__) if m.name not in SHARED))
Spec = dict[str, Any]


def load(name: str) -> System:
    """The declaration of a system."""
    return import_module(f"acgan.systems.{name}").SYSTEM


def system_of(spec: Spec) -> System:
    """The system that a spec names."""
    return load(spec["objective"]["system"])


def row_ids(system: str, class_ids: Sequence[str]) -> list[str]:
    """What G of a system can be asked for, by name: a class, a value of its code, or all that it
    draws. One row of a sample file each.
    """
    return rows_of(load(system).given, class_ids)


def rows_of(given: str, class_ids: Sequence[str]) -> list[str]:
    """The same of what G is given."""
    if given == "class":
        return list(class_ids)
    return [f"code_{i}" for i in range(len(class_ids))] if given == "code" else ["all"]


def row_count(spec: Spec) -> int:
    """How many rows there are."""
    return 1 if system_of(spec).given == "nothing" else spec["classes"]
