"""Plausible ranges of the features that the handbook's catalogue does not have."""

from tests.features.test_program import RANGES as HANDBOOK
from tipoff.features import catalogue

RANGES = {
    (-600, 600): """
        sim_xout_minutes xout_minutes
    """,
    (-300, 300): """
        opp_xout_points xout_points
    """,
    (-20, 20): """
        sim_xout_starters xout_starters
    """,
    (-6, 6): """
        role_size
    """,
    (0, 1): """
        mate_back_today over_chance_assists over_chance_blocks over_chance_pa
        over_chance_points over_chance_pr over_chance_pra over_chance_ra
        over_chance_rebounds over_chance_steals over_chance_threes p_absent
        report_day_to_day report_for_season report_indefinite share_of_last_10
        start_ewma_hl4 start_rate_10 start_rate_5 started_last
    """,
    (0, 5): """
        assists_per_minute_50 assists_per_minute_career blocks_per_minute_50
        blocks_per_minute_career games_of_last_5
        offensive_rebounds_per_minute_50 points_per_minute_50 points_per_minute_career
        rebounds_per_minute_50 rebounds_per_minute_career steals_per_minute_50
        steals_per_minute_career threes_attempted_per_minute_50 threes_per_minute_career
    """,
    (0, 7): """
        absence_state
    """,
    (0, 10): """
        games_of_last_10
    """,
    (0, 20): """
        games_of_last_20
    """,
    (0, 25): """
        fg3a_ewma_hl8
    """,
    (0, 30): """
        minutes_last_to_ewma
    """,
    (0, 35): """
        minutes_std_10
    """,
    (0, 40): """
        act_players rank_assists rank_minutes rank_points rank_rebounds rank_start
        roster_moves_today top_reb
    """,
    (0, 45): """
        fga_ewma_hl8
    """,
    (0, 48): """
        minutes_avg_career minutes_avg_last_20
    """,
    (0, 60): """
        days_since_game minutes_avg_last_3 minutes_min_5 out_star_points
    """,
    (0, 70): """
        minutes_last minutes_max_5 points_avg_career points_avg_last_20
    """,
    (0, 140): """
        games_since_report own_missed
    """,
    (0, 240): """
        minutes_240
    """,
    (0, 300): """
        minutes4_240
    """,
    (0, 400): """
        act_points
    """,
    (0, 900): """
        act_minutes sim_act_minutes
    """,
    (0, 1000): """
        roster_minutes
    """,
    (0, 2500): """
        games_career
    """,
    (0.2, 0.8): """
        opponent_fg_pct_allowed_20
    """,
    (1, 30): """
        games_since_return
    """,
    (1, 40): """
        roster_place
    """,
    (1, 140): """
        team_game_number
    """,
    (2, 40): """
        opponent_turnovers_20
    """,
    (2, 80): """
        opponent_threes_attempted_20
    """,
    (5, 50): """
        opponent_assists_allowed_20
    """,
    (15, 80): """
        opponent_rebounds_allowed_20
    """,
}
"""Part of what a feature means: a value outside is null, and blocks its readers in a batch."""


def test_every_range_of_the_handbook_is_as_documented() -> None:
    ranges = {name: span for span, names in HANDBOOK.items() for name in names.split()}
    assert {n: (catalogue()[n].low, catalogue()[n].high) for n in ranges} == ranges


def test_every_other_range_is_the_one_written_down_here() -> None:
    ranges = {name: span for span, names in RANGES.items() for name in names.split()}
    known = {name for names in HANDBOOK.values() for name in names.split()}
    declared = {n: (f.low, f.high) for n, f in catalogue().items() if n not in known}
    assert declared == ranges
