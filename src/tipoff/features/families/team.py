"""The player's team: its rates, who is missing from it, and his place in it."""

from tipoff.features.definition import Category, Column, Family, Feature, Rows
from tipoff.features.windows import clamp, last
from tipoff.league.team_form import ORDER, PARTITION, WINDOW, pace, rating

NIGHT = "LEFT JOIN fx_team_nights night ON night.game_id = s.game_id AND night.team = s.team"
NIGHT_COLUMNS = (
    "night.team_at", "night.foe_at", "night.team_game_number AS team_games", "night.own_days",
    "night.foe_days",
)  # fmt: skip
LAST = f"lead(known_at) OVER ({WINDOW}) IS DISTINCT FROM known_at"
_T: Category = "team"

TEAM = Family(
    name="team",
    relation="fx_team_played",
    keys=("team", "known_at", "season"),
    partition=PARTITION,
    order=ORDER,
    locate=NIGHT,
    located=NIGHT_COLUMNS,
    attach="LEFT JOIN {table} team ON team.team = s.team AND team.known_at = s.team_at",
    last=LAST,
    rows=(Rows.TEAM_GAMES,),
    why="'too_few_team_games'",
    columns=(
        Column("team_pace_assumed", "bool_or(minutes_assumed) OVER last_10"),
        Feature(
            "team_pace", pace("last_10"), "possessions per 48", 85, 115, _T, True, "v2_33",
            fallback="team_pace_assumed",
        ),
        Feature(
            "team_off_rating", rating("pts", "last_10"), "points per 100", 90, 130, _T, True,
            "v2_33",
        ),
        Feature(
            "team_win_pct",
            """CASE WHEN count(*) OVER season >= 5
              THEN count(*) FILTER (pts > opp_pts) OVER season / count(*) OVER season END""",
            "share", 0, 1, _T, True, "v2_33",
        ),
    ),
)  # fmt: skip

STATUS = Family(
    name="status",
    relation="fx_status",
    attach="""LEFT JOIN {table} status
      ON status.game_id = s.game_id AND status.player_key = s.player_key""",
    why="'unknown_status'",
    rows=(Rows.OWN_REPORTS,),
    columns=(
        Feature(
            "injury_risk", "status.risk", "0 available - 3 out", 0, 3, _T, False, "v2_33",
            varies_within_slate=False,
        ),
    ),
)  # fmt: skip

MATES = Family(
    name="mates",
    relation="fx_mates",
    rows=(Rows.TEAM_REPORTS,),
    attach="""LEFT JOIN fx_out missing ON missing.game_id = s.game_id AND missing.team = s.team
      LEFT JOIN {table} me ON me.game_id = s.game_id AND me.team = s.team
        AND me.player_key = s.player_key""",
    columns=(
        Column("stars_out", "coalesce(missing.stars_out, 0) - coalesce(me.is_out * me.is_star, 0)"),
        Column(
            "points_out",
            "(coalesce(missing.out_points, 0) - coalesce(me.is_out * me.millionths, 0)) / 1000000",
        ),
    ),
)

_SPIKE = "(usage_avg_last_3 - usage_avg_last_10) * 0.3"
USAGE = Family(
    name="usage",
    why="""CASE WHEN career_games IS NULL THEN 'no_history'
                WHEN injury_risk IS NULL THEN 'unknown_status' ELSE 'no_usage' END""",
    columns=(
        Column("usage_trend", "usage_avg_last_3 - usage_avg_last_10"),
        Feature(
            "usage_spike_score",
            f"""{clamp(f'''CASE WHEN {_SPIKE} <= 0 THEN {_SPIKE} WHEN injury_risk IS NULL THEN NULL
              WHEN stars_out >= 2 THEN {_SPIKE} * 1.3 WHEN stars_out = 1 THEN {_SPIKE} * 1.15
              ELSE {_SPIKE} END''', -3, 3)}""",
            "points", -8, 8, _T, False, "v2_33",
        ),
    ),
)  # fmt: skip

TENURE = Family(
    name="tenure",
    relation="fx_stints",
    rows=(Rows.OWN_GAMES,),
    locate="""ASOF LEFT JOIN {table} past ON past.player_key = s.player_key
      AND past.stint = k.stint AND past.game_number <= night.team_game_number - 10""",
    located=("past.n AS past_n",),
    after=("player", "team"),
    columns=(
        Column("n_ten_team_games_ago", "s.past_n"),
        Column("team_games_so_far", "s.team_games"),
    ),
)

_WINDOW = "least(10, team_games_so_far - tenure_first_game + 1)"
_PLAYED = "career_games - coalesce(n_ten_team_games_ago, tenure_first_n - 1)"

ABSENCES = Family(
    name="absences",
    why="CASE WHEN career_games IS NULL THEN 'no_history' ELSE 'too_few_games' END",
    columns=(
        Feature(
            "dnp_rate",
            f"""CASE WHEN last_team = team AND tenure_first_game IS NOT NULL AND {_WINDOW} >= 3
              THEN 1 - ({_PLAYED}) / {_WINDOW} END""",
            "share", 0, 1, _T, False, "v2_37", varies_within_slate=False, window=last(10),
        ),
    ),
)  # fmt: skip
