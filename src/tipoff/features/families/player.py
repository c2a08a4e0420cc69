"""The player's own form: windows over the games he played, in order."""

from collections.abc import Sequence

from tipoff.features.definition import Category, Column, Family, Feature, Rows
from tipoff.features.windows import PLAYED, SEASON, clamp, last
from tipoff.markets import Market

_P: Category = "player history"
WHY = """CASE WHEN career_games IS NULL THEN 'no_history'
              WHEN season_games IS NULL THEN 'no_season_history' ELSE 'too_few_games' END"""
WHY_CAREER = "CASE WHEN career_games IS NULL THEN 'no_history' ELSE 'too_few_games' END"


def _market(market: Market) -> tuple[Feature, ...]:
    m, x, high = market.name, market.counts, market.highest
    return (
        Feature(f"{m}_avg_season", PLAYED.mean(x, SEASON), m, 0, high, _P, True, "base"),
        Feature(f"{m}_avg_last_5", PLAYED.mean(x, last(5)), m, 0, high, _P, True, "base"),
        Feature(f"{m}_avg_last_10", PLAYED.mean(x, last(10)), m, 0, high, _P, True, "base"),
        Feature(f"{m}_ewma_hl8", PLAYED.ewma(x, 8), m, 0, high, _P, True, "base"),
        Feature(
            f"{m}_std_last_20",
            PLAYED.sample_std(x, f"square_{m}", last(20)),
            m,
            0,
            40,
            _P,
            False,
            "base",
        ),
    )


def _career(
    name: str, sql: str, unit: str, low: float, high: float, category: Category, required: bool,
    since: str,
) -> Feature:  # fmt: skip
    return Feature(name, sql, unit, low, high, category, required, since, why=WHY_CAREER)


PRIOR_MINUTES = 300


def _career_rate(market: str, x: str, league: float) -> Feature:
    """His rate of all known games, as if he had played PRIOR_MINUTES more at the league's."""
    counted = f"(p.run_{x} + {PRIOR_MINUTES * league:g})::DOUBLE"
    return _career(
        f"{market}_per_minute_career", f"1000 * {counted} / (p.run_millis + {PRIOR_MINUTES}000)",
        f"{market} per minute", 0, 5, _P, False, "v4",
    )  # fmt: skip


def _this_season(x: str) -> str:
    return f"CASE WHEN p.season = s.season THEN {x} END"


def _usage(games: int) -> str:
    usage, counted = (PLAYED.total(x, last(games)) for x in ("usage", "usages"))
    return f"{usage} / 1000 / nullif({counted}, 0)"


def _minutes(half_life: int) -> str:
    return f"({PLAYED.ewma('millis', half_life)}) / 1000"


_HELPERS = (
    Column("career_games", "p.n"),
    Column("season_games", _this_season("p.season_n")),
    Column("last_started", "p.starter"),
    Column("millis_to_date", "p.run_millis"),
    Column("back_to_backs_to_date", "p.back_to_backs_so_far"),
    Column("last_team", "p.team"),
    Column("tenure_first_game", "p.tenure_first_game"),
    Column("tenure_first_n", "p.tenure_first_n"),
    Column("points_max_last_5", "p.max_of_5"),
    Column("points_avg_last_2", PLAYED.mean("pts", last(2))),
    Column(
        "points_avg_3_before",
        f"CASE WHEN p.n >= 5 THEN {PLAYED.total('pts', last(3), skip=2)} / 3 END",
    ),
    Column("usage_avg_last_3", _usage(3)),
    Column("usage_avg_last_10", _usage(10)),
    Column("minutes_avg_season", f"({PLAYED.mean('millis', SEASON)}) / 1000"),
    Column("breakout_games", _this_season(PLAYED.total("tries", SEASON))),
    Column("breakouts", _this_season(PLAYED.total("breakouts", SEASON))),
)

_FEATURES = (
    _career("minutes_ewma_hl4", _minutes(4), "minutes", 0, 48, _P, True, "base"),
    _career("minutes_ewma_hl8", _minutes(8), "minutes", 0, 48, _P, True, "base"),
    _career(
        "points_std_last_10", PLAYED.sample_std("pts", "square_points", last(10)), "points", 0, 30,
        _P, True, "v2_33",
    ),
    _career(
        "minutes_avg_last_10", f"({PLAYED.mean('millis', last(10))}) / 1000", "minutes", 0, 48, _P,
        True, "v2_33",
    ),
    _career(
        "ppm_avg_last_10", f"1000 * {PLAYED.ratio('pts', 'millis', last(10))}",
        "points per minute", 0, 2, _P, True, "v2_33",
    ),
    _career("pct_three", PLAYED.ratio("fg3a", "fga", last(10)), "share", 0, 1, _P, False, "v2_33"),
    _career(
        "pct_free_throw",
        f"CASE WHEN p.n >= 5 THEN {PLAYED.ratio('ftm', 'pts', last(10))} END",
        "share", 0, 0.6, _P, False, "v2_33",
    ),
    _career(
        "pts_slope_10g", PLAYED.slope("pts", last(10), 5), "points per game", -15, 15, _P, False,
        "v2_37",
    ),
)  # fmt: skip

LOCATE = """ASOF LEFT JOIN fx_known k
      ON k.player_key = s.player_key AND k.known_at <= s.row_as_of"""
LOCATED = ("k.id AS newest_game",)


def player(markets: Sequence[Market]) -> Family:
    """Form of each market and of minutes, and the helpers other families read."""
    rates = tuple(m for m in markets if m.league_rate is not None)
    return Family(
        name="player",
        relation="fx_played",
        locate=LOCATE,
        located=LOCATED,
        attach="LEFT JOIN {table} p ON p.id = s.newest_game",
        totals=PLAYED,
        newest="s.newest_game",
        staged=True,
        why=WHY,
        rows=(Rows.OWN_GAMES,),
        columns=(
            *_HELPERS,
            *(feature for market in markets for feature in _market(market)),
            *_FEATURES,
            *(_career_rate(m.name, m.counts, m.league_rate or 0.0) for m in rates),
        ),
    )


_CHANGE = "round(minutes_avg_last_10 / nullif(minutes_avg_season, 0) - 1, 9)"
_Z = """CASE WHEN points_std_last_10 > 0
  THEN (points_avg_last_5 - points_avg_season) / points_std_last_10 END"""
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
        Feature(
            "pct_paint", "NULL::DOUBLE", "share", 0, 1, _P, False, "v2_33",
            why="'needs_shot_locations'",
        ),
        Feature(
            "pct_mid_range", "NULL::DOUBLE", "share", 0, 1, _P, False, "v2_33",
            why="'needs_shot_locations'",
        ),
        Feature(
            "pts_vs_season_zscore",
            clamp(_Z, -4, 4),
            "standard deviations", -4, 4, _P, False, "v2_37",
        ),
        Feature(
            "breakout_flag",
            "(points_avg_last_5 > points_avg_season + 1.5 * points_std_last_10)::INT",
            "0/1", 0, 1, _P, False, "v2_37", varies_within_slate=False,
        ),
    ),
)  # fmt: skip
