"""Imports point left, inside a package and between packages, so that a change on the right cannot break the left."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ["ledger", "accounts", "initiatives", "indicators", "reviews", "reporting"]
# Pure modules that anyone may use: they import nothing of ours but each other.
PURE = {
    "config.prepared",
    "initiatives.business_days",
    "initiatives.fiscal_year",
    "initiatives.parsing",
    "indicators.calculation",
    "initiatives.composition",
    "initiatives.printed_box",
    "initiatives.target_rate",
    "initiatives.text_fields",
    "initiatives.text_diff",
    "initiatives.workbook_reader",
    "initiatives.workbook_writer",
}
INSIDE = ["models", "permissions", "workflow", "forms", "tables", "resources", "views", "urls"]

MODULES = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)


def imports_of(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in names if name.split(".")[0] in {*APPS, "config"}}


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_imports_point_left(path):
    app = dotted(path).split(".")[0]
    allowed = APPS[: APPS.index(app) + 1]
    wrong = {
        name
        for name in imports_of(path)
        if name.split(".")[0] not in allowed and not any(name == pure or name.startswith(f"{pure}.") for pure in PURE)
    }
    # `from initiatives import parsing` is seen as "initiatives" too; the module is what counts.
    wrong -= {
        name for name in wrong if name in APPS and any(pure.startswith(f"{name}.") for pure in PURE & imports_of(path))
    }
    assert wrong == set()


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_imports_point_left_inside_an_app(path):
    app, *_, module = dotted(path).split(".")
    if module not in INSIDE or path.parent != ROOT / app:
        return
    later = {f"{app}.{name}" for name in INSIDE[INSIDE.index(module) + 1 :]}
    assert imports_of(path) & later == set()


@pytest.mark.parametrize("module", sorted(PURE))
def test_pure_modules_import_nothing_of_ours(module):
    path = ROOT / (module.replace(".", "/") + ".py")
    if path.exists():
        assert imports_of(path) - PURE - set(APPS) == set()
