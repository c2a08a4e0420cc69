"""Feature sets: named lists of names. A tag is never reused for another list."""

from tipoff.markets import MARKETS

_BASE = (
    *(
        name.format(m=m)
        for m in MARKETS
        for name in (
            "{m}_avg_season", "{m}_avg_last_5", "{m}_avg_last_10", "{m}_ewma_hl8",
            "{m}_std_last_20", "line_{m}",
        )
    ),
    "minutes_ewma_hl4", "minutes_ewma_hl8",
)  # fmt: skip

_V2_33 = (
    "points_avg_last_5", "points_avg_last_10", "points_avg_season", "points_std_last_10",
    "games_in_last_7_days", "fatigue_score", "shot_zone_mismatch_score", "pace_score",
    "usage_spike_score", "rest_advantage", "injury_risk", "recent_trend", "minutes_change",
    "opponent_def_rating", "opponent_pace", "home_away", "back_to_back", "playoff_game",
    "pct_paint", "pct_mid_range", "pct_three", "pct_free_throw", "team_pace",
    "team_off_rating", "team_win_pct", "vegas_points_line", "vegas_opening_line",
    "vegas_line_move", "has_vegas_line", "avg_points_vs_opponent", "games_vs_opponent",
    "minutes_avg_last_10", "ppm_avg_last_10",
)  # fmt: skip

_V2_37 = (*_V2_33, "dnp_rate", "pts_slope_10g", "pts_vs_season_zscore", "breakout_flag")

_SINGLE = ("points", "rebounds", "assists", "threes", "steals", "blocks")

_V3_EARLIER = (
    *(f"{m}_avg_season" for m in _SINGLE),
    *(f"{m}_ewma_hl8" for m in _SINGLE),
    *(f"{m}_{x}" for m in ("points", "rebounds", "assists", "threes")
      for x in ("avg_last_5", "avg_last_10", "std_last_20")),
    "minutes_ewma_hl4", "minutes_ewma_hl8", "points_std_last_10", "minutes_avg_last_10",
    "ppm_avg_last_10", "pct_three", "pct_free_throw", "pts_slope_10g", "dnp_rate",
    "injury_risk", "usage_spike_score", "games_in_last_7_days", "fatigue_score",
    "rest_advantage", "back_to_back", "home_away", "playoff_game", "opponent_def_rating",
    "opponent_pace", "team_pace", "team_off_rating", "team_win_pct", "avg_points_vs_opponent",
)  # fmt: skip
"""What v3 keeps of the earlier sets: nothing of any market."""

_V3_NEW = (
    "fga_ewma_hl8", "fg3a_ewma_hl8", "minutes_last", "started_last", "start_rate_10",
    "minutes_avg_last_3", "minutes_avg_last_20", "minutes_std_10", "minutes_min_5",
    "minutes_max_5", "points_avg_last_20", "points_avg_career", "minutes_avg_career",
    "games_career", "own_missed", "days_since_game", "games_since_return", "team_game_number",
    "points_per_minute_50", "rebounds_per_minute_50", "assists_per_minute_50",
    "threes_attempted_per_minute_50", "blocks_per_minute_50", "steals_per_minute_50",
    "offensive_rebounds_per_minute_50", "role_size",
    "opponent_assists_allowed_20", "opponent_rebounds_allowed_20",
    "opponent_threes_attempted_20", "opponent_fg_pct_allowed_20", "opponent_turnovers_20",
    "rank_points", "rank_minutes", "rank_start", "rank_assists", "rank_rebounds",
    "act_points", "act_minutes", "act_players", "minutes_240", "minutes4_240", "top_reb",
    "xout_minutes", "xout_points", "xout_starters", "sim_xout_minutes", "sim_xout_starters",
    "sim_act_minutes", "out_star_points", "opp_xout_points",
)  # fmt: skip

_V3 = (*_V3_EARLIER, *_V3_NEW)
_V4_NEW = tuple(f"{m}_per_minute_career" for m in _SINGLE)

_PLAYS = (
    "p_absent", "absence_state", "own_missed", "games_since_report", "games_of_last_5",
    "games_of_last_10", "games_of_last_20", "share_of_last_10", "roster_place",
    "roster_minutes", "roster_moves_today", "mate_back_today", "report_day_to_day",
    "report_indefinite", "report_for_season", "minutes_avg_last_3", "minutes_ewma_hl4",
    "minutes_ewma_hl8", "minutes_last_to_ewma", "minutes_std_10", "start_rate_5",
    "start_ewma_hl4", "days_since_game", "games_since_return",
    "games_career", "team_game_number", "back_to_back", "playoff_game", "home_away",
)  # fmt: skip
"""What says whether a roster member plays tonight."""

SETS: dict[str, tuple[str, ...]] = {
    "base": _BASE,
    "v2_33": _V2_33,
    "v2_37": _V2_37,
    "v2_39": (*_V2_37, "breakout_risk_score", "composite_breakout_signal"),
    "v3": _V3,
    "v4": (*_V3, *_V4_NEW),
    "lines_1": tuple(name for m in MARKETS for name in (f"line_{m}", f"over_chance_{m}")),
    "plays_1": _PLAYS,
}
