"""The calendar: rest, load, place and stage of the season."""

from tipoff.features.definition import Category, Column, Family, Feature, Rows
from tipoff.features.families.team import NIGHT, NIGHT_COLUMNS
from tipoff.features.windows import last

_G: Category = "game context"
_DAYS = last(10)
"""Two weeks, or ten games of a team, hold no more games of a player that count here."""


def _days(offset: int) -> str:
    return f"""ASOF LEFT JOIN {{table}} d{offset} ON d{offset}.player_key = s.player_key
      AND d{offset}.game_date <= s.game_date - {offset}"""


DAYS = Family(
    name="days",
    relation="fx_player_days",
    locate=" ".join(_days(offset) for offset in (1, 8, 15)),
    located=(
        "s.game_date - d1.game_date AS days_since", "d1.season AS season_played",
        "d1.n AS d1_n", "d1.run_millis AS d1_millis", "d1.back_to_backs_so_far AS d1_b2b",
        "d8.n AS d8_n", "d8.run_millis AS d8_millis", "d15.back_to_backs_so_far AS d15_b2b",
    ),
    rows=(Rows.OWN_GAMES,),
    columns=(
        Column("games_to_yesterday", "coalesce(s.d1_n, 0)"),
        Column("games_to_8_days_ago", "coalesce(s.d8_n, 0)"),
        Column("millis_to_yesterday", "coalesce(s.d1_millis, 0)"),
        Column("millis_to_8_days_ago", "coalesce(s.d8_millis, 0)"),
        Column("back_to_backs_to_yesterday", "coalesce(s.d1_b2b, 0)"),
        Column("back_to_backs_to_15_days_ago", "coalesce(s.d15_b2b, 0)"),
        Column("days_since_played", "s.days_since"),
        Column("last_season_played", "s.season_played"),
    ),
)  # fmt: skip

REST = Family(
    name="rest",
    relation="fx_team_nights",
    locate=NIGHT,
    located=NIGHT_COLUMNS,
    rows=(Rows.SCHEDULE,),
    columns=(
        Column("team_rest", "greatest(0, least(7, coalesce(s.own_days, 8) - 1))"),
        Column("opponent_rest", "greatest(0, least(7, coalesce(s.foe_days, 8) - 1))"),
        Feature(
            "back_to_back", "coalesce(s.own_days = 1, false)::INT",
            "0/1", 0, 1, _G, True, "v2_33", varies_within_slate=False,
        ),
        Feature("home_away", "s.home::INT", "0/1", 0, 1, _G, True, "v2_33", rows=()),
        Feature(
            "playoff_game", "(s.game_type IN ('playin', 'playoffs'))::INT",
            "0/1", 0, 1, _G, True, "v2_33", varies_within_slate=False, rows=(),
        ),
    ),
)  # fmt: skip

_GAMES = "games_in_last_7_days"
_MILLIS = "millis_in_7_days"
_PLAYED_YESTERDAY = "coalesce(days_since_played = 1 AND last_season_played = season, false)"
_RESTED = "coalesce(last_season_played <> season OR days_since_played >= 4, true)"

CONTEXT = Family(
    name="context",
    columns=(
        Feature(
            _GAMES,
            "least(games_to_yesterday, coalesce(career_games, 0)) - games_to_8_days_ago",
            "games", 0, 5, _G, True, "v2_33", window=_DAYS,
        ),
        Column(
            _MILLIS,
            "least(millis_to_yesterday, coalesce(millis_to_date, 0)) - millis_to_8_days_ago",
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
              - CASE WHEN {_MILLIS} > 240000 THEN 10 ELSE 0 END
              - CASE WHEN {_MILLIS} > 35000 * {_GAMES} THEN 8 ELSE 0 END
              - CASE WHEN back_to_backs_in_14_days >= 2 THEN 12
                     WHEN back_to_backs_in_14_days = 1 THEN 5 ELSE 0 END))""",
            "0-100, 100 = fresh", 0, 100, _G, True, "v2_33", varies_within_slate=False,
            window=_DAYS,
        ),
        Feature(
            "rest_advantage", "greatest(-2, least(2, team_rest - opponent_rest))",
            "days", -3, 3, _G, True, "v2_33", varies_within_slate=False,
        ),
    ),
)  # fmt: skip
