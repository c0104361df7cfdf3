"""What an experiment wants: the tables and sheets of its items and of the report, and from them the
metrics of each suite.
"""

from collections.abc import Iterable
from typing import NamedTuple

from acgan.config.resolve import Config, given, heldout_of, lacking
from acgan.declarations.items import PAGE_SHEETS, PAGE_TABLES, Item, items_of
from acgan.declarations.roles import roles_of, suites_in
from acgan.scores import METRICS
from acgan.tables import SHEETS, TABLES
from acgan.tables.registry import Table

EVERY = "*"  # in the place of a role: every suite


class Wanted(NamedTuple):
    """A table or sheet of a suite, or (None) of the whole experiment."""

    name: str
    suite: str | None

    @property
    def file(self) -> str:
        """Where a table lies, below results/<experiment>/."""
        return f"tables/{self.suite}/{self.name}.csv" if self.suite else f"tables/{self.name}.csv"


def resolved(config: Config, references: Iterable[str], role: str | None = None) -> list[Wanted]:
    """What references like `table` or `role/table` mean in an experiment.

    `role` is of those that name none.
    """
    found = []
    for reference in references:
        named, _, name = reference.rpartition("/")
        if not named and name in TABLES and not TABLES[name].of_suite:
            found.append(Wanted(name, None))
            continue
        of = named or str(role)
        suites = list(config["suites"]) if of == EVERY else suites_in(config, of)
        found += [Wanted(name, suite) for suite in suites]
    return found


def is_possible(config: Config, wanted: Wanted) -> bool:
    """Whether a table can be had: without a judge there is no accuracy, and one that gives no
    features has no distances between them.
    """
    table, suites = TABLES[wanted.name], read_suites(config, wanted)
    if table.heldout and heldout_of(config, str(wanted.suite)) is None:
        return False
    if table.welcome_scores and not table.scores:  # one of them at least
        return any(scores_of(config, table, s) for s in suites)
    scores = all(METRICS[m].possible(config, s) for s in suites for m in table.scores)
    return scores and table.possible(config)


def scores_of(config: Config, table: Table, suite: str) -> list[str]:
    """The scores of a suite's models that a table reads."""
    more = [m for m in table.welcome_scores if METRICS[m].possible(config, suite)]
    return [*table.scores, *more]


def tables_under(config: Config, wanted: Wanted) -> list[Wanted]:
    """The tables that a table is made of, those that can be had."""
    found = resolved(config, TABLES[wanted.name].tables(config))
    return [w for w in dict.fromkeys(found) if is_possible(config, w)]


def tables_of(config: Config, item: Item) -> list[Wanted]:
    """The tables of an item that can be had."""
    role = item.roles[0] if item.roles else None
    found = resolved(config, (*item.tables, *item.welcome), role)
    return [w for w in dict.fromkeys(found) if is_possible(config, w)]


def sheets_of(config: Config, item: Item) -> list[Wanted]:
    """The sheets of an item that can be had."""
    found = resolved(config, item.sheets, item.roles[0] if item.roles else None)
    return [] if lacking(config, item) else found


def sheet_tables(config: Config, sheet: Wanted) -> list[Wanted]:
    """The tables of its suite that a sheet is made of, where they can be had."""
    found = [Wanted(name, sheet.suite) for name in SHEETS[sheet.name].tables]
    return [w for w in found if is_possible(config, w)]


def page_tables(config: Config) -> list[Wanted]:
    """The tables that the report itself reads."""
    return [w for w in resolved(config, PAGE_TABLES) if is_possible(config, w)]


def page_sheets(config: Config) -> list[Wanted]:
    """The sheets that the report's pages of classes show: of suites whose generators are given a
    class, and that have one of the tables that say which models have scores.
    """
    found = resolved(config, PAGE_SHEETS)
    shown = [w for w in found if given(config, str(w.suite)) == "class"]
    return [w for w in dict.fromkeys(shown) if sheet_tables(config, w)]


def tables(config: Config) -> list[Wanted]:
    """Every table that an experiment makes, sorted."""
    items = [w for item in items_of(config).values() for w in tables_of(config, item)]
    pictured = [w for sheet in sheets(config) for w in sheet_tables(config, sheet)]
    found = {*items, *pictured, *page_tables(config)}
    found |= {under for w in found for under in tables_under(config, w)}
    return sorted(found, key=lambda w: (w.name, w.suite or ""))


def sheets(config: Config) -> list[Wanted]:
    """Every sheet that an experiment's items and its report show, sorted."""
    found = {w for item in items_of(config).values() for w in sheets_of(config, item)}
    return sorted({*found, *page_sheets(config)}, key=lambda w: (w.name, w.suite or ""))


def albums(config: Config) -> list[Wanted]:
    """Sheets at full size, which no item shows: for those who want to look closer."""
    suites = {w.suite for w in sheets(config) if SHEETS[w.name].thumbnails}
    apart = [name for name, sheet in SHEETS.items() if sheet.folder != "tables"]
    return [Wanted(name, suite) for name in apart for suite in sorted(map(str, suites))]


def read_suites(config: Config, wanted: Wanted) -> list[str]:
    """The suites whose models' scores, samples or logs a table reads, its own first."""
    if wanted.suite is None:
        return []
    table = TABLES[wanted.name]
    own = [wanted.suite] if table.scores or table.welcome_scores or table.models else []
    beside = [suite for role in table.beside for suite in suites_in(config, role)]
    return list(dict.fromkeys([*own, *beside]))


def reads_real(config: Config, wanted: Wanted) -> bool:
    """Whether a table reads the scores of training images of its suite."""
    real = TABLES[wanted.name].real
    if wanted.suite is None or isinstance(real, bool):
        return bool(real) and wanted.suite is not None
    return bool(set(real) & set(roles_of(config, wanted.suite)))


def metrics(config: Config, suite: str) -> list[str]:
    """The scores of a suite's models: those that tables read, and those that are always taken."""
    wanted = {
        m
        for w in tables(config)
        if suite in read_suites(config, w)
        for m in scores_of(config, TABLES[w.name], suite)
    }
    return [
        n for n, m in METRICS.items() if (n in wanted or m.always) and m.possible(config, suite)
    ]


def sides(config: Config, suite: str) -> list[int]:
    """The sides at which a suite's accuracy is taken: every resolution where a table of it shows
    them, else its own.
    """
    shown = any(
        TABLES[w.name].resolutions for w in tables(config) if suite in read_suites(config, w)
    )
    return config["scores"]["resolutions"] if shown else [config["suites"][suite]["side"]]


def settings(config: Config, names: Iterable[str]) -> dict[str, object]:
    """What of the config's `scores` some metrics obey."""
    keys = {key for name in names for key in METRICS[name].settings}
    return {key: config["scores"][key] for key in config["scores"] if key in keys}


def needs_features(config: Config, suite: str) -> bool:
    """Whether a metric of the suite compares with features of training images."""
    return any(METRICS[name].real_features for name in metrics(config, suite))


def suites_of(config: Config, item: Item) -> set[str]:
    """The suites whose models are trained for an item alone."""
    own = tables_of(config, item)
    every = [*own, *(under for w in own for under in tables_under(config, w))]
    found = {s for w in every for s in read_suites(config, w)}
    for sheet in sheets_of(config, item):
        found.add(str(sheet.suite))
        for w in sheet_tables(config, sheet):
            found.update(read_suites(config, w))
    return found
