"""Small questions about SQL as sqlglot reads it."""

from __future__ import annotations

import sqlglot
from sqlglot import exp

from tipoff.errors import IntegrityError
from tipoff.features.windows import EVERYTHING, SEASON, Window, last

SPELLED_BY = "30.30.0"
"""The version of sqlglot whose trees definitions are hashed from, as pyproject.toml pins it."""
SELECT = frozenset(
    [
        "with_",
        "expressions",
        "from_",
        "joins",
        "where",
        "group",
        "having",
        "qualify",
        "windows",
        "distinct",
        "limit",
        "offset",
        "order",
    ]
)
SOURCE = frozenset(["this", "db", "catalog", "alias", "joins"])
JOIN = frozenset(["this", "on", "using", "method", "side", "kind"])
BRACKETS = frozenset(["this", "alias"])
ALIAS = frozenset(["this"])
UNION = frozenset(["this", "expression", "distinct", "with_"])
GROUP = frozenset(["expressions", "all"])
ORDER = frozenset(["expressions"])
"""Parts of a SELECT, of a source and so on that columns.py reads."""


def no_more_than(node: exp.Expr, parts: frozenset[str]) -> None:
    """Raises IntegrityError for a part nothing here reads: it would be in no digest."""
    more = {name for name, value in node.args.items() if value not in (None, False, [])} - parts
    if more:
        raise IntegrityError(f"{', '.join(sorted(more))} of {node.sql(dialect='duckdb')[:80]}")


def names_in(sql: str) -> set[str]:
    """The unqualified names an expression reads."""
    node = sqlglot.parse_one(sql, dialect="duckdb")
    return {column.name for column in node.find_all(exp.Column) if not column.table}


def windows_in(sql: str) -> set[str]:
    """The named windows an expression runs over."""
    node = sqlglot.parse_one(sql, dialect="duckdb")
    return {window.alias for window in node.find_all(exp.Window) if window.alias}


_AGGREGATES = frozenset({"bitstring_agg"})


def aggregates(node: exp.Expr) -> bool:
    """Whether an expression sums up rows; one sqlglot does not know counts as a key: that is the
    careful side."""
    for found in node.find_all(exp.AggFunc, exp.Anonymous):
        known = isinstance(found, exp.AggFunc) or found.name.lower() in _AGGREGATES
        windowed = found.find_ancestor(exp.Window)
        if known and windowed is None:
            return True
    return False


def frame_of(node: exp.Window) -> Window:
    """How many games back a window function looks."""
    spec, parts = node.args.get("spec"), node.args.get("partition_by") or []
    start = spec.args.get("start") if spec else None
    if isinstance(start, exp.Literal):
        return last(int(start.name) + 1)
    return (
        SEASON
        if any(isinstance(p, exp.Column) and p.name == "season" for p in parts)
        else EVERYTHING
    )
