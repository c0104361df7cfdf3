"""All that figures read: one table a function under `@table` (registry.py), pictures on sheets
under `@sheet` (sheets.py).
"""

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from acgan.tables.registry import TABLES
    from acgan.tables.sheets import SHEETS

# Tables and pictures are declared in every module here but these.
SHARED = ("commands", "reading", "registry", "sheets", "wanted")
__all__ = ["SHEETS", "TABLES"]


def __getattr__(name: str) -> Any:
    """TABLES and SHEETS, when somebody asks: every other command shall not wait for pandas."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    for module in sorted(m.name for m in iter_modules(__path__) if m.name not in SHARED):
        import_module(f"{__name__}.{module}")
    found = import_module(f"{__name__}.{'registry' if name == 'TABLES' else 'sheets'}")
    return globals().setdefault(name, getattr(found, name))
