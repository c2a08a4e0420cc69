"""What a feature is: one declared line over a family's relation, with the facts it is made from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from tipoff.errors import UsageError
from tipoff.features.windows import Totals, Window, named

if TYPE_CHECKING:
    import polars as pl

Category = Literal["player history", "matchup", "team", "market", "game context"]
CATEGORIES: tuple[Category, ...] = (
    "player history", "matchup", "team", "market", "game context",
)  # fmt: skip
Side = Literal["player", "team", "opponent"]
PLUGIN = "plugin"
"""What the features of plug-ins have for a first set: only builds that name them make them."""


class Rows(StrEnum):
    """Fact rows a feature is made from: lineage lists them, impact asks whom a row reaches."""

    OWN_GAMES = "the player's box scores, as far back as the window"
    OWN_GAMES_AGAINST = "the player's box scores against the opponent, of a year"
    TEAM_GAMES = "the team's games, as far back as the window"
    OPPONENT_GAMES = "the opponent's games, as far back as the window"
    SCHEDULE = "the newest game of either team"
    OWN_REPORTS = "availability reports of the player"
    TEAM_REPORTS = "availability reports of the player and the team"
    OWN_ABSENCE = "availability reports of the player and the season's box scores"
    TEAM_ROSTER = "availability reports of the team and its players' newest box scores"
    OPPONENT_ROSTER = "the same of the opponent"
    LINES = "main lines of the market on the player"
    EXTERNAL = "rows of a table of one's own on the player or a team"


@dataclass(frozen=True)
class Column:
    """A helper: computed like a feature, readable by features, in no snapshot.

    `window`: how many games it reaches back, where its SQL does not say so by itself. `rows`: the
    facts it is made from, by default those of its family. `market`: whose lines it reads.
    `external`: the name of the values of league.external it reads, with `side`, whose they are.
    """

    name: str
    sql: str
    window: Window | None = field(default=None, compare=False, kw_only=True)
    rows: tuple[Rows, ...] | None = field(default=None, compare=False, kw_only=True)
    market: str = field(default="", compare=False, kw_only=True)
    external: str = field(default="", compare=False, kw_only=True)
    side: Side = field(default="player", compare=False, kw_only=True)


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
class Computed(Feature):
    """A feature that a function of a frame computes, once the features it reads are there.

    `sql` names the function by the hash of its code and then what it reads: a definition like any
    other, though no engine runs it. `function` is None in a process that only compares definitions.
    """

    reads: tuple[str, ...] = field(kw_only=True)
    function: Callable[[pl.DataFrame], pl.Series] | None = field(
        compare=False, repr=False, kw_only=True
    )


@dataclass(frozen=True)
class Relation:
    """A named intermediate table."""

    name: str
    sql: str


@dataclass(frozen=True)
class Family:
    """Features over one relation, and how its rows are attached to a player-game.

    `relation`: the joined relation, or the one windows run over.
    `attach`: the join clause to the spine `s`, `{table}` standing for the relation or its windowed
    form. `totals`: running totals whose earlier rows are joined as far as its columns name them;
    `newest`: id of the newest game's row.
    `locate`: a join made before all others, of narrow columns, that finds which row is the newest
    one known; `located`: the columns it adds to the spine; `after`: families whose joins it names.
    `partition`, `order`: its columns run over windows (`OVER last_10`) of the relation's rows, so
    parted and ordered; `keys`: columns the windowed form keeps; `last`: SQL true for the rows to
    keep of several known at one moment.
    `why`: SQL giving the reason of a null, reading helpers and spine. `staged`: its values are made
    in a table of their own first, because its joins are wide. `rows`: the facts it is made from.
    """

    name: str
    columns: tuple[Column, ...]
    relation: str = ""
    attach: str = ""
    totals: Totals | None = None
    newest: str = ""
    locate: str = ""
    located: tuple[str, ...] = ()
    partition: str = ""
    order: str = ""
    keys: tuple[str, ...] = ()
    last: str = ""
    why: str = "'no_history'"
    after: tuple[str, ...] = ()
    staged: bool = False
    rows: tuple[Rows, ...] = ()

    @property
    def windowed(self) -> bool:
        """Whether its expressions run over windows before they are attached."""
        return bool(self.partition)

    @property
    def table(self) -> str:
        """The table that is joined."""
        return f"fx_{self.name}" if self.windowed else self.relation

    def windowed_sql(self, columns: Sequence[Column], windows: Sequence[str]) -> str:
        """The table of a windowed family: its keys and those columns, over the windows they name.

        Raises UsageError for a window that is none.
        """
        clauses = ", ".join(f"{name} AS ({self._window(name)})" for name in windows)
        listed = ", ".join([*self.keys, *(f'{c.sql} AS "{c.name}"' for c in columns)])
        over = f" WINDOW {clauses}" if clauses else ""
        return f"SELECT {listed} FROM {self.relation}{over} QUALIFY {self.last}"

    def located_sql(self, before: Sequence[Family] = ()) -> str:
        """The spine with the columns that say which row is the newest one known: narrow joins
        first, so that wide rows never pass through a sort."""
        families = (*before, self)
        joins = dict.fromkeys(f.locate.format(table=f.table) for f in families)
        columns = dict.fromkeys(column for f in families for column in f.located)
        return f"SELECT {', '.join(['s.*', *columns])} FROM fx_spine s {' '.join(joins)}"

    def attach_sql(self, columns: Sequence[Column]) -> str:
        """The joins those columns need."""
        joins = self.attach.format(table=self.table)
        if self.totals is None:
            return joins
        return f"{joins} {self.totals.joins(' '.join(c.sql for c in columns), self.newest)}"

    def value_sql(self, column: Column, windows: Sequence[str]) -> str:
        """A column once the family is joined; a season's value says nothing of another season."""
        if not self.windowed:
            return column.sql
        value = f'{self.name}."{column.name}"'
        if "season" in windows:
            return f"CASE WHEN {self.name}.season = s.season THEN {value} END"
        return value

    def _window(self, name: str) -> str:
        window = named(name)
        if window is None:
            raise UsageError(f"family {self.name}: {name} is no window", "write last_N or season")
        return window.over(self.partition, self.order)
