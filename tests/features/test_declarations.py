"""What is declared of each feature besides its range: all of it decides what is published."""

from __future__ import annotations

from dataclasses import replace

from tipoff.features import catalogue
from tipoff.markets import MARKETS

_REQUIRED = """minutes_ewma_hl4 minutes_ewma_hl8 points_std_last_10 minutes_avg_last_10
  ppm_avg_last_10 recent_trend minutes_change team_pace team_off_rating team_win_pct
  opponent_def_rating opponent_pace games_vs_opponent pace_score back_to_back home_away
  playoff_game games_in_last_7_days fatigue_score rest_advantage has_vegas_line"""
REQUIRED = {
    *(f"{m}_{x}" for m in MARKETS for x in ("avg_season", "avg_last_5", "avg_last_10", "ewma_hl8")),
    *_REQUIRED.split(),
}  # fmt: skip
"""Without one of these a row scores at most 69 and is refused."""

_ONE = """breakout_flag injury_risk dnp_rate back_to_back playoff_game fatigue_score rest_advantage
  vegas_line_move has_vegas_line days_since_game team_game_number absence_state own_missed
  games_of_last_5 games_of_last_10 share_of_last_10 roster_moves_today mate_back_today
  report_day_to_day report_indefinite report_for_season"""
MAY_BE_ONE_VALUE = {
    *(f"over_chance_{m}" for m in MARKETS),
    *_ONE.split(),
}  # fmt: skip
"""Of an ordinary night everybody may have the same; any other such feature is blocked."""

SECOND_SOURCE = {
    "team_pace": "team_pace_assumed", "opponent_pace": "opponent_pace_assumed",
    "pace_score": "team_pace_assumed OR opponent_pace_assumed",
    **{f"{x}_{m}": f"{m}_line_estimated" for m in MARKETS for x in ("line", "over_chance")},
    **dict.fromkeys(("vegas_points_line", "vegas_opening_line", "vegas_line_move",
                     "has_vegas_line"), "points_line_estimated"),
}  # fmt: skip
"""What says that a value comes from a documented second source: it scores 87."""

CONTEXT = """back_to_back home_away playoff_game games_in_last_7_days fatigue_score rest_advantage
  days_since_game team_game_number"""
MATCHUP = """opponent_def_rating opponent_pace avg_points_vs_opponent games_vs_opponent pace_score
  shot_zone_mismatch_score opponent_assists_allowed_20 opponent_rebounds_allowed_20
  opponent_threes_attempted_20 opponent_fg_pct_allowed_20 opponent_turnovers_20
  opp_xout_points"""


def test_these_features_are_required_and_no_others() -> None:
    assert {n for n, f in catalogue().items() if f.required} == REQUIRED


def test_these_features_may_be_one_value_for_a_whole_slate_and_no_others() -> None:
    assert {n for n, f in catalogue().items() if not f.varies_within_slate} == MAY_BE_ONE_VALUE


def test_these_features_have_a_second_source_and_no_others() -> None:
    assert {n: f.fallback for n, f in catalogue().items() if f.fallback} == SECOND_SOURCE


def test_the_categories_that_gates_and_quality_read_hold_these_features() -> None:
    by_kind = {kind: [n for n, f in catalogue().items() if f.category == kind]
             for kind in ("game context", "matchup")}  # fmt: skip
    assert sorted(by_kind["game context"]) == sorted(CONTEXT.split())
    assert sorted(by_kind["matchup"]) == sorted(MATCHUP.split())


def test_reasons_second_sources_and_constancy_are_no_part_of_what_a_feature_is() -> None:
    for feature in catalogue().values():
        other = not feature.varies_within_slate
        assert replace(feature, why="x", fallback="y", varies_within_slate=other) == feature
        assert replace(feature, high=feature.high + 1) != feature
        assert replace(feature, required=not feature.required) != feature
