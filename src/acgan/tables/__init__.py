"""All that figures read: one table a function under `@table` (registry.py), pictures on sheets
under `@sheet` (sheets.py).
"""

from importlib import import_module
from pkgutil import iter_modules

from acgan.tables.registry import TABLES
from acgan.tables.sheets import SHEETS

# Tables and pictures are declared in every module here but these.
SHARED = ("commands", "reading", "registry", "sheets", "wanted")
for _name in sorted(m.name for m in iter_modules(__path__) if m.name not in SHARED):
    import_module(f"{__name__}.{_name}")

__all__ = ["SHEETS", "TABLES"]
