"""What a claim declares: the tables that it reads, and of which role.

    @claim("large/class_accuracy")
    def resolution_helps(case: Case, about: About) -> Tested | Needs:
        ...

Its name is that of its entry in claims.yaml. A claim never sees more than its tables and the
config, so that it is tested on made-up ones (tests/claims).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

if TYPE_CHECKING:
    from acgan.claims.case import Case
    from acgan.metrics.inference import Tested

SIDES = ("above", "below")


class Needs(NamedTuple):
    """What a claim lacks: in words, and a key of needs.py's lines."""

    said: str
    lines: str


class About(NamedTuple):
    """An entry of claims.yaml."""

    section: str
    says: str  # the statement, in our words
    quantity: str
    test: str  # how, of models and of samples
    supported: str  # where the whole interval lies: "above" or "below" the threshold
    threshold: float
    why: str  # this threshold
    contradicted_at: float  # the threshold on the other side, mostly the same
    unit: str = ""  # of the quantity, for people


class Claim(NamedTuple):
    """One statement of the paper; its name is that of its function."""

    name: str
    test: Callable[[Case, About], Tested | Needs]
    tables: tuple[str, ...]  # role/table, all of them needed
    restarts: bool  # whether it says something of training, which needs models to compare
    about: About

    @property
    def roles(self) -> list[str]:
        return list(dict.fromkeys(t.partition("/")[0] for t in self.tables))


CLAIMS: dict[str, Claim] = {}


@cache
def entries() -> dict[str, About]:
    """claims.yaml by the claims' names, in its order."""
    text = resources.files("acgan.claims").joinpath("claims.yaml").read_text(encoding="utf-8")
    raw: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return {
        name: About(**{"contradicted_at": entry["threshold"], **entry})
        for name, entry in raw.items()
    }


def claim(*tables: str, restarts: bool = False) -> Callable[[Any], Any]:
    """Declare the function below as the test of the claim of its name."""

    def declared(test: Any) -> Any:
        name = test.__name__
        CLAIMS[name] = Claim(name, test, tables, restarts, entries()[name])
        return test

    return declared
