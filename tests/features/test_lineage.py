"""The fact rows behind every feature of a row, picked again in plain Python."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.features.conftest import Built
from tests.features.long_league import make_long_league
from tests.features.small_league import LAST, League, Row
from tests.features.test_leakage import tonight
from tipoff.features import catalogue, sources_of, training_frame
from tipoff.features.definition import Rows
from tipoff.features.lineage import markets_of, reach_of
from tipoff.features.windows import EVERYTHING, SEASON, last
from tipoff.markets import MARKETS

ALL = 100_000
SINGLE = ("points", "rebounds", "assists", "threes", "steals", "blocks")
TEAMMATES = """rank_points rank_minutes rank_start rank_assists rank_rebounds act_points act_minutes
  act_players minutes_240 minutes4_240 top_reb xout_minutes xout_points xout_starters
  sim_xout_minutes sim_xout_starters sim_act_minutes out_star_points roster_place roster_minutes
  roster_moves_today"""
OWN = """p_absent absence_state own_missed games_since_report games_of_last_5 games_of_last_10
  games_of_last_20 share_of_last_10 mate_back_today report_day_to_day report_indefinite
  report_for_season"""
LAST_GAMES = {
    1: "minutes_last started_last days_since_game",
    3: "minutes_avg_last_3",
    5: "start_rate_5 minutes_min_5 minutes_max_5 recent_trend",
    10: """points_std_last_10 minutes_avg_last_10 ppm_avg_last_10 pct_three pct_free_throw
        pts_slope_10g start_rate_10 minutes_std_10 games_in_last_7_days fatigue_score dnp_rate""",
    20: "minutes_avg_last_20 points_avg_last_20",
    50: """points_per_minute_50 rebounds_per_minute_50 assists_per_minute_50
        threes_attempted_per_minute_50 blocks_per_minute_50 steals_per_minute_50
        offensive_rebounds_per_minute_50""",
    ALL: """minutes_ewma_hl4 minutes_ewma_hl8 minutes_change pts_vs_season_zscore breakout_flag
        fga_ewma_hl8 fg3a_ewma_hl8 start_ewma_hl4 points_avg_career minutes_avg_career
        games_career games_since_return role_size minutes_last_to_ewma""",
}
"""How many of a player's newest games a feature is made from."""
TEAM = {
    ("team", 10, False): "team_pace team_off_rating",
    ("team", ALL, True): "team_win_pct",
    ("opponent", 15, False): "opponent_def_rating opponent_pace",
    ("opponent", 20, False): """opponent_assists_allowed_20 opponent_rebounds_allowed_20
        opponent_threes_attempted_20 opponent_fg_pct_allowed_20 opponent_turnovers_20""",
}
"""Whose newest games, how many, of this season alone or not."""


class Sources:
    """What a feature of one player-game is made from, as fact_ids in the order shown."""

    def __init__(self, league: League, row: Row, as_of: Any) -> None:
        self.t, self.row, self.day = league.tables, row, row["game_date"]
        self.moment = min(as_of, row["tipoff"])

    def known(self, table: str) -> list[Row]:
        """Rows known by then, the newest first."""
        rows = [r for r in self.t[table] if r["known_at"] <= self.moment
                and (table != "player_game" or r["minutes"] > 0)]  # fmt: skip
        return sorted(rows, key=lambda r: (r["known_at"], r.get("tipoff"), r.get("game_id")),
                      reverse=True)  # fmt: skip

    def games(self, size: int, season: bool = False) -> list[str]:
        mine = [b for b in self.known("player_game") if b["player_key"] == self.row["player_key"]
                and (not season or b["season"] == self.row["season"])]  # fmt: skip
        return [b["fact_id"] for b in mine[:size]]

    def teams(self, side: str, size: int, season: bool) -> list[str]:
        rows = [t for t in self.known("team_game")
                if not season or t["season"] == self.row["season"]]  # fmt: skip
        games = [t["game_id"] for t in rows if t["team"] == self.row[side]][:size]
        both = [t for t in self.t["team_game"] if t["game_id"] in games]
        both.sort(key=lambda t: (t["game_id"], t["team"]))
        both.sort(key=lambda t: t["known_at"], reverse=True)
        return [t["fact_id"] for t in both]

    def versus(self) -> list[str]:
        return [b["fact_id"] for b in self.known("player_game")
                if b["player_key"] == self.row["player_key"]
                and b["opponent"] == self.row["opponent"]
                and 1 <= (self.day - b["game_date"]).days <= 365]  # fmt: skip

    def fixtures(self) -> list[str]:
        facts = []
        for team in sorted([self.row["team"], self.row["opponent"]]):
            before = [g for g in self.t["game"] if team in (g["home"], g["away"])
                      and g["tipoff"] < self.row["tipoff"]]  # fmt: skip
            facts.append(max(before, key=lambda g: (g["tipoff"], g["game_id"]))["fact_id"])
        return facts

    def reports(self, mates: str = "") -> list[str]:
        rows = [i for i in self.known("injury") if (self.day - i["date"]).days <= 60
                and (i["player_key"] == self.row["player_key"]
                     or (mates and i["team"] == self.row[mates]))]  # fmt: skip
        rows.sort(key=lambda i: i["fact_id"])
        rows.sort(key=lambda i: i["known_at"], reverse=True)
        newest: dict[tuple[str, str], str] = {}
        for i in rows:
            newest.setdefault((i["player_key"], i["kind"]), i["fact_id"])
        return list(newest.values())

    def squad(self, side: str) -> list[str]:
        newest: dict[str, Row] = {}
        for b in self.known("player_game"):
            newest.setdefault(b["player_key"], b)
        mine = [b for b in newest.values()
                if (b["team"], b["season"]) == (self.row[side], self.row["season"])]  # fmt: skip
        mine.sort(key=lambda b: b["player_key"])
        return [b["fact_id"] for b in sorted(mine, key=lambda b: b["known_at"], reverse=True)]

    def lines(self, market: str) -> list[str]:
        rows = [x for x in self.t["prop_line"] if x["known_at"] <= self.moment
                and x["known_at"] < self.row["tipoff"] and x["is_main_line"]
                and (x["game_id"], x["player_key"], x["market"])
                == (self.row["game_id"], self.row["player_key"], market)]  # fmt: skip
        rows.sort(key=lambda x: (x["bookmaker"], x["known_at"], x["line"]))
        return [x["fact_id"] for x in rows]


def expected() -> dict[str, list[Callable[[Sources], list[str]]]]:
    """Feature -> what it is made from, one after the other."""
    rules: dict[str, list[Callable[[Sources], list[str]]]] = {
        "pct_paint": [], "pct_mid_range": [], "shot_zone_mismatch_score": [],
        "home_away": [], "playoff_game": [],
        "avg_points_vs_opponent": [Sources.versus], "games_vs_opponent": [Sources.versus],
        "back_to_back": [Sources.fixtures], "rest_advantage": [Sources.fixtures],
        "team_game_number": [Sources.fixtures],
        "injury_risk": [Sources.reports],
        "pace_score": [lambda s: s.teams("team", 10, False),
                       lambda s: s.teams("opponent", 10, False)],
        "usage_spike_score": [lambda s: s.games(10), lambda s: s.reports(),
                              lambda s: s.reports("team")],
        "breakout_risk_score": [lambda s: s.games(ALL), lambda s: s.teams("opponent", 15, False),
                                lambda s: s.reports(), lambda s: s.reports("team")],
        "composite_breakout_signal": [lambda s: s.games(ALL)],
        "opp_xout_points": [lambda s: s.reports("opponent"), lambda s: s.squad("opponent")],
    }  # fmt: skip
    for size, names in LAST_GAMES.items():
        rules |= {n: [partial(Sources.games, size=size)] for n in names.split()}
    for (side, size, season), names in TEAM.items():
        rules |= {n: [partial(Sources.teams, side=side, size=size, season=season)]
                  for n in names.split()}  # fmt: skip
    rules |= {
        n: [lambda s: s.reports("team"), lambda s: s.squad("team")] for n in TEAMMATES.split()
    }
    rules |= {n: [lambda s: s.reports(), lambda s: s.games(ALL, True)] for n in OWN.split()}
    for m in MARKETS:
        rules[f"{m}_avg_season"] = [lambda s: s.games(ALL, True)]
        rules |= {f"{m}_avg_last_{k}": [partial(Sources.games, size=k)] for k in (5, 10)}
        rules[f"{m}_std_last_20"] = [lambda s: s.games(20)]
        rules[f"{m}_ewma_hl8"] = [lambda s: s.games(ALL)]
        rules |= {f"{x}_{m}": [partial(Sources.lines, market=m)] for x in ("line", "over_chance")}
    for m in ("points", "rebounds", "assists", "threes", "steals", "blocks"):
        rules[f"{m}_per_minute_career"] = [lambda s: s.games(ALL)]
    vegas = ("vegas_points_line", "vegas_opening_line", "vegas_line_move", "has_vegas_line")
    return rules | {n: [lambda s: s.lines("points")] for n in vegas}


def sourced(built: Built, name: str, row: Row, as_of: Any) -> list[str]:
    with built.lake.reading() as r:
        sources = sources_of(
            r, name, game_id=row["game_id"], player_key=row["player_key"], team=row["team"],
            opponent=row["opponent"], tipoff=row["tipoff"], as_of=as_of, seq=r.newest_seq(),
        )  # fmt: skip
    return [x["fact_id"] for x in sources]


def picked(frame: pl.DataFrame, day: Any, player: str) -> tuple[Row, Any]:
    rows, as_of = tonight(frame, day)
    return rows.filter(pl.col("player_key") == player).row(0, named=True), as_of


@pytest.mark.long
def test_every_feature_of_a_traded_man_names_the_rows_it_was_made_from(
    small: Built, small_league: League
) -> None:
    """With a line, reports of their side, games for two teams in two seasons."""
    row, as_of = picked(small.frame, LAST, "aaa0")
    assert row["team"] == "BBB"
    of = Sources(small_league, row, as_of)
    rules = expected()
    assert rules.keys() == catalogue().keys()
    assert of.lines("points")
    assert len(of.games(ALL)) > 20 > len(of.games(ALL, True))
    assert len(of.reports("team")) > len(of.reports("opponent")[:1]) > 0
    for name, parts in rules.items():
        ids = [fact for part in parts for fact in part(of)]
        assert sourced(small, name, row, as_of) == list(dict.fromkeys(ids)), name


@pytest.mark.parametrize("late", [timedelta(0), timedelta(hours=40), -timedelta(hours=26)])
def test_what_is_named_was_known_by_the_moment_and_never_after_the_tip_off(
    small: Built, small_league: League, late: timedelta
) -> None:
    """A moment after the tip-off is read as the tip-off."""
    row, as_of = picked(small.frame, LAST, "ccc2")
    of = Sources(small_league, row, as_of + late)
    for name in ("points_ewma_hl8", "team_pace", "games_vs_opponent", "usage_spike_score",
                 "act_minutes", "own_missed", "vegas_points_line"):  # fmt: skip
        ids = [fact for part in expected()[name] for fact in part(of)]
        assert sourced(small, name, row, as_of + late) == list(dict.fromkeys(ids)), name


def test_facts_that_become_known_at_the_moment_are_named(
    small: Built, small_league: League
) -> None:
    row, as_of = picked(small.frame, LAST, "ccc2")
    for table, name in (("player_game", "points_ewma_hl8"), ("team_game", "opponent_def_rating"),
                        ("injury", "usage_spike_score"), ("player_game", "act_minutes"),
                        ("player_game", "games_vs_opponent")):  # fmt: skip
        moment = max(x["known_at"] for x in small_league.tables[table] if x["known_at"] < as_of)
        of = Sources(small_league, row, moment)
        ids = [fact for part in expected()[name] for fact in part(of)]
        assert sourced(small, name, row, moment) == list(dict.fromkeys(ids)), name


def test_seconds_played_are_a_game_and_a_night_on_the_bench_is_none(tmp_path: Path) -> None:
    league = make_long_league()
    day = max(g["game_date"] for g in league.tables["game"])
    with league.store(tmp_path / "lake") as lake:
        with lake.reading() as r:
            frame = training_frame(r, start=day, through=day, names=["home_away"])
        built = Built(lake, frame)
        for player in ("aaa0", "aaa3"):
            row, as_of = picked(frame, day, player)
            of = Sources(league, row, as_of)
            for name in ("points_ewma_hl8", "act_minutes"):
                ids = [fact for part in expected()[name] for fact in part(of)]
                assert sourced(built, name, row, as_of) == list(dict.fromkeys(ids)), name


def test_a_game_nobody_knows_has_no_date_and_still_names_a_mans_games(
    small: Built, small_league: League
) -> None:
    row, as_of = picked(small.frame, LAST, "ccc2")
    row["game_id"] = "no such game"
    of = Sources(small_league, row, as_of)
    assert sourced(small, "points_avg_last_5", row, as_of) == of.games(5)
    assert sourced(small, "games_vs_opponent", row, as_of) == []
    assert sourced(small, "injury_risk", row, as_of) == []


def test_each_source_is_told_with_its_table_date_and_words(
    small: Built, small_league: League
) -> None:
    row, as_of = picked(small.frame, LAST, "aaa0")
    box = next(b for b in small_league.tables["player_game"]
               if b["fact_id"] == Sources(small_league, row, as_of).games(1)[0])  # fmt: skip
    with small.lake.reading() as r:
        sources = sources_of(
            r, "minutes_last", game_id=row["game_id"], player_key="aaa0", team=row["team"],
            opponent=row["opponent"], tipoff=row["tipoff"], as_of=as_of, seq=r.newest_seq(),
        )  # fmt: skip
    text = f"Aaa0 {box['team']} v {box['opponent']}: {box['pts']} pts in {box['minutes']:.3f} min"
    assert [{k: x[k] for k in ("table", "fact_id", "date")} for x in sources] == [
        {"table": "league.player_game", "fact_id": box["fact_id"], "date": box["game_date"]}
    ]
    assert sources[0]["text"] == text


def test_how_far_back_a_feature_reaches_follows_from_its_sql_or_from_what_it_says() -> None:
    assert reach_of("dnp_rate") == {Rows.OWN_GAMES: last(10)}
    assert reach_of("points_avg_season") == {Rows.OWN_GAMES: SEASON}
    assert reach_of("minutes_change") == {Rows.OWN_GAMES: EVERYTHING}
    assert reach_of("recent_trend") == {Rows.OWN_GAMES: last(5)}
    assert reach_of("start_rate_5") == {Rows.OWN_GAMES: last(5)}
    assert reach_of("minutes_max_5") == {Rows.OWN_GAMES: last(5)}
    assert reach_of("pace_score") == {Rows.TEAM_GAMES: last(10), Rows.OPPONENT_GAMES: last(10)}
    assert reach_of("pct_paint") == {}
    assert markets_of("vegas_line_move") == {"points"}
    assert markets_of("over_chance_ra") == {"ra"}
    assert markets_of("points_avg_last_5") == set()
