"""The paper's statements with their verdicts, from tables/claims.csv."""

from pathlib import Path
from typing import Any

import pandas as pd

from acgan.claims.verdict import OF_THESE, WORDS
from acgan.io.words import number, p_value
from acgan.report.collapse import read_table

SUMMARY_KEYS = (
    *("claim", "section", "statement", "quantity", "value", "low", "high", "resampled"),
    *("p", "p_holm", "verdict", "add"),
)


def claims(results: Path) -> list[dict[str, Any]]:
    """Every statement; those that could be tested first."""
    table = read_table(results, "claims")
    if table is None:
        return []
    rows = [described(row) for row in table.to_dict("records")]
    return sorted(rows, key=lambda row: row["word"] == "needs")


def described(row: dict[Any, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {str(k): None if pd.isna(v) else v for k, v in row.items()}
    unit = found["unit"] or ""
    word = next((w for w in WORDS if found["verdict"].startswith(w)), "needs")
    texts = {k: number(found[k], unit) for k in ("value", "low", "high")}
    return found | {
        "word": word,
        "of_these": found["verdict"].endswith(OF_THESE),
        "measured": texts["value"],
        "interval": f"{texts['low']} to {texts['high']}, over {found['resampled']}",
        "p_text": p_value(found["p"]),
        "p_holm_text": p_value(found["p_holm"]),
    }


def summary(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same for machines."""
    return [{key: row[key] for key in SUMMARY_KEYS} for row in found]


def counts(found: list[dict[str, Any]]) -> dict[str, int]:
    """How many statements got each verdict."""
    return {word: sum(row["word"] == word for row in found) for word in WORDS}
