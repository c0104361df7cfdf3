"""How numbers, settings and counts are written for people."""

import math
import re
from itertools import pairwise
from typing import Any


def number(value: float | None, unit: str = "") -> str:
    """Three significant digits; a fraction as percent; a dash for no value."""
    if value is None or not math.isfinite(value):
        return "–"
    if unit.startswith("fraction"):
        return number(100 * value) + "%"
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "−")


def p_value(p: float | None) -> str:
    """Three places; a dash for none."""
    return "–" if p is None or math.isnan(p) else "< 0.001" if p < 0.001 else f"{p:.3f}"


def setting(value: Any) -> str:
    """A config value: lists with commas, an even list of many numbers as a range, whole numbers
    with separators.
    """
    if hasattr(value, "item"):  # numpy's number or truth value
        value = value.item()
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        steps = {b - a for a, b in pairwise(value)}
        if len(value) > 5 and len(steps) == 1:
            return f"{value[0]}, {value[1]}, … {value[-1]}"
        return ", ".join(map(setting, value))
    if isinstance(value, float):
        return f"{value:.10f}".rstrip("0").rstrip(".") if abs(value) >= 1e-9 else f"{value:g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def duration(seconds: float) -> str:
    """52.1 s, 5 min 12 s, 3 h 5 min, 2 d 4 h."""
    if seconds < 60:
        return f"{number(seconds)} s"
    whole = round(seconds)
    for big, name, small, small_name in (
        (86400, "d", 3600, "h"),
        (3600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if whole >= big:
            return f"{whole // big} {name} {whole % big // small} {small_name}"
    raise AssertionError


def memory(megabytes: float) -> str:
    return f"{number(megabytes / 1000)} GB" if megabytes >= 1000 else f"{megabytes:.0f} MB"


def counted(count: int, thing: str, things: str | None = None) -> str:
    """1 model, 14 models."""
    return f"{count:,} {thing if count == 1 else things or thing + 's'}"


def singular(text: str) -> str:
    """A text in which "1 classes" is "1 class", since a caption's numbers may all be 1."""
    return re.sub(
        r"(?<![\w.,/-])1 "
        r"(?:(class|mini-batch)es|(group|image|model|pair|restart|sample|setting|subset|value)s)\b",
        lambda found: f"1 {found.group(1) or found.group(2)}",
        text,
    )
