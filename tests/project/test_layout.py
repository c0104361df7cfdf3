"""One direction of flow: a package imports only from packages above it."""

import ast
from pathlib import Path

import pytest
from running import ROOT

PACKAGE = ROOT / "src/acgan"
# From the first arrow of the pipeline to the last, after what several arrows share.
ORDER = [
    "io",
    "metrics",
    "declarations",
    "fetch",
    "data",
    "judges",
    "nets",
    "systems",
    "config",
    "groups",
    "training",
    "speed",
    "samples",
    "scores",
    "rating",
    "claims",
    "tables",
    "figures",
    "report",
    "workflow",
    "take_away",
    "compare",
    "verify",
]


def imported(module: Path) -> set[str]:
    """The packages of acgan that a module imports from, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: a relative import"
            below = [f"{node.module}.{a.name}" for a in node.names]
            names = below if node.module == "acgan" else [str(node.module)]
        found |= {name.split(".")[1] for name in names if name.startswith("acgan.")}
    return found


def test_the_root_holds_packages_and_the_command_line_alone():
    assert sorted(p.name for p in PACKAGE.glob("*.py")) == ["__init__.py", "cli.py"]
    assert sorted(p.parent.name for p in PACKAGE.glob("*/__init__.py")) == sorted(ORDER)


@pytest.mark.parametrize("package", ORDER)
def test_a_package_imports_only_from_those_above_it(package):
    above = set(ORDER[: ORDER.index(package) + 1])
    for module in (PACKAGE / package).rglob("*.py"):
        assert imported(module) <= above, (
            f"{module.relative_to(PACKAGE)}: {imported(module) - above}"
        )
