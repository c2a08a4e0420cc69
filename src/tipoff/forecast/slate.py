"""A slate: the games of one league date, and the moment its forecasts are true of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from tipoff.errors import NotFound, UsageError
from tipoff.league.games import games_sql

if TYPE_CHECKING:
    import polars as pl

    from tipoff.lake import Reader


@dataclass(frozen=True)
class Slate:
    """The games of `day`: a frame of game_id, home, away, season, game_type, tipoff."""

    day: date
    games: pl.DataFrame
    as_of: datetime
    seq: int

    @property
    def first_tipoff(self) -> datetime:
        """The earliest tip-off of the slate, UTC."""
        first: datetime = self.games["tipoff"].min()  # type: ignore[assignment]
        return first

    @property
    def params(self) -> dict[str, object]:
        """The bound parameters every as-of relation reads."""
        return {"as_of": self.as_of, "seq": self.seq, "day": self.day}


def find_slate(
    r: Reader, day: date, *, now: datetime, as_of: datetime | None = None, seq: int | None = None
) -> Slate:
    """The slate of a date as known at `as_of` among rows stored by `seq`.

    Default as_of: one second before the earliest tip-off, or `now` when that is still to come.
    Raises NotFound when the date has no game, UsageError when as_of is not before tip-off.
    """
    stored = r.newest_seq() if seq is None else seq
    games = _games(r, day, as_of or now, stored)
    if not games.height:
        raise NotFound(
            f"no games on {day}", "nothing to run; if there should be, tipoff import its schedule"
        )
    last = Slate(day, games, now, stored).first_tipoff - timedelta(seconds=1)
    moment = as_of or min(now, last)
    if moment > last:
        raise UsageError(
            f"as_of {moment.isoformat()} is not before the first tip-off of {day}",
            f"use {last.isoformat()} or earlier",
        )
    return Slate(day, games, moment, stored)


def _games(r: Reader, day: date, as_of: datetime, seq: int) -> pl.DataFrame:
    # Every game that was ever dated so, whatever date it has now.
    dated = "game_id IN (SELECT game_id FROM league.game WHERE game_date = $day)"
    sql = f"""
      SELECT game_id, home, away, season, game_type, game_date, tipoff
      FROM {games_sql(dated)} WHERE game_date = $day AND known_at < tipoff
      ORDER BY tipoff, game_id"""
    return r.query(sql, {"day": day, "as_of": as_of, "seq": seq})
