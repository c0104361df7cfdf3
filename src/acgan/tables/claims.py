"""The paper's statements, tested (claims/)."""

from pathlib import Path
from typing import Any

import pandas as pd

from acgan.claims import CLAIMS
from acgan.claims.case import Case
from acgan.claims.needs import lacking, lines
from acgan.claims.registry import Claim, Needs, entries
from acgan.claims.verdict import said
from acgan.config.resolve import Config
from acgan.declarations.roles import suites_in
from acgan.io.frames import read_frame, stacked
from acgan.metrics.inference import Tested
from acgan.metrics.statistics import holm
from acgan.tables.registry import Asked, table

CODE = Path(__file__).parents[1] / "claims"
COLUMNS = (
    "claim",
    "section",
    "statement",
    "quantity",
    "test",
    "supported",
    "threshold",
    "why",
    "unit",
    "value",
    "low",
    "high",
    "resampled",
    "note",
    "p",
    "verdict",
    "add",
)


def of_claims(config: Config) -> list[str]:
    """The tables of the claims whose roles some suites play."""
    found = [c for c in CLAIMS.values() if all(suites_in(config, role) for role in c.roles)]
    return list(dict.fromkeys(t for claim in found for t in claim.tables))


@table(
    of_suite=False,
    tables=of_claims,
    settings=lambda config, suite: config["roles"],
    code=(
        "metrics/inference.py",
        "metrics/statistics.py",
        *(f"claims/{p.name}" for p in sorted(CODE.glob("[!.]*.*"))),
    ),
)
def claims(asked: Asked) -> pd.DataFrame:
    """Each statement with its quantity, interval, p (also by Holm over all) and verdict; where it
    cannot be tested, what it needs, and the config lines that would add it.
    """
    frames = {(p.parent.name, p.stem): read_frame(p) for p in asked.inputs if p.suffix == ".csv"}
    found: dict[str, pd.DataFrame] = {}
    for reference in of_claims(asked.config):
        role, _, name = reference.partition("/")
        mine = [frames[s, name] for s in suites_in(asked.config, role) if (s, name) in frames]
        if mine:
            found[reference] = stacked(mine)
    rows = [row(asked.config, CLAIMS[name], found) for name in entries()]
    made = pd.DataFrame(rows, columns=list(COLUMNS))
    made.insert(len(COLUMNS) - 2, "p_holm", holm(made["p"].astype(float)))
    return made


def row(config: Config, claim: Claim, tables: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """One statement."""
    about = claim.about
    needs = lacking(config, claim, tables)
    tested: Tested | Needs = needs or claim.test(Case(config, tables), about)
    made = {
        "claim": claim.name,
        "section": about.section,
        "statement": about.says,
        "quantity": about.quantity,
        "test": about.test,
        "supported": about.supported,
        "threshold": about.threshold,
        "why": about.why,
        "unit": about.unit,
        "verdict": said(claim, tested),
    }
    if isinstance(tested, Needs):
        return made | {"add": lines(config, tested)}
    low, high = tested.interval
    return made | {
        "value": tested.value,
        "low": low,
        "high": high,
        "resampled": tested.resampled,
        "note": tested.note,
        "p": tested.p,
    }
