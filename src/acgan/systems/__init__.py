"""What is trained: one file a system, chosen by the config key `objective.system`."""

from pkgutil import iter_modules

# A system is every module here but these; its file is all that a new one needs.
SHARED = ("base", "build")
SYSTEMS = tuple(sorted(m.name for m in iter_modules(__path__) if m.name not in SHARED))
