"""Was a player to be expected on a night? The figures forecast/plan.py goes by, of one player."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from tipoff.forecast.plan import HISTORY_DAYS
from tipoff.league.current import current_sql
from tipoff.league.games import games_sql

if TYPE_CHECKING:
    from tipoff.lake import Reader
    from tipoff.settings import Settings

_BOX = f"""
  (FROM {current_sql("league.player_game",
    "game_id, player_key, team, opponent, minutes, tipoff, game_date, known_at")}
   WHERE minutes > 0 AND game_date > $day - {HISTORY_DAYS})"""  # fmt: skip

_FIGURES = f"""
  WITH box AS MATERIALIZED {_BOX},
  his AS (SELECT * FROM box WHERE player_key = $player),
  last_game AS (SELECT team, game_date FROM his ORDER BY tipoff DESC, game_id DESC LIMIT 1),
  recent AS (SELECT DISTINCT game_id, tipoff FROM box JOIN last_game USING (team)
             ORDER BY tipoff DESC LIMIT $rotation_games)
  SELECT (SELECT team FROM last_game), (SELECT game_date FROM last_game),
         (SELECT count(*) FROM his JOIN last_game USING (team) WHERE game_id IN
           (SELECT game_id FROM recent)),
         (SELECT count(*) FROM recent),
         (SELECT avg(minutes) FROM (FROM his ORDER BY tipoff DESC, game_id DESC LIMIT 5))"""

_GAMES = f"""
  SELECT game_id, home, away, tipoff FROM {games_sql()}
  WHERE game_date = $day AND known_at < tipoff ORDER BY tipoff, game_id"""


@dataclass(frozen=True)
class Moment:
    """A night as known at a moment: rows known by `as_of` and stored by `seq`."""

    day: date
    as_of: datetime
    seq: int
    settings: Settings

    @property
    def params(self) -> dict[str, Any]:
        """What as-of relations read."""
        return {
            "day": self.day, "as_of": self.as_of, "seq": self.seq,
            "rotation_games": self.settings.rotation_games,
        }  # fmt: skip


@dataclass(frozen=True)
class Figures:
    """`team` of his last box score on `last_played`; `games` of his among that team's last `of`;
    mean `minutes` of his last five. None and 0 without a box score within HISTORY_DAYS."""

    team: str | None
    last_played: date | None
    games: int
    of: int
    minutes: float | None

    def in_rotation(self, settings: Settings) -> bool:
        """Whether form alone makes him expected when his team plays."""
        return self.games > 0 and (self.minutes or 0.0) >= settings.rotation_minutes


def figures(r: Reader, player: str, moment: Moment) -> Figures:
    """The figures of a player, from box scores known at a moment."""
    team, played, games, of, minutes = r.rows(_FIGURES, moment.params | {"player": player})[0]
    return Figures(team, played, int(games), int(of), None if minutes is None else float(minutes))


def games_of(r: Reader, moment: Moment) -> list[dict[str, Any]]:
    """The night's games: game_id, home, away, tipoff."""
    return r.query(_GAMES, moment.params).to_dicts()
