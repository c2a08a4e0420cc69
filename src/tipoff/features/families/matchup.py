"""The opponent: what it allows, how fast it plays, and the player's own past against it."""

from tipoff.features.definition import Category, Column, Family, Feature, Rows
from tipoff.features.families.team import LAST, NIGHT, NIGHT_COLUMNS
from tipoff.features.windows import clamp
from tipoff.league.team_form import ORDER, PARTITION, pace, rating

_M: Category = "matchup"
_WHY = "'too_few_team_games'"

OPPONENT = Family(
    name="opponent",
    relation="fx_team_played",
    keys=("team", "known_at", "season"),
    partition=PARTITION,
    order=ORDER,
    locate=NIGHT,
    located=NIGHT_COLUMNS,
    attach="""LEFT JOIN {table} opponent
      ON opponent.team = s.opponent AND opponent.known_at = s.foe_at""",
    last=LAST,
    why=_WHY,
    rows=(Rows.OPPONENT_GAMES,),
    columns=(
        Column("opponent_pace_assumed", "bool_or(minutes_assumed) OVER last_15"),
        Column("opponent_pace_10", pace("last_10")),
        Feature(
            "opponent_def_rating", rating("opp_pts", "last_15"), "points per 100", 90, 130, _M,
            True, "v2_33",
        ),
        Feature(
            "opponent_pace", pace("last_15"), "possessions per 48", 85, 115, _M, True, "v2_33",
            fallback="opponent_pace_assumed",
        ),
    ),
)  # fmt: skip

VERSUS = Family(
    name="versus",
    relation="fx_versus",
    attach="""LEFT JOIN {table} versus
      ON versus.game_id = s.game_id AND versus.player_key = s.player_key""",
    why="'never_met'",
    rows=(Rows.OWN_GAMES_AGAINST,),
    columns=(
        Feature(
            "avg_points_vs_opponent", "versus.pts / versus.games", "points", 0, 70, _M, False,
            "v2_33",
        ),
        Feature(
            "games_vs_opponent", "coalesce(versus.games, 0)", "games", 0, 20, _M, True, "v2_33",
        ),
    ),
)  # fmt: skip

MATCHUP = Family(
    name="matchup",
    why=_WHY,
    columns=(
        Feature(
            "pace_score", clamp("(team_pace - opponent_pace_10) / 2", -3, 3),
            "possessions", -8, 8, _M, True, "v2_33",
            fallback="team_pace_assumed OR opponent_pace_assumed",
        ),
        Feature(
            "shot_zone_mismatch_score", "NULL::DOUBLE", "points", -15, 15, _M, False, "v2_33",
            why="'needs_shot_locations'",
        ),
    ),
)  # fmt: skip
