"""A player's longer form and his role: attempts, minutes and rates over more games than v2 reads,
and what his opponent has allowed lately."""

from tipoff.features.definition import Category, Family, Feature, Rows
from tipoff.features.families.player import LOCATE, LOCATED
from tipoff.features.families.team import LAST, NIGHT, NIGHT_COLUMNS
from tipoff.features.windows import NEWEST
from tipoff.league.team_form import ORDER, PARTITION

_P: Category = "player history"
_M: Category = "matchup"


def _form(
    name: str, sql: str, unit: str, low: float, high: float, *, since: str = "v3",
    varies: bool = True,
) -> Feature:  # fmt: skip
    return Feature(
        name, f"forms.{sql}", unit, low, high, _P, False, since, varies_within_slate=varies
    )


def _rate(name: str, column: str, high: float) -> Feature:
    return _form(f"{name}_per_minute_50", f"{column}_50", f"{name} per minute", 0, high)


ROLE = Family(
    name="role",
    relation="fx_forms",
    locate=LOCATE,
    located=LOCATED,
    attach="LEFT JOIN {table} forms ON forms.id = s.newest_game",
    why="CASE WHEN career_games IS NULL THEN 'no_history' ELSE 'too_few_games' END",
    rows=(Rows.OWN_GAMES,),
    columns=(
        _form("fga_ewma_hl8", "fga8", "attempts", 0, 45),
        _form("fg3a_ewma_hl8", "fg3a8", "attempts", 0, 25),
        _form("minutes_last", "last_minutes", "minutes", 0, 70),
        _form("started_last", "last_start", "0/1", 0, 1),
        _form("start_rate_5", "start5", "share", 0, 1, since="plays_1"),
        _form("start_rate_10", "start10", "share", 0, 1),
        _form("start_ewma_hl4", "start4", "share", 0, 1, since="plays_1"),
        _form("minutes_avg_last_3", "m3", "minutes", 0, 60),
        _form("minutes_avg_last_20", "m20", "minutes", 0, 48),
        _form("minutes_std_10", "sd10", "minutes", 0, 35),
        _form("minutes_min_5", "min5", "minutes", 0, 60),
        _form("minutes_max_5", "max5", "minutes", 0, 70),
        _form("points_avg_last_20", "p20", "points", 0, 70),
        _form("points_avg_career", "points_career", "points", 0, 70),
        _form("minutes_avg_career", "m_career", "minutes", 0, 48),
        _form("games_career", "n", "games", 0, 2500),
        _form("games_since_return", "since_return", "games", 1, 30),
        _rate("points", "points", 5),
        _rate("rebounds", "rebounds", 5),
        _rate("assists", "assists", 5),
        _rate("threes_attempted", "threes", 5),
        _rate("blocks", "blocks", 5),
        _rate("steals", "steals", 5),
        _rate("offensive_rebounds", "offensive", 5),
        _form("role_size", "role", "log ratio", -6, 6),
        _form("minutes_last_to_ewma", "last_minutes / nullif(forms.m8, 0)", "ratio", 0, 30,
              since="plays_1"),
        Feature(
            "days_since_game",
            "CASE WHEN forms.id IS NOT NULL THEN least(60, s.game_date - forms.game_date) END",
            "days", 0, 60, "game context", False, "v3", varies_within_slate=False, window=NEWEST,
        ),
    ),
)  # fmt: skip

ALLOWED = Family(
    name="allowed",
    relation="fx_against",
    keys=("team", "known_at", "season"),
    partition=PARTITION,
    order=ORDER,
    locate=NIGHT,
    located=NIGHT_COLUMNS,
    attach="LEFT JOIN {table} allowed ON allowed.team = s.opponent AND allowed.known_at = s.foe_at",
    last=LAST,
    rows=(Rows.OPPONENT_GAMES,),
    why="'too_few_team_games'",
    columns=(
        Feature(
            "opponent_assists_allowed_20", "avg(ast) OVER last_20", "assists", 5, 50, _M, False,
            "v3",
        ),
        Feature(
            "opponent_rebounds_allowed_20", "avg(reb) OVER last_20", "rebounds", 15, 80, _M,
            False, "v3",
        ),
        Feature(
            "opponent_threes_attempted_20", "avg(fg3a) OVER last_20", "attempts", 2, 80, _M,
            False, "v3",
        ),
        Feature(
            "opponent_fg_pct_allowed_20",
            "sum(share) OVER last_20::DOUBLE / count(share) OVER last_20 / 1e9", "share", 0.2,
            0.8, _M, False, "v3",
        ),
        Feature(
            "opponent_turnovers_20", "avg(tov) OVER last_20", "turnovers", 2, 40, _M, False, "v3",
        ),
    ),
)  # fmt: skip
