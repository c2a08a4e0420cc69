"""The nights a lake should answer for: their games, and what is shown of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from tipoff import clock
from tipoff.forecast.publish import Publication, current_publication
from tipoff.forecast.staleness import facts_moved, standing
from tipoff.league.games import games_sql

if TYPE_CHECKING:
    from tipoff.health.finding import Look

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


def nights(look: Look) -> list[Night]:
    """The night of the date looked at, else those around today, oldest first."""
    today = clock.league_date(look.now)
    start, through = (look.day, look.day) if look.day else (today - BACK, today + AHEAD)
    params = {
        "start": start, "through": through, "as_of": look.now, "seq": look.r.newest_seq(),
    }  # fmt: skip
    return [Night(*row) for row in look.r.rows(_NIGHTS, params)]


def behind(look: Look, night: Night) -> bool:
    """Whether a run now could make another set: facts were stored, or became known, since.

    Before tip-off what is known by now counts; afterwards only corrections of what was read.
    False when nothing is published.
    """
    publication: Publication | None = current_publication(look.r, night.day)
    if publication is None:
        return False
    held = standing(look.r, publication)
    over = look.now >= night.first_tipoff
    moment = held.as_of if over else max(held.as_of, min(look.now, held.last_as_of))
    return facts_moved(look.r, night.day, held.facts_seq, held.as_of, moment)
