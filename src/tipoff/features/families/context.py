"""The calendar: rest, load, place and stage of the season."""

from tipoff.features.definition import Category, Column, Family, Feature

_G: Category = "game context"


def _days(offset: int) -> str:
    return f"""ASOF LEFT JOIN {{table}} d{offset} ON d{offset}.player_key = s.player_key
      AND d{offset}.game_date <= s.game_date - {offset}"""


DAYS = Family(
    name="days",
    relation="fx_player_days",
    attach=" ".join(_days(offset) for offset in (1, 8, 15)),
    columns=(
        Column("games_to_yesterday", "coalesce(d1.n, 0)"),
        Column("games_to_8_days_ago", "coalesce(d8.n, 0)"),
        Column("minutes_to_yesterday", "coalesce(d1.minutes_so_far, 0)"),
        Column("minutes_to_8_days_ago", "coalesce(d8.minutes_so_far, 0)"),
        Column("back_to_backs_to_yesterday", "coalesce(d1.back_to_backs_so_far, 0)"),
        Column("back_to_backs_to_15_days_ago", "coalesce(d15.back_to_backs_so_far, 0)"),
        Column("days_since_played", "s.game_date - d1.game_date"),
        Column("last_season_played", "d1.season"),
    ),
)


def _rest(side: str) -> str:
    return f"""CASE WHEN {side}.season = s.season
      THEN greatest(0, least(7, s.game_date - {side}.game_date - 1)) ELSE 7 END"""


REST = Family(
    name="rest",
    relation="fx_schedule",
    attach="""ASOF LEFT JOIN {table} own ON own.team = s.team AND own.tipoff < s.tipoff
      ASOF LEFT JOIN {table} foe ON foe.team = s.opponent AND foe.tipoff < s.tipoff""",
    columns=(
        Column("team_rest", _rest("own")),
        Column("opponent_rest", _rest("foe")),
        Feature(
            "back_to_back",
            "coalesce(own.season = s.season AND s.game_date - own.game_date = 1, false)::INT",
            "0/1", 0, 1, _G, True, "v2_33", varies_within_slate=False,
        ),
        Feature("home_away", "s.home::INT", "0/1", 0, 1, _G, True, "v2_33"),
        Feature(
            "playoff_game", "(s.game_type IN ('playin', 'playoffs'))::INT",
            "0/1", 0, 1, _G, True, "v2_33", varies_within_slate=False,
        ),
    ),
)  # fmt: skip

_GAMES = "games_in_last_7_days"
_MINUTES = "minutes_in_7_days"
_PLAYED_YESTERDAY = "coalesce(days_since_played = 1 AND last_season_played = season, false)"
_RESTED = "coalesce(last_season_played <> season OR days_since_played >= 4, true)"

CONTEXT = Family(
    name="context",
    columns=(
        Feature(
            _GAMES,
            "least(games_to_yesterday, coalesce(career_games, 0)) - games_to_8_days_ago",
            "games", 0, 5, _G, True, "v2_33",
        ),
        Column(
            _MINUTES,
            "least(minutes_to_yesterday, coalesce(minutes_to_date, 0)) - minutes_to_8_days_ago",
        ),
        Column(
            "back_to_backs_in_14_days",
            """least(back_to_backs_to_yesterday, coalesce(back_to_backs_to_date, 0))
              - back_to_backs_to_15_days_ago""",
        ),
        Feature(
            "fatigue_score",
            f"""greatest(0, least(100, 100
              + CASE WHEN {_PLAYED_YESTERDAY} THEN -15 WHEN {_RESTED} THEN 5 ELSE 0 END
              - CASE WHEN {_GAMES} >= 4 THEN 10 ELSE 0 END
              - CASE WHEN {_MINUTES} > 240 THEN 10 ELSE 0 END
              - CASE WHEN {_MINUTES} > 35 * {_GAMES} THEN 8 ELSE 0 END
              - CASE WHEN back_to_backs_in_14_days >= 2 THEN 12
                     WHEN back_to_backs_in_14_days = 1 THEN 5 ELSE 0 END))""",
            "0-100, 100 = fresh", 0, 100, _G, True, "v2_33", varies_within_slate=False,
        ),
        Feature(
            "rest_advantage", "greatest(-2, least(2, team_rest - opponent_rest))",
            "days", -3, 3, _G, True, "v2_33", varies_within_slate=False,
        ),
    ),
)  # fmt: skip
