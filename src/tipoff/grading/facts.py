"""What is known by now of the games a slate predicted: the latest rows, whatever as_of was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from tipoff.lake import as_of_sql
from tipoff.markets import counts_sql

if TYPE_CHECKING:
    import polars as pl

    from tipoff.lake import Reader

NOW = datetime(9999, 1, 1, tzinfo=UTC)
"""Grading reads current truth: of each key the newest row, with no as_of to hide any."""


@dataclass(frozen=True)
class Facts:
    """Current rows a slate is settled by.

    games: every predicted game, every game of the date, and every later scheduled one
    (game_id, nba_game_id, display_id, game_date, home, away, status, home_pts, away_pts, tipoff,
    fact_id, recorded_seq). box: the player rows of predicted games and of the date (game_id,
    game_date, player_key, team, opponent, minutes, did_not_play, fact_id, recorded_seq and a
    column per market). newest_final: date of the newest final game, None without one.
    """

    slate: date
    games: pl.DataFrame
    box: pl.DataFrame
    newest_final: date | None


def load_facts(r: Reader, slate: date, game_ids: Sequence[str]) -> Facts:
    """The facts that settle a slate's predictions, in three queries."""
    params = {"as_of": NOW, "seq": r.newest_seq(), "day": slate, "ids": list(game_ids)}
    games = f"""
      SELECT game_id, nba_game_id, display_id, game_date, home, away, status,
             home_pts, away_pts, tipoff, fact_id, recorded_seq
      FROM {as_of_sql("league.game")}
      WHERE game_date >= $day OR game_id IN (SELECT unnest($ids::VARCHAR[]))
      ORDER BY game_date, game_id"""
    return Facts(
        slate, r.query(games, params), r.query(_box_sql(), params), _newest_final(r, params)
    )


def _box_sql() -> str:
    condition = """game_id IN (SELECT game_id FROM league.player_game WHERE game_date = $day
                            UNION SELECT unnest($ids::VARCHAR[]))"""
    return f"""
      SELECT game_id, game_date, player_key, team, opponent, minutes::DOUBLE AS minutes,
             coalesce(did_not_play, false) AS did_not_play, fact_id, recorded_seq, {counts_sql()}
      FROM {as_of_sql("league.player_game", condition)} ORDER BY game_id, player_key"""


def _newest_final(r: Reader, params: dict[str, object]) -> date | None:
    newest: date | None = r.value(
        f"SELECT max(game_date) FROM {as_of_sql('league.game')}"
        " WHERE status = 'final' AND home_pts IS NOT NULL",
        params,
    )
    return newest
