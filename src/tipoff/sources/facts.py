"""The fact tables an import fills: which columns are content, and what a correction keeps."""

from tipoff.sources.merge import Fact


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_COUNTS = "reb oreb dreb ast stl blk tov pf fgm fga fg3m fg3a ftm fta"
GAME = Fact(
    "league.game",
    "schedule",
    _words(
        "game_id nba_game_id display_id game_date season game_type home away tipoff tipoff_source"
        " scheduled_tipoff status home_pts away_pts"
    ),
    kept=("known_at",),
    settled=("result_known_at",),
)
PLAYER = Fact(
    "league.player", "player_game", _words("player_key player_id player_name"), kept=("known_at",)
)
PLAYER_GAME = Fact(
    "league.player_game",
    "player_game",
    _words(
        "game_id player_key player_id player_name game_date season season_type team opponent home"
        f" starter minutes pts {_COUNTS} plus_minus usg_pct did_not_play"
    ),
    kept=("tipoff", "known_at"),
)
TEAM_GAME = Fact(
    "league.team_game",
    "team_game",
    _words(
        f"game_id team opponent game_date season game_type home pts opp_pts {_COUNTS} possessions"
    ),
    kept=("tipoff", "known_at"),
)
OFFICIAL = Fact(
    "league.official",
    "officials",
    _words("game_id official official_id slot"),
    kept=("known_at",),
)
INJURY = Fact(
    "league.injury",
    "injuries",
    _words("date team raw_key player_name status raw_status detail kind known_at"),
    settled=("player_key",),
    derived=("estimated",),
)
GAME_LINE = Fact(
    "league.game_line",
    "game_lines",
    _words(
        "game_date home away bookmaker source home_spread total home_ml away_ml home_spread_price"
        " away_spread_price over_price under_price commence_time"
    ),
    kept=("known_at", "estimated"),
    settled=("game_id",),
)
PROP_LINE = Fact(
    "league.prop_line",
    "prop_lines",
    _words(
        "game_date raw_key player_name home away market bookmaker line over_price under_price"
        " is_main_line pickem event_id commence_time snapshot_time source"
    ),
    kept=("known_at", "estimated", "late"),
    settled=("game_id", "player_key"),
)
EXTERNAL = Fact(
    "league.external", "external", _words("name player_key team game_date value known_at")
)
