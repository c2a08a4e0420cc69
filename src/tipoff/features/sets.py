"""Feature sets: named lists of names. A tag is never reused for another list."""

from tipoff.league.markets import MARKETS

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

SETS: dict[str, tuple[str, ...]] = {
    "base": _BASE,
    "v2_33": _V2_33,
    "v2_37": _V2_37,
    "v2_39": (*_V2_37, "breakout_risk_score", "composite_breakout_signal"),
}
