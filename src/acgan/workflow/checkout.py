"""Whose code runs: that of the checkout in which it works, not that of another whose environment is
active.
"""

import sys
from pathlib import Path

from acgan.io.errors import UserError


def check_own_code() -> None:
    """Raise UserError in a checkout of this project that is another than the one whose code this
    is: what it makes would pass for that checkout's own.
    """
    code, own = Path(__file__).resolve().parents[1], Path.cwd() / "src/acgan"
    if own.is_dir() and not own.samefile(code):
        raise UserError(
            f"{Path.cwd()} has code of its own, but {sys.executable} runs that of "
            f"{code.parents[1]}: `make setup` here, then `. .venv/bin/activate`"
        )
