"""Who sits out: a player's own chance of it and its state, and what his team-mates' leave him.

`p_absent` and the columns of the set `plays_1` describe his own night; the sums weigh every
team-mate of the counted roster with his chance to be there (rosters.py, absence.py).
"""

from tipoff.features.absence import state_code_sql
from tipoff.features.definition import Category, Family, Feature, Rows

_T: Category = "team"
_G: Category = "game context"

NIGHT_NUMBER = Family(
    name="night_number",
    relation="fx_sides",
    attach="LEFT JOIN {table} tonight ON tonight.game_id = s.game_id AND tonight.team = s.team",
    why="'not_scheduled'",
    rows=(Rows.SCHEDULE,),
    columns=(
        Feature(
            "team_game_number", "tonight.gno", "games", 1, 140, _G, False, "v3",
            varies_within_slate=False,
        ),
    ),
)  # fmt: skip


def _own(
    name: str, sql: str, unit: str, low: float, high: float, *, since: str = "plays_1",
    why: str = "", varies: bool = True, rows: Rows = Rows.OWN_ABSENCE,
) -> Feature:  # fmt: skip
    return Feature(
        name, sql, unit, low, high, _T, False, since, why=why, varies_within_slate=varies,
        rows=(rows,),
    )  # fmt: skip


def _flag(name: str, column: str) -> Feature:
    return _own(name, f"roster.{column}::INT", "0/1", 0, 1, varies=False)


ABSENCE = Family(
    name="absence",
    relation="fx_rosters",
    attach="""LEFT JOIN {table} roster ON roster.game_id = s.game_id AND roster.team = s.team
      AND roster.player_key = s.player_key""",
    why="CASE WHEN career_games IS NULL THEN 'no_history' ELSE 'not_on_roster' END",
    columns=(
        _own("p_absent", "roster.p_absent", "probability", 0, 1),
        _own(
            "absence_state", state_code_sql().replace("state", "roster.state", 1),
            "0 activated today - 7 out today", 0, 7, varies=False,
        ),
        _own(
            "own_missed", "roster.missed", "team games", 0, 140, since="v3", varies=False,
        ),
        _own(
            "games_since_report", "roster.games_since_report", "team games", 0, 140,
            why="CASE WHEN absence_state IS NULL THEN 'not_on_roster' ELSE 'no_report' END",
        ),
        _own("games_of_last_5", "roster.g5", "games", 0, 5, varies=False),
        _own("games_of_last_10", "roster.g10", "games", 0, 10, varies=False),
        _own("games_of_last_20", "roster.g20", "games", 0, 20),
        _own("share_of_last_10", "roster.share10", "share", 0, 1, varies=False),
        _own(
            "roster_place", "CASE WHEN roster.counted THEN roster.place END", "place", 1, 40,
            why="CASE WHEN absence_state IS NULL THEN 'not_on_roster' ELSE 'long_away' END",
            rows=Rows.TEAM_ROSTER,
        ),
        _own("roster_minutes", "roster.roster_minutes", "minutes", 0, 1000,
             why="CASE WHEN absence_state IS NULL THEN 'not_on_roster' ELSE 'no_roster' END",
             rows=Rows.TEAM_ROSTER),
        _own("roster_moves_today", "roster.moves_today", "players", 0, 40, varies=False,
             rows=Rows.TEAM_ROSTER),
        _flag("mate_back_today", "mate_back_today"),
        _flag("report_day_to_day", "day_to_day"),
        _flag("report_indefinite", "indefinite"),
        _flag("report_for_season", "for_season"),
    ),
)  # fmt: skip


def _crowd(name: str, column: str, unit: str, low: float, high: float) -> Feature:
    return Feature(name, f"crowd.{column}", unit, low, high, _T, False, "v3")


def _team_minutes(minutes: str) -> str:
    return f"crowd.{minutes} * 240 / nullif(crowd.m8 + crowd.here_minutes, 0)"


CROWD = Family(
    name="crowd",
    relation="fx_crowd",
    rows=(Rows.TEAM_ROSTER,),
    attach="""LEFT JOIN {table} crowd
        ON crowd.game_id = s.game_id AND crowd.player_key = s.player_key
      LEFT JOIN fx_side_out foes ON foes.game_id = s.game_id AND foes.team = s.opponent""",
    why="""CASE WHEN act_players IS NULL THEN 'no_roster'
                WHEN career_games IS NULL THEN 'no_history' ELSE 'no_roster' END""",
    columns=(
        _crowd("rank_points", "above_p8", "players", 0, 40),
        _crowd("rank_minutes", "above_m8", "players", 0, 40),
        _crowd("rank_start", "above_start4", "players", 0, 40),
        _crowd("rank_assists", "above_ast30", "players", 0, 40),
        _crowd("rank_rebounds", "above_reb30", "players", 0, 40),
        _crowd("act_points", "here_points", "points", 0, 400),
        _crowd("act_minutes", "here_minutes", "minutes", 0, 900),
        _crowd("act_players", "here_players", "players", 0, 40),
        Feature(
            "minutes_240", _team_minutes("m8"), "minutes", 0, 240, _T, False, "v3",
        ),
        Feature(
            "minutes4_240", _team_minutes("m4"), "minutes", 0, 300, _T, False, "v3",
        ),
        _crowd("top_reb", "top_reb", "rebounds", 0, 40),
        _crowd("xout_minutes", "out_minutes", "minutes", -600, 600),
        _crowd("xout_points", "out_points", "points", -300, 300),
        _crowd("xout_starters", "out_starters", "players", -20, 20),
        _crowd("sim_xout_minutes", "alike_out_minutes", "minutes", -600, 600),
        _crowd("sim_xout_starters", "alike_out_starters", "players", -20, 20),
        _crowd("sim_act_minutes", "alike_minutes", "minutes", 0, 900),
        _crowd("out_star_points", "out_star_points", "points", 0, 60),
        Feature(
            "opp_xout_points", "foes.out_points", "points", -300, 300, "matchup", False, "v3",
            why="'no_roster'", rows=(Rows.OPPONENT_ROSTER,),
        ),
    ),
)  # fmt: skip
