"""The nights a lake should answer for: their games, and what is shown of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from tipoff import clock
from tipoff.forecast.overtaken import Cause, overtaken
from tipoff.forecast.publish import Publication, current_publication
from tipoff.league.games import games_sql

if TYPE_CHECKING:
    from tipoff.health.context import CheckContext

BACK, AHEAD = timedelta(days=7), timedelta(days=1)
"""Without a date, nights this far back and ahead of today are looked at."""

_NIGHTS = f"""
  WITH games AS (
    SELECT game_date, count(*) AS games, min(tipoff) AS first_tipoff
    FROM {games_sql()} WHERE game_date BETWEEN $start AND $through AND known_at < tipoff
    GROUP BY ALL)
  SELECT game_date, g.games, g.first_tipoff, r.run_id, r.snapshot_id, r.expected, r.predicted
  FROM games g LEFT JOIN forecast.current_publication c ON c.slate = game_date
  LEFT JOIN forecast.run r ON r.run_id = c.run_id
  ORDER BY game_date"""


@dataclass(frozen=True)
class Night:
    """A league date with games, and the set it shows: run_id and all after it null without one."""

    day: date
    games: int
    first_tipoff: datetime
    run_id: str | None
    snapshot_id: str | None
    expected: int | None
    predicted: int | None


def nights(context: CheckContext) -> list[Night]:
    """The night of the date looked at, else those around today, oldest first."""
    today = clock.open_night(context.now)
    start, through = (context.day, context.day) if context.day else (today - BACK, today + AHEAD)
    params = {
        "start": start, "through": through, "as_of": context.now, "seq": context.r.newest_seq(),
    }  # fmt: skip
    return [Night(*row) for row in context.r.rows(_NIGHTS, params)]


def behind(context: CheckContext, night: Night) -> list[Cause]:
    """Why a run now could make another set: facts stored or known since, models that had to go.

    Before tip-off what is known by now counts; afterwards only corrections of what was read.
    Empty when nothing is published.
    """
    publication: Publication | None = current_publication(context.r, night.day)
    if publication is None:
        return []
    return overtaken(context.r, publication, known_by=context.now, gone_by=context.now)
