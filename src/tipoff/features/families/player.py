"""The player's own form: windows over the games he played, in order."""

from tipoff.features.definition import Category, Column, Family, Feature, Window
from tipoff.features.families.sql import (
    SEASON,
    ewma8,
    ewma_minutes,
    mean,
    ratio,
    sample_std,
    slope,
    total,
)
from tipoff.features.relations import HISTORY
from tipoff.league.markets import MARKETS

HIGHEST = {"points": 70, "pra": 110, "pr": 90, "pa": 90, "ra": 60, "rebounds": 40, "assists": 30}
"""Plausible highest mean of a market; 15 for the others."""

WINDOWS = {
    "history": Window(HISTORY),
    "season": Window(HISTORY, season=True),
    "last_5": Window(f"{HISTORY} ROWS 4 PRECEDING"),
    "season_so_far": Window(
        f"{HISTORY} ROWS BETWEEN season_n - 1 PRECEDING AND CURRENT ROW", season=True
    ),
}

_P: Category = "player history"
WHY = """CASE WHEN career_games IS NULL THEN 'no_history'
              WHEN season_games IS NULL THEN 'no_season_history' ELSE 'too_few_games' END"""
WHY_CAREER = "CASE WHEN career_games IS NULL THEN 'no_history' ELSE 'too_few_games' END"


def _market(m: str, x: str) -> tuple[Feature, ...]:
    high = HIGHEST.get(m, 15)
    return (
        Feature(f"{m}_avg_season", mean(x, SEASON), m, 0, high, _P, True, "base"),
        Feature(f"{m}_avg_last_5", mean(x, 5), m, 0, high, _P, True, "base"),
        Feature(f"{m}_avg_last_10", mean(x, 10), m, 0, high, _P, True, "base"),
        Feature(f"{m}_ewma_hl8", ewma8(x), m, 0, high, _P, True, "base"),
        Feature(f"{m}_std_last_20", sample_std(m, x, 20), m, 0, 40, _P, False, "base"),
    )


def _career(*args: object) -> Feature:
    return Feature(*args, why=WHY_CAREER)  # type: ignore[arg-type]


_USAGE = (
    "(run_usg_pct - coalesce(lag(run_usg_pct, {k}) OVER history, 0))"
    " / nullif(run_usages - coalesce(lag(run_usages, {k}) OVER history, 0), 0)"
)

PLAYER = Family(
    name="player",
    relation="fx_played",
    keys=("player_key", "known_at", "season", "team", "stint", "n", "tenure_first_n", "tenure_first_game"),
    locate="""ASOF LEFT JOIN {table} player
      ON player.player_key = s.player_key AND player.known_at <= s.row_as_of""",
    located=("player.n AS player_n", "player.stint AS player_stint"),
    attach="LEFT JOIN {table} player ON player.player_key = s.player_key AND player.n = s.player_n",
    last=f"lead(known_at) OVER ({HISTORY}) IS DISTINCT FROM known_at",
    windows=WINDOWS,
    why=WHY,
    columns=(
        Column("career_games", "n"),
        Column("season_games", "CASE WHEN count(*) OVER season > 0 THEN season_n END"),
        Column("last_started", "starter"),
        Column("minutes_to_date", "run_minutes"),
        Column("back_to_backs_to_date", "back_to_backs_so_far"),
        Column("points_max_last_5", "max(pts) OVER last_5"),
        Column("points_avg_last_2", mean("pts", 2)),
        Column("points_avg_3_before", f"CASE WHEN n >= 5 THEN {total('pts', 3, skip=2)} / 3 END"),
        Column("usage_avg_last_3", _USAGE.format(k=3)),
        Column("usage_avg_last_10", _USAGE.format(k=10)),
        Column("minutes_avg_season", mean("minutes", SEASON)),
        Column("breakout_games", "count(broke_out) OVER season_so_far"),
        Column("breakouts", "sum(broke_out) OVER season_so_far"),
        *(feature for m, x in MARKETS.items() for feature in _market(m, x)),
        _career("minutes_ewma_hl4", ewma_minutes(4), "minutes", 0, 48, _P, True, "base"),
        _career("minutes_ewma_hl8", ewma_minutes(8), "minutes", 0, 48, _P, True, "base"),
        _career("points_std_last_10", sample_std("points", "pts", 10), "points", 0, 30, _P, True, "v2_33"),
        _career("minutes_avg_last_10", mean("minutes", 10), "minutes", 0, 48, _P, True, "v2_33"),
        _career("ppm_avg_last_10", ratio("pts", "minutes", 10), "points per minute", 0, 2, _P, True, "v2_33"),
        _career("pct_three", ratio("fg3a", "fga", 10), "share", 0, 1, _P, False, "v2_33"),
        _career(
            "pct_free_throw",
            f"CASE WHEN n >= 5 THEN {ratio('ftm', 'pts', 10)} END",
            "share", 0, 0.6, _P, False, "v2_33",
        ),
        _career("pts_slope_10g", slope("pts", 10, 5), "points per game", -15, 15, _P, False, "v2_37"),
    ),
)  # fmt: skip

_CHANGE = "round(minutes_avg_last_10 / nullif(minutes_avg_season, 0) - 1, 9)"
_TREND = "points_avg_last_2 - points_avg_3_before"

FORM = Family(
    name="form",
    why=WHY,
    columns=(
        Feature(
            "recent_trend",
            f"""CASE WHEN {_TREND} IS NULL THEN NULL
              WHEN {_TREND} >= 5 THEN 2 WHEN {_TREND} >= 2 THEN 1
              WHEN {_TREND} <= -5 THEN -2 WHEN {_TREND} <= -2 THEN -1 ELSE 0 END""",
            "steps", -2, 2, _P, True, "v2_33", why=WHY_CAREER,
        ),
        Feature(
            "minutes_change",
            f"""CASE WHEN {_CHANGE} >= .2 THEN 2 WHEN {_CHANGE} >= .1 THEN 1
              WHEN {_CHANGE} <= -.2 THEN -2 WHEN {_CHANGE} <= -.1 THEN -1
              WHEN {_CHANGE} IS NOT NULL THEN 0 END""",
            "steps", -2, 2, _P, True, "v2_33",
        ),
        Feature("pct_paint", "NULL::DOUBLE", "share", 0, 1, _P, False, "v2_33", why="'needs_shot_locations'"),
        Feature("pct_mid_range", "NULL::DOUBLE", "share", 0, 1, _P, False, "v2_33", why="'needs_shot_locations'"),
        Feature(
            "pts_vs_season_zscore",
            """greatest(-4, least(4, CASE WHEN points_std_last_10 > 0
              THEN (points_avg_last_5 - points_avg_season) / points_std_last_10 END))""",
            "standard deviations", -4, 4, _P, False, "v2_37",
        ),
        Feature(
            "breakout_flag",
            "(points_avg_last_5 > points_avg_season + 1.5 * points_std_last_10)::INT",
            "0/1", 0, 1, _P, False, "v2_37", varies_within_slate=False,
        ),
    ),
)  # fmt: skip
