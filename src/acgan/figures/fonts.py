"""Fonts for names that DejaVu Sans, which comes with matplotlib, cannot write: Chinese, Japanese,
Korean and others. Figures of other names use no font of the system, so they are the same
everywhere.
"""

from collections.abc import Iterable
from pathlib import Path

import matplotlib as mpl
from matplotlib import font_manager


def use_fonts_for(texts: Iterable[str]) -> None:
    """Let matplotlib write `texts`: where its fonts lack characters, add those of the system that
    have most of them. Says which, or what no font has.
    """
    families = list(mpl.rcParams["font.family"])
    missing = {c for text in texts for c in text if not c.isspace()}
    for name in families:
        missing -= characters(font_manager.findfont(name))
    found = by_characters(missing) if missing else []
    while missing and found:
        most = max(len(missing & has) for has, *_ in found)
        has, _, path = min((f for f in found if len(missing & f[0]) == most), key=lambda f: f[1:])
        if not most:
            break
        font_manager.fontManager.addfont(path)
        families.append(font_manager.get_font(path).family_name)
        print(f"the font {families[-1]} ({path}) writes {listed(missing & has)}")
        missing -= has
    if missing:
        print(
            f"no font of this system writes {listed(missing)}: boxes stand in their place; install "
            f"one (Debian: fonts-noto-cjk) and draw the figure again"
        )
    mpl.rcParams["font.family"] = families


def by_characters(wanted: set[str]) -> list[tuple[set[str], bool, str]]:
    """(characters, whether it is slanted, heavy or thin, path) of the system's fonts with any of
    the wanted.
    """
    found = []
    for path in sorted(font_manager.findSystemFonts()):
        try:
            font = font_manager.get_font(path)
        except (OSError, RuntimeError):
            continue
        has = characters(path) & wanted
        if has and font.scalable:
            found.append((has, font.style_name not in ("Regular", "Book", "Normal"), path))
    return found


def characters(path: str | Path) -> set[str]:
    return {chr(code) for code in font_manager.get_font(path).get_charmap()}


def listed(texts: set[str]) -> str:
    """The first characters, for a message."""
    return " ".join(sorted(texts)[:10]) + (" ..." if len(texts) > 10 else "")
