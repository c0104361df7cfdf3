"""Families of which each member is one file: modules of a package that declare the same name."""

import pkgutil
import sys
from importlib import import_module
from typing import Any


def declared(package: str, name: str) -> dict[str, Any]:
    """{module: what it calls `name`} of the modules of a package, in alphabetical order; modules
    without it are passed over.

    A package calls this of itself, so that who adds a module names it nowhere else.
    """
    places = sys.modules[package].__path__
    modules = sorted(module.name for module in pkgutil.iter_modules(places))
    found = {m: vars(import_module(f"{package}.{m}")).get(name) for m in modules}
    return {module: value for module, value in found.items() if value is not None}
