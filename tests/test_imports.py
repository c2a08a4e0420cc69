"""No module imports, at its top or inside a function, one that comes back to it."""

from __future__ import annotations

import graphlib
from pathlib import Path

import tipoff
from tipoff.fingerprint import CODE
from tipoff.normal import normal_module

ROOT = Path(tipoff.__file__).parent


def graph() -> dict[str, set[str]]:
    """Module -> modules it imports, through what packages hand on; imports for types left out."""
    imports: dict[str, set[str]] = {}
    for path in ROOT.rglob("*.py"):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        taken = normal_module(path.read_text("utf-8")).imports
        imports[name] = {
            m for i in taken if (m := CODE.imported(i, name)) is not None and m != name
        }
    return imports


def test_no_import_leads_back_to_the_module_it_started_from() -> None:
    modules = graph()
    assert len(modules) > 200
    assert modules["tipoff.forecast.score"] >= {"tipoff.forecast.assess", "tipoff.hashing"}
    order = [*graphlib.TopologicalSorter(modules).static_order()]
    assert set(order) == modules.keys()
