"""The kinds of judges: each is a module of this package that declares `KIND` (judges/kind.py)."""

from acgan.io.modules import declared
from acgan.judges.kind import Kind

KINDS: dict[str, Kind] = declared(__name__, "KIND")
