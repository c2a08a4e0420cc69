"""Who is expected tonight, from what was known before tip-off; never from who then played."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tipoff.features import BOX, TOLD
from tipoff.lake import as_of_sql
from tipoff.league.availability import status_sql

if TYPE_CHECKING:
    import polars as pl

    from tipoff.features import Facts
    from tipoff.forecast.slate import Slate
    from tipoff.lake import Reader
    from tipoff.settings import Settings

HISTORY_DAYS = 400
"""How far back a last team or a rotation can lie: a season missed, no more."""

_TEAMS = """
  SELECT game_id, home AS team, away AS opponent, true AS home, tipoff, season, game_type,
         game_date FROM slate_games
  UNION ALL
  SELECT game_id, away, home, false, tipoff, season, game_type, game_date FROM slate_games"""

_LINED = """
  SELECT game_id, coalesce(player_key, raw_key) AS player_key, player_key IS NULL AS unresolved,
         any_value(player_name) AS player, bool_or(home IS NOT NULL) AS has_event
  FROM {lines} WHERE game_id IN (SELECT game_id FROM slate_games)
    AND known_at < (SELECT any_value(tipoff) FROM slate_games g WHERE g.game_id = l.game_id)
  GROUP BY ALL"""

_ROTATION = """
  -- the newest box scores of every player and team, by tip-off
  played AS (
    SELECT player_key, team, game_id, minutes, tipoff, player_name, player_id,
           row_number() OVER (PARTITION BY player_key ORDER BY tipoff DESC, game_id DESC) AS nth
    FROM {box} WHERE game_date > $day - {days}),
  team_nth AS (
    SELECT team, game_id, row_number() OVER (PARTITION BY team ORDER BY tipoff DESC) AS nth
    FROM (SELECT DISTINCT team, game_id, tipoff FROM played)),
  last_team AS (
    SELECT player_key, team, player_name, player_id FROM played WHERE nth = 1),
  form AS (SELECT player_key, avg(minutes) AS minutes FROM played WHERE nth <= 5 GROUP BY ALL),
  rotation AS (
    SELECT DISTINCT l.player_key, l.team FROM last_team l JOIN form f USING (player_key)
    JOIN played p ON p.player_key = l.player_key AND p.team = l.team
    JOIN team_nth t ON t.team = p.team AND t.game_id = p.game_id AND t.nth <= $rotation_games
    WHERE f.minutes >= $rotation_minutes)"""


@dataclass(frozen=True)
class Plan:
    """The expected players of a slate, one row per (player, game).

    `players` has game_id, player_key, player, player_id, team, opponent, home, tipoff, season,
    game_type, game_date, lined, status, reason and detail; `reason` is null for those to score.
    """

    players: pl.DataFrame

    @property
    def tonight(self) -> pl.DataFrame:
        """The players to build features for: those with a team and a name of their own."""
        return self.players.filter(~self.players["unresolved"] & self.players["team"].is_not_null())


def make_plan(r: Reader, slate: Slate, settings: Settings, facts: Facts) -> Plan:
    """List the expected players and rule out those who are out, unresolved or without a team.

    A player is expected when he played for his team within its last `rotation_games` games with
    a mean of `rotation_minutes` over his last five, or when a line on him was known. His team is
    that of his last box score unless a line's event says otherwise; when the event only says that
    it is one of two others, he is refused (team_unknown). Out means an out status of the slate's
    own date, or an open absence with no line on him: books posting a line later is newer word.
    `facts` are those of the slate's moment; raises IntegrityError for others.
    """
    import polars as pl

    facts.require(slate.as_of, slate.seq)
    r.register("slate_games", slate.games)
    params = slate.params | {
        "rotation_games": settings.rotation_games,
        "rotation_minutes": settings.rotation_minutes,
    }
    players = r.query(_expected_sql(), params)
    r.register("expected_players", players)
    status = r.query(_status_sql(), params)
    for name in ("expected_players", "slate_games"):
        r.unregister(name)
    merged = players.join(status, on=["game_id", "player_key"], how="left", maintain_order="left")
    return Plan(
        _with_reasons(merged).sort("game_id", "team", "player_key", nulls_last=True)
        if merged.height
        else merged.with_columns(reason=pl.lit(None, pl.String))
    )


def _expected_sql() -> str:
    lines = as_of_sql("league.prop_line", "game_date = $day")
    return f"""
      WITH teams AS ({_TEAMS}), lined AS ({_LINED.format(lines=lines + " l")}),
      {_ROTATION.format(box=BOX, days=HISTORY_DAYS)},
      by_line AS (
        SELECT l.game_id, l.player_key, l.player, l.unresolved, t.team
        FROM lined l LEFT JOIN last_team k ON k.player_key = l.player_key AND NOT l.unresolved
        LEFT JOIN teams t ON t.game_id = l.game_id AND t.team = k.team),
      by_rotation AS (
        SELECT t.game_id, o.player_key, t.team FROM rotation o JOIN teams t USING (team)
        -- a line puts him elsewhere tonight: the event is newer word than his last box score
        WHERE NOT EXISTS (FROM by_line b WHERE b.player_key = o.player_key
                          AND b.game_id <> t.game_id AND b.team IS NULL AND NOT b.unresolved)),
      everyone AS (
        SELECT game_id, player_key, team, unresolved, player, true AS lined FROM by_line
        UNION ALL
        SELECT game_id, player_key, team, false, NULL, false FROM by_rotation r
        WHERE NOT EXISTS (FROM by_line b
                          WHERE b.game_id = r.game_id AND b.player_key = r.player_key))
      SELECT e.game_id, e.player_key, e.team, e.unresolved, e.lined,
             coalesce(k.player_name, e.player, e.player_key) AS player, k.player_id,
             t.opponent, t.home, g.tipoff, g.season, g.game_type, g.game_date,
             k.player_key IS NOT NULL AS has_history
      FROM everyone e JOIN slate_games g USING (game_id)
      LEFT JOIN last_team k ON k.player_key = e.player_key AND NOT e.unresolved
      LEFT JOIN teams t ON t.game_id = e.game_id AND t.team = e.team
      ORDER BY ALL"""


def _status_sql() -> str:
    spine = "(SELECT *, $as_of::TIMESTAMPTZ AS row_as_of FROM expected_players)"
    return f"""
      SELECT game_id, player_key, status, same_day, since
      FROM ({status_sql(spine, BOX, TOLD)})"""


def _with_reasons(players: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    ruled_out = (pl.col("status") == "out") & (
        pl.col("same_day").fill_null(False) | ~pl.col("lined")
    )
    reason = (
        pl.when(pl.col("unresolved")).then(pl.lit("unresolved_player"))
        .when(~pl.col("has_history")).then(pl.lit("no_history"))
        .when(pl.col("team").is_null()).then(pl.lit("team_unknown"))
        .when(ruled_out.fill_null(False)).then(pl.lit("out"))
    )  # fmt: skip
    detail = (
        pl.when(reason == "unresolved_player").then(pl.lit("no player has this name"))
        .when(reason == "no_history").then(pl.lit("no box score before this slate"))
        .when(reason == "team_unknown").then(pl.lit("his last team is not in the line's event"))
        .when(reason == "out").then(pl.col("since").dt.strftime("out since %Y-%m-%d %H:%M UTC"))
    )  # fmt: skip
    return players.with_columns(reason=reason, detail=detail)
