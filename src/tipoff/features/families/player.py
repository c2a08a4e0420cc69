"""The player's own form: windows over the games he played, in order."""

from tipoff.features.definition import Category, Column, Family, Feature, Window
from tipoff.features.families.sql import ewma8, ewma_minutes, mean, ratio, sample_std, slope
from tipoff.features.relations import HISTORY
from tipoff.league.markets import MARKETS

HIGHEST = {"points": 70, "pra": 110, "pr": 90, "pa": 90, "ra": 60, "rebounds": 40, "assists": 30}
"""Plausible highest mean of a market; 15 for the others."""

WINDOWS = {
    **{f"last_{k}": Window(f"{HISTORY} ROWS {k - 1} PRECEDING") for k in (2, 3, 5, 10, 20)},
    "before_2": Window(f"{HISTORY} ROWS BETWEEN 4 PRECEDING AND 2 PRECEDING"),
    "season": Window(
        "PARTITION BY player_key, season ORDER BY known_at, tipoff, game_id"
        " ROWS UNBOUNDED PRECEDING",
        season=True,
    ),
    "era": Window(
        "PARTITION BY player_key, era ORDER BY known_at, tipoff, game_id ROWS UNBOUNDED PRECEDING"
    ),
    "tenure": Window("PARTITION BY player_key, stint"),
}

_P: Category = "player history"
WHY = """CASE WHEN career_games IS NULL THEN 'no_history'
              WHEN season_games IS NULL THEN 'no_season_history' ELSE 'too_few_games' END"""
WHY_CAREER = "CASE WHEN career_games IS NULL THEN 'no_history' ELSE 'too_few_games' END"


def _market(m: str, x: str) -> tuple[Feature, ...]:
    high = HIGHEST.get(m, 15)
    return (
        Feature(f"{m}_avg_season", mean(x, "season"), m, 0, high, _P, True, "base"),
        Feature(f"{m}_avg_last_5", mean(x, "last_5"), m, 0, high, _P, True, "base"),
        Feature(f"{m}_avg_last_10", mean(x, "last_10"), m, 0, high, _P, True, "base"),
        Feature(f"{m}_ewma_hl8", ewma8(x), m, 0, high, _P, True, "base"),
        Feature(f"{m}_std_last_20", sample_std(x, "last_20"), m, 0, 40, _P, False, "base"),
    )


def _career(*args: object) -> Feature:
    return Feature(*args, why=WHY_CAREER)  # type: ignore[arg-type]


PLAYER = Family(
    name="player",
    relation="fx_played",
    keys=("player_key", "known_at", "season", "team", "stint"),
    attach="""ASOF LEFT JOIN {table} player
      ON player.player_key = s.player_key AND player.known_at <= s.row_as_of""",
    last=f"lead(known_at) OVER ({HISTORY}) IS DISTINCT FROM known_at",
    windows=WINDOWS,
    why=WHY,
    columns=(
        Column("career_games", "n"),
        Column("season_games", "count(*) OVER season"),
        Column("last_started", "starter"),
        Column("minutes_to_date", "minutes_so_far"),
        Column("back_to_backs_to_date", "back_to_backs_so_far"),
        Column("tenure_first_game", "min(game_number) OVER tenure"),
        Column("tenure_first_n", "min(n) OVER tenure"),
        Column("points_max_last_5", "max(pts) OVER last_5"),
        Column("games_in_last_10", "count(*) OVER last_10"),
        Column("points_avg_last_2", mean("pts", "last_2")),
        Column("points_avg_3_before", mean("pts", "before_2")),
        Column("games_in_3_before", "count(*) OVER before_2"),
        Column("usage_avg_last_3", mean("usg_pct", "last_3")),
        Column("usage_avg_last_10", mean("usg_pct", "last_10")),
        Column("minutes_avg_season", mean("minutes", "season")),
        Column("breakout_games", "count(broke_out) OVER season"),
        Column("breakouts", "sum(broke_out) OVER season"),
        *(feature for m, x in MARKETS.items() for feature in _market(m, x)),
        _career("minutes_ewma_hl4", ewma_minutes("w4"), "minutes", 0, 48, _P, True, "base"),
        _career("minutes_ewma_hl8", ewma_minutes("w8"), "minutes", 0, 48, _P, True, "base"),
        _career("points_std_last_10", sample_std("pts", "last_10"), "points", 0, 30, _P, True, "v2_33"),
        _career("minutes_avg_last_10", mean("minutes", "last_10"), "minutes", 0, 48, _P, True, "v2_33"),
        _career("ppm_avg_last_10", ratio("pts", "minutes", "last_10"), "points per minute", 0, 2, _P, True, "v2_33"),
        _career("pct_three", ratio("fg3a", "fga", "last_10"), "share", 0, 1, _P, False, "v2_33"),
        _career(
            "pct_free_throw",
            f"CASE WHEN count(*) OVER last_10 >= 5 THEN {ratio('ftm', 'pts', 'last_10')} END",
            "share", 0, 0.6, _P, False, "v2_33",
        ),
        _career("pts_slope_10g", slope("pts", "last_10", 5), "points per game", -15, 15, _P, False, "v2_37"),
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
            f"""CASE WHEN games_in_3_before < 3 OR {_TREND} IS NULL THEN NULL
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
