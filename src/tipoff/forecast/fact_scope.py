"""Which predictions of one run could have read a source row: by features, by line or by the plan.

The reverse of features/lineage.py, by the same windows: a row is read by a feature when it lies
within the games the feature reaches back, counted as the run knew them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from tipoff.features.catalogue import catalogue, definition_hashes
from tipoff.features.definition import Rows
from tipoff.features.lineage import external_of, markets_of, reach_of
from tipoff.features.windows import Window
from tipoff.league.availability import ABSENCE_DAYS
from tipoff.settings import Settings

if TYPE_CHECKING:
    from tipoff.lake import Reader

Row = dict[str, Any]
FORM = 5
"""Games whose mean minutes make the rotation (forecast/plan.py)."""

_PLAYER_GAMES = """
  SELECT count(DISTINCT game_id) FROM league.player_game
  WHERE player_key = $player AND minutes > 0 AND known_at <= $as_of AND recorded_seq <= $seq
    AND (known_at, tipoff, game_id) >= ($known, $tip, $game)"""
_TEAM_GAMES = """
  SELECT count(DISTINCT game_id) FROM league.team_game
  WHERE team = $team AND known_at <= $as_of AND recorded_seq <= $seq
    AND (known_at, tipoff, game_id) >= ($known, $tip, $game)"""
_LATER_GAMES = """
  SELECT count(DISTINCT game_id) FROM league.game
  WHERE $team IN (home, away) AND nba_game_id IS NOT NULL AND recorded_seq <= $seq
    AND tipoff > $tip AND game_date < $slate"""
_NEWER_REPORTS = """
  SELECT count(*) FROM league.injury
  WHERE player_key = $player AND kind = $kind AND known_at <= $as_of AND recorded_seq <= $seq
    AND known_at > $known AND team IS NOT DISTINCT FROM $team"""


@dataclass(frozen=True)
class Fact:
    """A row of a fact table; `corrected`: (recorded_seq, known_at) of newer rows of its key."""

    table: str
    row: dict[str, Any]
    corrected: tuple[tuple[int, datetime], ...]

    def in_force(self, run: Run) -> bool:
        """Whether a run could read it: stored and known by then, and not corrected yet."""
        if self.row["recorded_seq"] > run.facts_seq or self.row["known_at"] > run.as_of:
            return False
        return not any(seq <= run.facts_seq and at <= run.as_of for seq, at in self.corrected)


@dataclass(frozen=True)
class Run:
    """A published run; `current` when its slate shows it."""

    slate: date
    seq: int
    run_id: str
    current: bool
    as_of: datetime
    facts_seq: int
    first_tipoff: datetime
    settings: str
    season: str


@dataclass(frozen=True)
class Scope:
    """Predictions that `holds` lets through, reached through `features` or (`plan`) as a whole."""

    holds: Callable[[Row], bool]
    features: frozenset[str] = field(default_factory=frozenset)
    plan: bool = False


@cache
def _reach(name: str, _definition: str) -> dict[Rows, Window]:
    return reach_of(name)


def _reaches() -> dict[str, dict[Rows, Window]]:
    return {name: _reach(name, definition) for name, definition in definition_hashes().items()}


def features_reading(rows: tuple[Rows, ...], nth: int = 1, same: bool = True) -> frozenset[str]:
    """Features made from those rows that read the nth newest game; `same`: of the row's season."""
    return frozenset(
        name
        for name, reaches in _reaches().items()
        if any(kind in reaches and reaches[kind].holds(nth, same_season=same) for kind in rows)
    )


def scopes_of(r: Reader, fact: Fact, run: Run) -> list[Scope]:
    """The scopes of a row in a run that could read it; empty when nothing published reads it."""
    find = _SCOPES.get(fact.table)
    return find(r, fact.row, run) if find else []


def _player_game(r: Reader, row: Row, run: Run) -> list[Scope]:
    """The player's own form, and by team minutes and roster that of their team and opponents."""
    if not row["minutes"]:
        return []
    player, teams, season = row["player_key"], (row["team"], row["opponent"]), row["season"]
    nth = _count(r, _PLAYER_GAMES, run, row, player=player)
    same = season == run.season
    own = features_reading((Rows.OWN_GAMES,), nth, same)
    own |= features_reading((Rows.OWN_ABSENCE, Rows.TEAM_ROSTER)) if same else frozenset()
    # The newest game played ends an absence.
    own |= features_reading((Rows.OWN_REPORTS,)) if nth == 1 else frozenset()
    met = run.slate - timedelta(days=365) <= row["game_date"] < run.slate
    versus = features_reading((Rows.OWN_GAMES_AGAINST,)) if met else frozenset()
    rotation = Settings.model_validate_json(run.settings).rotation_games
    planned = nth <= FORM or _count(r, _TEAM_GAMES, run, row, team=row["team"]) <= rotation
    return [
        Scope(lambda p: p["player_key"] == player, own, planned),
        Scope(lambda p: p["player_key"] == player and p["opponent"] == row["opponent"], versus),
        *(_roster(player, row["team"]) if same else ()),
        *_team_form(r, row, run, teams),
    ]


def _team_game(r: Reader, row: Row, run: Run) -> list[Scope]:
    return _team_form(r, row, run, (row["team"], row["opponent"]))


def _team_form(r: Reader, row: Row, run: Run, teams: tuple[str, ...]) -> list[Scope]:
    """Features of a team's last games reach its players, those of the opponent whom it meets."""
    scopes = []
    for team in teams:
        nth = _count(r, _TEAM_GAMES, run, row, team=team)
        same = row["season"] == run.season
        for side, rows in (("team", Rows.TEAM_GAMES), ("opponent", Rows.OPPONENT_GAMES)):
            names = features_reading((rows,), nth, same)
            scopes.append(Scope(lambda p, s=side, t=team: p[s] == t, names))  # type: ignore[misc]
    return scopes


def _game(r: Reader, row: Row, run: Run) -> list[Scope]:
    """Its own predictions; the slate whose moment it sets; rest, until a team's next game."""
    if row["game_date"] == run.slate:
        sets_moment = row["tipoff"] <= run.first_tipoff
        return [Scope(lambda p: sets_moment or p["game_id"] == row["game_id"], plan=True)]
    scopes = []
    for team in (row["home"], row["away"]):
        params = {"team": team, "seq": run.facts_seq, "tip": row["tipoff"], "slate": run.slate}
        if row["game_date"] < run.slate and not r.value(_LATER_GAMES, params):
            names = features_reading((Rows.SCHEDULE,))
            scopes.append(Scope(lambda p, t=team: t in (p["team"], p["opponent"]), names))  # type: ignore[misc]
    return scopes


def _injury(r: Reader, row: Row, run: Run) -> list[Scope]:
    """A player's own status and place in the plan, and the absences teammates' features count."""
    old = row["date"] < run.slate - timedelta(days=ABSENCE_DAYS)
    player, team = row["player_key"], row["team"]
    if player is None or old:
        return []
    newer = {"player": player, "kind": row["kind"], "as_of": run.as_of, "seq": run.facts_seq,
             "known": row["known_at"], "team": team}  # fmt: skip
    if r.value(_NEWER_REPORTS, newer):
        return []
    own = features_reading((Rows.OWN_REPORTS, Rows.OWN_ABSENCE, Rows.TEAM_ROSTER))
    return [Scope(lambda p: p["player_key"] == player, own, plan=True), *_roster(player, team)]


def _roster(player: str, team: str) -> list[Scope]:
    """Teammates' features of who is there, and what opponents' features say of the side."""
    teammates = features_reading((Rows.TEAM_REPORTS, Rows.OWN_ABSENCE, Rows.TEAM_ROSTER))
    opponents = features_reading((Rows.OPPONENT_ROSTER,))
    return [
        Scope(lambda p: p["team"] == team and p["player_key"] != player, teammates),
        Scope(lambda p: p["opponent"] == team, opponents),
    ]


def _prop_line(_r: Reader, row: Row, run: Run) -> list[Scope]:
    """The plan of the player's game; features of the market when it is a main line."""
    if row["game_id"] is None or row["player_key"] is None or row["game_date"] != run.slate:
        return []

    def theirs(p: Row) -> bool:
        same = p["player_key"] == row["player_key"] and p["game_id"] == row["game_id"]
        return same and bool(row["known_at"] < p["tipoff"])

    names = frozenset(n for n in catalogue() if row["market"] in markets_of(n))
    return [Scope(theirs, names if row["is_main_line"] else frozenset(), plan=True)]


def _external(_r: Reader, row: Row, _run: Run) -> list[Scope]:
    """Features of that name, of the player or of either side's players."""
    scopes = []
    for side, key in (("player", "player_key"), ("team", "team"), ("opponent", "opponent")):
        names = frozenset(
            name
            for name in features_reading((Rows.EXTERNAL,))
            if any(c.external == row["name"] and c.side == side for c in external_of(name))
        )
        of = row["player_key" if side == "player" else "team"]
        scopes.append(Scope(lambda p, k=key, of=of: p[k] == of, names))  # type: ignore[misc]
    return scopes


_SCOPES: dict[str, Callable[[Reader, Row, Run], list[Scope]]] = {
    "league.player_game": _player_game,
    "league.team_game": _team_game,
    "league.game": _game,
    "league.injury": _injury,
    "league.prop_line": _prop_line,
    "league.external": _external,
}
"""Tables that features, lines or the plan read; no prediction reads the others."""


def _count(r: Reader, sql: str, run: Run, row: Row, **more: Any) -> int:
    params = {"as_of": run.as_of, "seq": run.facts_seq, "known": row["known_at"],
              "tip": row["tipoff"], "game": row["game_id"], **more}  # fmt: skip
    return int(r.value(sql, params))
