"""Which settings differ: every key of the configs without those that are alike."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from acgan.compare.results import Results
from acgan.config.spec import SECTIONS

TITLES = ("experiment", "title")  # which never decide a number


class Setting(NamedTuple):
    """A key and its value in each of the results; None where it has none."""

    key: str
    values: tuple[Any, ...]


def settings(compared: Sequence[Results]) -> list[Setting]:
    """The keys that are not the same in all; of models, those of each suite, which has them all."""
    flat = [dict(leaves(r.config)) for r in compared]
    keys = dict.fromkeys(key for one in flat for key in one)
    rows = [Setting(key, tuple(one.get(key) for one in flat)) for key in keys]
    told = [r for r in rows if r.key not in TITLES and r.key.partition(".")[0] not in SECTIONS]
    return [r for r in told if any(v != r.values[0] for v in r.values)]


def leaves(section: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """(dotted key, value) of what is no section itself."""
    for key, value in section.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value
