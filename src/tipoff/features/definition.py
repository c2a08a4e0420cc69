"""What a feature is: one declared line, a family's relation, and the hash of what they mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tipoff.hashing import content_id, normal_sql

Category = Literal["player history", "matchup", "team", "market", "game context"]
CATEGORIES: tuple[Category, ...] = (
    "player history", "matchup", "team", "market", "game context",
)  # fmt: skip

_OVER = re.compile(r"\bOVER (\w+)")
_BACK = re.compile(r"\bback_(\w+)\.")
_WORD = re.compile(r"\b[a-z_]\w*\b")


@dataclass(frozen=True)
class Window:
    """A named SQL window. `season`: it holds games of one season, so it says nothing of another."""

    sql: str
    season: bool = False


@dataclass(frozen=True)
class Column:
    """A helper: computed like a feature, readable by features, in no snapshot."""

    name: str
    sql: str

    @property
    def windows(self) -> tuple[str, ...]:
        """Names of the windows its expression uses, sorted."""
        return tuple(sorted(set(_OVER.findall(self.sql))))

    @property
    def spans(self) -> tuple[str, ...]:
        """How far back its running totals reach (`5`, `season`, `era`, ...), sorted."""
        return tuple(sorted(set(_BACK.findall(self.sql))))

    @property
    def words(self) -> frozenset[str]:
        """Every lower-case word of the expression: the names it may read."""
        return frozenset(_WORD.findall(self.sql))


@dataclass(frozen=True)
class Feature(Column):
    """One feature: a scalar or window expression and what is known about its values.

    `low`, `high`: plausible range; a value outside becomes null, reason `out_of_range`.
    `why`: SQL giving the reason of a null (default: the family's). `fallback`: SQL that is true
    when the value comes from a documented second source. Neither is part of the definition.
    """

    unit: str
    low: float
    high: float
    category: Category
    required: bool
    since: str
    why: str = field(default="", compare=False)
    fallback: str = field(default="", compare=False)
    varies_within_slate: bool = field(default=True, compare=False)


@dataclass(frozen=True)
class Relation:
    """A named intermediate table. `reads`: relations its SQL names; `columns`: features it uses."""

    name: str
    sql: str
    reads: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Family:
    """Features over one relation, and how its rows are attached to a player-game.

    `relation` is where windows run, or the joined relation itself when there are none. `attach`
    is the join clause to the spine `s`, with `{table}` for the relation (or its windowed form).
    `locate` is a join made before all others, of narrow columns, that finds which row of it is
    the newest one known; `located` are the columns it adds to the spine.
    `keys`: columns the windowed form keeps. `last`: SQL true for the rows to keep of several
    known at one moment. `why`: SQL giving the reason of a null, reading helpers and spine.
    What the join itself names: `extra` relations, `after` families, `reads` columns. `staged`:
    its values are made in a table of their own first, because its joins are wide.
    """

    name: str
    columns: tuple[Column, ...]
    relation: str = ""
    attach: str = ""
    locate: str = ""
    located: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    last: str = ""
    windows: Mapping[str, Window] = field(default_factory=dict)
    why: str = "'no_history'"
    extra: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    staged: bool = False
    reads: tuple[str, ...] = ()

    @property
    def windowed(self) -> bool:
        """Whether its expressions run over windows before they are attached."""
        return bool(self.windows)


def definition(
    column: Column, family: Family, relations: Mapping[str, Relation], known: Mapping[str, str]
) -> str:
    """Hash of what a column means; `known`: hashes of the columns it reads, by name.

    Covers the normalised expression, the range, the windows used, how the family is attached and
    every relation below it. Comments, white space, help and reasons are not part of it.
    """
    below: dict[str, str] = {}
    for name in (family.relation, *family.extra):
        below |= _below(name, relations)
    windows = {w: family.windows[w] for w in column.windows}
    return content_id(
        "def",
        {
            "sql": normal_sql(column.sql),
            "range": [column.low, column.high] if isinstance(column, Feature) else None,
            "windows": {name: [normal_sql(w.sql), w.season] for name, w in windows.items()},
            "attach": [normal_sql(t) for t in (family.locate, *family.located, family.attach)],
            "last": normal_sql(family.last),
            "relations": below,
            "reads": dict(sorted(known.items())),
        },
    )


def _below(name: str, relations: Mapping[str, Relation]) -> dict[str, str]:
    if not name:
        return {}
    found = {name: normal_sql(relations[name].sql)}
    for read in relations[name].reads:
        found |= _below(read, relations)
    return found
