"""One way to write the name of a class, whoever wrote it: the name of a folder, a line of a list.

macOS writes an accented letter as two signs, editors as one, and both look the same.
"""

import unicodedata
from collections.abc import Iterable


def as_class(name: str) -> str:
    """The name with each accented letter as one sign (Unicode's NFC)."""
    return unicodedata.normalize("NFC", name)


def nearly(strange: str, known: Iterable[str]) -> str:
    """What tells a name that is not known from one that is, where they look nearly the same: they
    differ in capitals, blanks or forms of letters alone. "" where none does.
    """

    def plain(text: str) -> str:
        return "".join(unicodedata.normalize("NFKC", text).casefold().split())

    near = next((name for name in known if plain(name) == plain(strange)), None)
    return "" if near is None else f"; it knows {near!a}, which is not {strange!a}"
