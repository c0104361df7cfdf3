"""The paper's statements, each as a test that was fixed before the data were seen.

claims.yaml words them and holds their thresholds; a module here holds the tests of one subject, a
function each under `@claim` (registry.py); case.py gives them what tables say.
"""

from importlib import import_module
from pkgutil import iter_modules

from acgan.claims.registry import CLAIMS

# Claims are in every module here but these.
SHARED = ("case", "needs", "registry", "verdict")
for _name in sorted(m.name for m in iter_modules(__path__) if m.name not in SHARED):
    import_module(f"{__name__}.{_name}")

__all__ = ["CLAIMS"]
