"""Breakout features: role players of 8-16 points per game; null for the rest."""

from tipoff.features.definition import Category, Column, Family, Feature
from tipoff.features.windows import clamp

_P: Category = "player history"
_ROLE = "points_avg_season BETWEEN 8 AND 16"
_WHY = """CASE WHEN career_games IS NULL THEN 'no_history'
  WHEN points_avg_season IS NULL THEN 'no_season_history'
  WHEN NOT (points_avg_season BETWEEN 8 AND 16) THEN 'not_role_player'
  WHEN {more} ELSE 'too_few_games' END"""

_HOT = f"({clamp('pts_vs_season_zscore', -1.5, 1.5)} + 1.5) / 3 * 100"
_FELL = "round(points_avg_last_5 / nullif(points_avg_last_10, 0) - 1, 9)"
_PEAK = "round(points_max_last_5 / nullif(points_avg_season, 0), 9)"
_R = "opponent_def_rating"
_TREND = "round(usage_trend, 9)"

_TERMS = (
    Column("cv_last_10", "round(points_std_last_10 / nullif(points_avg_last_10, 0), 9)"),
    Column("breakout_hot", _HOT),
    Column(
        "breakout_cold",
        f"""CASE WHEN {_FELL} <= -.2 THEN 100 WHEN {_FELL} <= -.1 THEN 75
          WHEN {_FELL} >= .1 THEN 30 WHEN {_FELL} IS NOT NULL THEN 50 END""",
    ),
    Column(
        "breakout_volatility",
        f"""0.6 * CASE WHEN cv_last_10 >= .6 THEN 60 WHEN cv_last_10 >= .4 THEN 45
            WHEN cv_last_10 >= .25 THEN 25 WHEN cv_last_10 IS NOT NULL THEN 10 END
          + 0.4 * CASE WHEN {_PEAK} >= 1.8 THEN 40 WHEN {_PEAK} >= 1.5 THEN 25
            WHEN {_PEAK} IS NOT NULL THEN 10 END""",
    ),
    Column(
        "breakout_defence",
        f"""CASE WHEN {_R} >= 116 THEN 90 WHEN {_R} >= 113 THEN 70 WHEN {_R} >= 110 THEN 50
          WHEN {_R} IS NOT NULL THEN greatest(10, 50 - 4 * (110 - {_R})) END""",
    ),
    Column(
        "breakout_opportunity",
        f"""0.6 * CASE WHEN {_TREND} >= 3 THEN 80 WHEN {_TREND} >= 1.5 THEN 65
            WHEN {_TREND} <= -1.5 THEN 30 WHEN {_TREND} IS NOT NULL THEN 50 END
          + 0.4 * CASE WHEN injury_risk IS NULL THEN NULL WHEN points_out >= 30 THEN 100
            WHEN points_out >= 20 THEN 80 WHEN points_out >= 12 THEN 50
            WHEN points_out >= 5 THEN 30 ELSE 20 END""",
    ),
    Column(
        "breakout_history",
        """CASE WHEN coalesce(breakout_games, 0) >= 5
          THEN least(100, 10 + 90 * (breakouts / breakout_games) / .35) ELSE 35 END""",
    ),
)

BREAKOUT = Family(
    name="breakout",
    columns=(
        *_TERMS,
        Feature(
            "breakout_risk_score",
            f"""CASE WHEN {_ROLE} THEN 0.15 * breakout_hot + 0.10 * breakout_cold
              + 0.25 * breakout_volatility + 0.20 * breakout_defence
              + 0.15 * breakout_opportunity + 0.15 * breakout_history END""",
            "0-100", 0, 100, _P, False, "v2_39",
            why=_WHY.format(more="injury_risk IS NULL THEN 'unknown_status'"),
        ),
        Feature(
            "composite_breakout_signal",
            f"""CASE WHEN {_ROLE} THEN (cv_last_10 >= .6)::INT + ({_FELL} <= -.2)::INT
              + coalesce(last_started, false)::INT + home_away
              + (games_in_last_7_days <= 2)::INT END""",
            "0-5", 0, 5, _P, False, "v2_39",
            why=_WHY.format(more="cv_last_10 IS NULL THEN 'too_few_games'"),
        ),
    ),
)  # fmt: skip
