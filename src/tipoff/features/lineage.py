"""Lineage: which fact rows a feature of one player-game was made from."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tipoff.features.catalogue import CATALOGUE
from tipoff.features.definition import Column
from tipoff.features.families.market import QUOTED
from tipoff.lake import as_of_sql
from tipoff.league.games import games_sql, team_games_sql

if TYPE_CHECKING:
    from tipoff.lake import Reader

SIZES = {
    "2": 2, "3": 3, "5": 5, "10": 10, "20": 20, "last_10": 10, "last_15": 15, "last_20": 20,
}  # fmt: skip
"""Games a window or span reaches back; others reach back without end."""
EVERYTHING = 100_000
FIXTURE_ALONE = frozenset({"home_away", "playoff_game"})
"""Features of the family `rest` that read the fixture itself and no game before it."""

_BOX_TEXT = (
    "concat(player_name, ' ', team, ' v ', opponent, ': ', pts, ' pts in ', minutes, ' min')"
)

_PLAYER = f"""
  SELECT 'league.player_game' AS "table", fact_id, game_date AS date, {_BOX_TEXT} AS text
  FROM {as_of_sql("league.player_game", "player_key = $player_key")}
  WHERE minutes > 0 AND known_at <= $moment AND (NOT $season_only OR season = $season)
  ORDER BY known_at DESC, tipoff DESC, game_id DESC LIMIT $size"""

_TEAM = f"""
  SELECT 'league.team_game' AS "table", fact_id, game_date AS date,
         concat(team, ' v ', opponent, ': ', pts, '-', opp_pts, ', ', possessions, ' poss') AS text
  FROM {as_of_sql("league.team_game")}
  WHERE game_id IN (
    SELECT game_id FROM {as_of_sql("league.team_game", "team = $side")}
    WHERE known_at <= $moment AND (NOT $season_only OR season = $season)
    ORDER BY known_at DESC, tipoff DESC, game_id DESC LIMIT $size)
  ORDER BY known_at DESC, game_id, team"""

_VERSUS = f"""
  SELECT 'league.player_game' AS "table", fact_id, game_date AS date, {_BOX_TEXT} AS text
  FROM {as_of_sql("league.player_game", "player_key = $player_key")}
  WHERE minutes > 0 AND known_at <= $moment AND opponent = $opponent
    AND game_date BETWEEN $day::DATE - 365 AND $day::DATE - 1
  ORDER BY known_at DESC"""

_SCHEDULE = f"""
  SELECT 'league.game' AS "table", g.fact_id, g.game_date AS date,
         concat(g.away, ' at ', g.home) AS text
  FROM {games_sql()} g JOIN {team_games_sql(games_sql())} t USING (game_id)
  WHERE t.team IN ($team, $opponent) AND g.nba_game_id IS NOT NULL AND g.tipoff < $tipoff
  QUALIFY row_number() OVER (PARTITION BY t.team ORDER BY g.tipoff DESC, g.game_id DESC) = 1
  ORDER BY t.team"""

_INJURY = f"""
  SELECT 'league.injury' AS "table", fact_id, date,
         concat(player_name, ' ', team, ': ', raw_status, ' ', detail) AS text
  FROM {as_of_sql("league.injury")}
  WHERE known_at <= $moment AND date >= $day::DATE - 60
    AND (player_key = $player_key OR ($mates AND team = $side))
  QUALIFY row_number() OVER (PARTITION BY player_key, kind ORDER BY known_at DESC, fact_id) = 1
  ORDER BY known_at DESC, fact_id"""

_SQUAD = f"""
  SELECT 'league.player_game' AS "table", fact_id, game_date AS date, {_BOX_TEXT} AS text
  FROM {as_of_sql("league.player_game")}
  WHERE minutes > 0 AND known_at <= $moment
  QUALIFY row_number() OVER (PARTITION BY player_key
                             ORDER BY known_at DESC, tipoff DESC, game_id DESC) = 1
    AND team = $side AND season = $season
  ORDER BY known_at DESC, player_key"""

_LINES = f"""
  SELECT 'league.prop_line' AS "table", fact_id, game_date AS date,
         concat(bookmaker, ' ', market, ' ', line) AS text
  FROM {as_of_sql("league.prop_line", "game_date = $day AND market = $market AND is_main_line")}
  WHERE game_id = $game_id AND player_key = $player_key
    AND known_at <= $moment AND known_at < $tipoff
  ORDER BY bookmaker, known_at, line"""


def sources_of(
    r: Reader, name: str, *, game_id: str, player_key: str, team: str, opponent: str,
    tipoff: datetime, as_of: datetime, seq: int,
) -> list[dict[str, Any]]:  # fmt: skip
    """Fact rows behind a feature of one player-game, newest first per table.

    Each has `table`, `fact_id`, `date` (league date) and `text`. Empty for what is read from the
    fixture alone, and for features that need data the lake has not.
    """
    fixture = (
        "SELECT game_date, season FROM league.game WHERE game_id = $game_id"
        " ORDER BY recorded_seq DESC LIMIT 1"
    )
    found = r.rows(fixture, {"game_id": game_id})
    day, season = found[0] if found else (None, None)
    params = {
        "game_id": game_id, "player_key": player_key, "team": team, "opponent": opponent,
        "tipoff": tipoff, "as_of": as_of, "seq": seq, "moment": min(as_of, tipoff),
        "day": day, "season": season,
    }  # fmt: skip
    rows: dict[str, dict[str, Any]] = {}
    for sql, more in _queries(name, params):
        for row in r.query(sql, params | more).iter_rows(named=True):
            rows.setdefault(row["fact_id"], row)
    return list(rows.values())


def windows_of(name: str) -> dict[str, dict[str, Any]]:
    """Family -> how far back a feature reads its relation: `season_only`, and `size` in games."""
    reached: dict[str, set[str]] = {}
    for column in CATALOGUE.closure([name]):
        family = CATALOGUE.owner[column]
        if family.relation:
            reached.setdefault(family.name, set()).update(_reach(CATALOGUE.columns[column]))
    return {
        family: _named_span(name) if family == "role" else _span(windows)
        for family, windows in reached.items()
    }


def markets_of(name: str) -> set[str]:
    """The markets whose lines a feature reads."""
    return {QUOTED[c] for c in CATALOGUE.closure([name]) if c in QUOTED}


def _queries(name: str, params: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    queries: list[tuple[str, dict[str, Any]]] = []
    for family_name, span in windows_of(name).items():
        if family_name in ("player", "days", "tenure"):
            queries.append((_PLAYER, span))
        elif family_name in ("team", "opponent", "allowed"):
            side = params["team" if family_name == "team" else "opponent"]
            queries.append((_TEAM, span | {"side": side}))
        elif family_name == "versus":
            queries.append((_VERSUS, {}))
        elif family_name == "rest":
            queries += [(_SCHEDULE, {})] * (name not in FIXTURE_ALONE)
        elif family_name in ("role", "night_number", "absence", "crowd"):
            queries += _role_and_squad(family_name, name, params)
        elif family_name in ("status", "mates"):
            queries.append((_INJURY, {"mates": family_name == "mates", "side": params["team"]}))
        else:
            queries += [(_LINES, {"market": market}) for market in sorted(markets_of(name))]
    return queries


def _role_and_squad(
    family: str, name: str, params: dict[str, Any]
) -> list[tuple[str, dict[str, Any]]]:
    """Of a squad: what was reported about the side, and the newest box scores of its players."""
    if family == "role":
        return [(_PLAYER, _named_span(name))]
    if family == "night_number":
        return [(_SCHEDULE, {})]
    side = params["opponent" if name == "opp_xout_points" else "team"]
    own = family == "absence" and not name.startswith("roster_")
    reports = (_INJURY, {"mates": not own, "side": side})
    if own:
        return [reports, (_PLAYER, {"season_only": True, "size": EVERYTHING})]
    return [reports, (_SQUAD, {"side": side})]


def _named_span(name: str) -> dict[str, Any]:
    """How far back a feature of the family role reaches, as its name says."""
    size = re.search(r"_(\d+)$", name)
    newest = name in ("minutes_last", "started_last", "days_since_game")
    return {"season_only": False, "size": int(size[1]) if size else 1 if newest else EVERYTHING}


def _reach(column: Column) -> tuple[str, ...]:
    # A total since his first game takes no earlier row off, so that no span names how far it goes.
    career = ("career",) if column.name.endswith("_career") else ()
    return column.windows + column.spans + career


def _span(windows: set[str]) -> dict[str, Any]:
    """How far back the widest window reaches; columns without one read the newest games."""
    if not windows:
        return {"season_only": False, "size": 10}
    endless = windows - SIZES.keys() - {"season"}
    sizes = [SIZES[w] for w in windows if w in SIZES]
    if endless:
        return {"season_only": False, "size": EVERYTHING}
    if "season" in windows:
        return {"season_only": not sizes, "size": EVERYTHING}
    return {"season_only": False, "size": max(sizes)}
