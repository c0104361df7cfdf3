"""Numbers about samples and training images: one metric, one module, under `@metric` (base.py)."""

from importlib import import_module
from pkgutil import iter_modules

from acgan.scores.base import METRICS

# A metric is every module here but these.
SHARED = ("base", "commands", "generators", "images", "write")
for _name in sorted(m.name for m in iter_modules(__path__) if m.name not in SHARED):
    import_module(f"{__name__}.{_name}")
# In the order of their names, which is that of rules, whatever imported what first.
for _name in sorted(METRICS):
    METRICS[_name] = METRICS.pop(_name)

__all__ = ["METRICS"]
