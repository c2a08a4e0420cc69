"""Why a value is null, told again in plain Python for every feature of slates of every stage."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.features.conftest import Built
from tests.features.oracle import Row
from tests.features.oracle_v3 import MoreFacts, NewOracle
from tests.features.small_league import LAST, SEASON_TWO, START
from tests.features.test_leakage import slate, tonight
from tests.features.test_oracle import as_of
from tipoff.features import catalogue

OPENING = START + timedelta(days=SEASON_TWO)
DAYS = (START, START + timedelta(days=2), START + timedelta(days=6), OPENING,
        OPENING + timedelta(days=8), LAST)  # fmt: skip
STRAY = {("out_of_range", name) for name in (
    "opponent_fg_pct_allowed_20", "team_off_rating", "opponent_def_rating")}  # fmt: skip
"""After one game of a league a team's shares may lie outside what is plausible."""
TEAM = {"team_pace", "team_off_rating", "team_win_pct", "opponent_def_rating", "opponent_pace",
        "pace_score"}  # fmt: skip
SHOTS = {"pct_paint", "pct_mid_range", "shot_zone_mismatch_score"}
ALLOWED = {n for n, f in catalogue().items() if f.category == "matchup" and f.since == "v3"}
ABSENCE = """p_absent absence_state own_missed games_of_last_5 games_of_last_10 games_of_last_20
  share_of_last_10 roster_moves_today mate_back_today report_day_to_day report_indefinite
  report_for_season"""
OWN = {"games_since_report": "no_report", "roster_place": "long_away",
       "roster_minutes": "no_roster"}  # fmt: skip
"""Of a roster member; who is none has no such thing."""
CAREER = """minutes_ewma_hl4 minutes_ewma_hl8 points_std_last_10 minutes_avg_last_10
  ppm_avg_last_10 pct_three pct_free_throw pts_slope_10g recent_trend dnp_rate"""
TEAMMATES = """rank_points rank_minutes rank_start rank_assists rank_rebounds act_points act_minutes
  act_players minutes_240 minutes4_240 top_reb xout_minutes xout_points xout_starters
  sim_xout_minutes sim_xout_starters sim_act_minutes out_star_points"""


class Why:
    """The reason of a null of one row, by name."""

    def __init__(self, oracle: NewOracle, row: Row) -> None:
        self.o, self.row = oracle, row

    def of(self, name: str) -> str:
        if name in SHOTS:
            return "needs_shot_locations"
        if name in TEAM or name in ALLOWED - {"opp_xout_points"}:
            return "too_few_team_games"
        if name == "avg_points_vs_opponent":
            return "never_met"
        if name.startswith(("line_", "vegas_")):
            return "no_line"
        if name.startswith("over_chance_"):
            return "no_price"
        if name == "injury_risk":
            return "unknown_status"
        return self.of_player(name)

    def of_player(self, name: str) -> str:
        if name == "opp_xout_points" or (
            name in TEAMMATES.split() and self.row["act_players"] is None
        ):
            return "no_roster"
        if name in OWN:
            return "not_on_roster" if self.row["absence_state"] is None else OWN[name]
        if not self.o.past:
            return "no_history"
        if name in TEAMMATES.split():
            return "no_roster"
        if name == "usage_spike_score":
            return "unknown_status" if self.row["injury_risk"] is None else "no_usage"
        if name in ABSENCE.split():
            return "not_on_roster"
        if name in CAREER.split() or catalogue()[name].since in ("v3", "plays_1"):
            return "too_few_games"
        return self.of_season(name)

    def of_season(self, name: str) -> str:
        if not self.o.season:
            return "no_season_history"
        if name.startswith(("breakout_risk", "composite")):
            if not 8 <= self.row["points_avg_season"] <= 16:
                return "not_role_player"
            if name == "breakout_risk_score" and self.row["injury_risk"] is None:
                return "unknown_status"
        return "too_few_games"


@pytest.mark.parametrize("day", DAYS)
def test_every_null_of_a_slate_says_why_and_every_assumed_pace_that_it_is_assumed(
    small: Built, day: date
) -> None:
    rows, moment = tonight(small.frame, day)
    snapshot = slate(small.lake, rows, moment)
    with small.lake.reading() as r:
        facts = MoreFacts(r, {day})
    wrong = []
    for row, said in zip(snapshot.frame.to_dicts(), snapshot.reasons, strict=True):
        whole = row | {k: v for k, v in key_of(small, row).items() if k not in row}
        oracle = NewOracle(facts, whole, as_of(facts, whole))
        expected = {n: Why(oracle, row).of(n) for n in catalogue() if row[n] is None}
        expected |= assumed(oracle, row)
        lined = {n for n in said if "line" in n or "chance" in n}
        given = {n: w for n, w in said.items() if n not in lined or w != "fallback"}
        wrong += [(row["player_key"], n, given.get(n), expected.get(n))
                  for n in expected.keys() | given.keys()
                  if given.get(n) != expected.get(n)
                  and (given.get(n), n) not in STRAY]  # fmt: skip
    assert wrong == []


def key_of(small: Built, row: Row) -> Row:
    return small.frame.filter(
        (small.frame["game_id"] == row["game_id"])
        & (small.frame["player_key"] == row["player_key"])
    ).row(0, named=True)  # fmt: skip


def assumed(oracle: NewOracle, row: Row) -> dict[str, str]:
    """Paces read from a game whose minutes had to be assumed."""

    def guessed(team: str, last: int) -> bool:
        games = oracle.team_games(team)[-last:]
        return any(
            not 239 <= sum(b["minutes"] for b in oracle.f.box_of_game[g["game_id"], team]) <= 400
            for g in games
        )

    own, foe = guessed(row["team"], 10), guessed(row["opponent"], 15)
    flags = {"team_pace": own, "opponent_pace": foe, "pace_score": own or foe}
    return {n: "fallback" for n, flag in flags.items() if flag and row[n] is not None}


def test_a_line_of_an_estimated_moment_is_a_second_source_wherever_it_is_read(small: Built) -> None:
    rows, moment = tonight(small.frame, LAST)
    snapshot = slate(small.lake, rows, moment)
    readers = ("line_points", "vegas_points_line", "vegas_opening_line", "vegas_line_move",
               "has_vegas_line", "over_chance_points")  # fmt: skip
    seen = set()
    for row, said in zip(snapshot.frame.to_dicts(), snapshot.reasons, strict=True):
        second = said.get("line_points") == "fallback"
        seen.add(second)
        for name in readers:
            if row[name] is not None:
                assert (said.get(name) == "fallback") is second, name
        assert said.get("line_rebounds") in (None, "fallback", "no_line")
        assert said.get("over_chance_rebounds") in (None, "no_price", said.get("line_rebounds"))
    assert seen == {True, False}
