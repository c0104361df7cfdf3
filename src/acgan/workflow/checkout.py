"""Whose code runs: that of the checkout in which it works, not that of another whose environment is
active.
"""

import sys
from pathlib import Path

from acgan.io.errors import UserError


def other_code(checkout: Path) -> str | None:
    """What to say in a checkout of this project that is another than the one whose code this is:
    what it makes would pass for that checkout's own. None where all is well.
    """
    code, own = Path(__file__).resolve().parents[1], checkout / "src/acgan"
    if not own.is_dir() or own.samefile(code):
        return None
    return (
        f"{checkout} has code of its own, but {sys.executable} runs that of {code.parents[1]}: "
        "`make setup` there, then `. .venv/bin/activate`"
    )


def check_own_code() -> None:
    """Raise UserError where the working folder has code of its own."""
    if said := other_code(Path.cwd()):
        raise UserError(said)
