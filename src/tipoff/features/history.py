"""Any numeric column of a player's box scores over any window: what features of plug-ins name.

One relation beside fx_played, by its ids, with running totals of exactly the columns that somebody
names; a build makes it only when a feature that is asked for reads it. Minutes, plus-minus and
usage are counted in thousandths, so sums are exact. A game whose value is not known counts for
nothing: a mean is the sum over the games that have one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tipoff.errors import UsageError
from tipoff.features.definition import Relation
from tipoff.features.windows import ERA_GAMES, HISTORY, Window
from tipoff.league.current import current_sql

COUNTS = (
    "pts", "reb", "oreb", "dreb", "ast", "stl", "blk", "tov", "pf", "fgm", "fga", "fg3m", "fg3a",
    "ftm", "fta",
)  # fmt: skip
DECIMALS = ("minutes", "plus_minus", "usg_pct")
COLUMNS = (*COUNTS, *DECIMALS)
"""Numeric columns of league.player_game."""
HALF_LIVES = range(4, 21)
"""Weights of a shorter half-life do not fit; of a longer one an era leaves too much behind."""


@dataclass(frozen=True)
class Term:
    """A sum of columns of one box score, such as `pts + reb`; null where one of them is."""

    columns: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Term:
        """The term of that text. Raises UsageError for a column box scores do not have."""
        columns = tuple(part.strip() for part in text.split("+"))
        for column in columns:
            if column not in COLUMNS:
                raise UsageError(
                    f"box scores have no numeric column {column!r}",
                    f"name one of {', '.join(COLUMNS)}, or several joined by +",
                )
        return cls(columns)

    @property
    def name(self) -> str:
        """Its name in SQL, and in the names of features."""
        return "_".join(self.columns)

    @property
    def scale(self) -> int:
        """How many of what is counted make one."""
        return 1000 if set(self.columns) & set(DECIMALS) else 1

    @property
    def signed(self) -> bool:
        """Whether its values may be negative."""
        return "plus_minus" in self.columns

    @property
    def sql(self) -> str:
        """Its value in whole numbers."""
        return f"(({' + '.join(f'o.{c}' for c in self.columns)}) * {self.scale})::BIGINT"


def total(x: Term, window: Window) -> str:
    """Sum over the games of a window in which the value is known; null when there is none."""
    value = f"{HISTORY.total(x.name, window)} / {x.scale}"
    return _of_season(window, f"CASE WHEN {_known(x, window)} > 0 THEN {value} END")


def mean(x: Term, window: Window) -> str:
    """Mean over those games."""
    value = f"{HISTORY.total(x.name, window)} / {x.scale} / nullif({_known(x, window)}, 0)"
    return _of_season(window, value)


def std(x: Term, window: Window) -> str:
    """Sample standard deviation over those games; null under two."""
    n, sum_ = _known(x, window), HISTORY.total(x.name, window)
    spread = f"{n} * {HISTORY.total(f'square_{x.name}', window)} - {sum_} * {sum_}"
    root = f"CASE WHEN {n} > 1 THEN sqrt(({spread}) / ({n} * ({n} - 1))) / {x.scale} END"
    return _of_season(window, root)


def ratio(x: Term, y: Term, window: Window) -> str:
    """Ratio of two sums; null when the lower one is zero."""
    upper, lower = HISTORY.total(x.name, window), HISTORY.total(y.name, window)
    return _of_season(window, f"{upper} * {y.scale} / nullif({lower} * {x.scale}, 0)")


def ewma(x: Term, half_life: int) -> str:
    """Exponentially weighted mean over all earlier games of a career.

    Weights start again with each era; what it leaves behind is shifted, as in `Totals.ewma`.
    """
    bits = f"({ERA_GAMES} / {half_life}.0)"
    upper = HISTORY.weighted(x.name, half_life, bits)
    lower = HISTORY.weighted(f"known_{x.name}", half_life, bits)
    return f"{upper} / {x.scale} / nullif({lower}, 0)"


def relation(terms: Iterable[Term], weighted: Iterable[tuple[Term, int]]) -> Relation:
    """fx_history: running totals of those terms, and of some with the weights of a half-life."""
    named = sorted(set(terms), key=lambda x: x.name)
    pairs = sorted(set(weighted), key=lambda pair: (pair[0].name, pair[1]))
    columns = sorted({column for x in named for column in x.columns})
    box = current_sql(
        "league.player_game", f"game_id, player_key, {', '.join(columns)}",
        "player_key IN (SELECT player_key FROM fx_players)",
    )  # fmt: skip
    values = "".join(f", {x.sql} AS {x.name}" for x in named)
    lives = sorted({half_life for _, half_life in pairs})
    weights = "".join(f", {_weight(half_life)} AS w{half_life}" for half_life in lives)
    sums = [sql for x in named for sql in _sums(x)]
    sums += [sql for x, half_life in pairs for sql in _weighted_sums(x, half_life)]
    sql = f"""
    WITH placed AS (
      SELECT b.first_id + b.n AS id, b.player_key, b.n, (b.n - 1) % {ERA_GAMES} AS place
        {values}{weights}
      FROM fx_numbered b JOIN {box} o
        ON o.game_id = b.game_id AND o.player_key = b.player_key)
    SELECT id, {", ".join(sums)}
    FROM placed
    WINDOW career AS (PARTITION BY player_key ORDER BY n ROWS UNBOUNDED PRECEDING)"""
    return Relation(HISTORY.table, sql)


def window(last: int | None, season: bool) -> Window:
    """The window asked for: the last so many games, a season's, or a career's.

    Raises UsageError for both at once, or a number of games below one.
    """
    if last is not None and (season or last < 1):
        raise UsageError(
            f"no window of last={last}, season={season}",
            "give last=N with N >= 1, season=True, or neither for a career",
        )
    return Window(last, season)


def _known(x: Term, window: Window) -> str:
    return HISTORY.total(f"known_{x.name}", window)


def _of_season(window: Window, sql: str) -> str:
    """A season's value says nothing of another season."""
    return f"CASE WHEN p.season = s.season THEN {sql} END" if window.season else sql


def _weight(half_life: int) -> str:
    """2^(place / half-life) as a whole number: larger scales do not fit beside short half-lives."""
    scale = 2**30 if half_life >= 8 else 2**24
    return (
        f"round(power(2, (place % {half_life}) / {half_life}.0) * {scale})::HUGEINT"
        f" * power(2, place // {half_life})::HUGEINT"
    )


def _sums(x: Term) -> tuple[str, ...]:
    return (
        f"coalesce(sum({x.name}) OVER career, 0)::BIGINT AS run_{x.name}",
        f"count({x.name}) OVER career AS run_known_{x.name}",
        f"coalesce(sum({x.name} * {x.name}) OVER career, 0)::HUGEINT AS run_square_{x.name}",
    )


def _weighted_sums(x: Term, half_life: int) -> tuple[str, ...]:
    weight = f"w{half_life}"
    return (
        f"coalesce(sum({x.name} * {weight}) OVER career, 0)::HUGEINT AS run{half_life}_{x.name}",
        f"coalesce(sum({weight}) FILTER ({x.name} IS NOT NULL) OVER career, 0)::HUGEINT"
        f" AS run{half_life}_known_{x.name}",
    )


NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
"""What a feature and an external table may be called: a name of SQL and of Python."""
