"""What a build promises besides values: ranges, reasons, columns, parts equal to the whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from tests.features.conftest import Built
from tests.features.small_league import LAST
from tests.features.test_leakage import same, slate, tonight
from tests.long import sampled
from tipoff.features import SlateFeatures, build_snapshot, catalogue, sources_of, training_frame
from tipoff.features.checks import LEAST_ROWS, MOST_NULL, batch_checks
from tipoff.markets import MARKETS

RANGES: dict[tuple[float, float], str] = {
    (-15, 15): """
        pts_slope_10g shot_zone_mismatch_score vegas_line_move
    """,
    (-8, 8): """
        pace_score usage_spike_score
    """,
    (-4, 4): """
        pts_vs_season_zscore
    """,
    (-3, 3): """
        rest_advantage
    """,
    (-2, 2): """
        minutes_change recent_trend
    """,
    (0, 0.6): """
        pct_free_throw
    """,
    (0, 1): """
        back_to_back breakout_flag dnp_rate has_vegas_line home_away pct_mid_range pct_paint
        pct_three playoff_game team_win_pct
    """,
    (0, 2): """
        ppm_avg_last_10
    """,
    (0, 3): """
        injury_risk
    """,
    (0, 5): """
        composite_breakout_signal games_in_last_7_days
    """,
    (0, 15): """
        blocks_avg_last_10 blocks_avg_last_5 blocks_avg_season blocks_ewma_hl8 line_blocks
        line_steals line_threes steals_avg_last_10 steals_avg_last_5 steals_avg_season
        steals_ewma_hl8 threes_avg_last_10 threes_avg_last_5 threes_avg_season
        threes_ewma_hl8
    """,
    (0, 20): """
        games_vs_opponent
    """,
    (0, 30): """
        assists_avg_last_10 assists_avg_last_5 assists_avg_season assists_ewma_hl8
        line_assists points_std_last_10
    """,
    (0, 40): """
        assists_std_last_20 blocks_std_last_20 line_rebounds pa_std_last_20
        points_std_last_20 pr_std_last_20 pra_std_last_20 ra_std_last_20
        rebounds_avg_last_10 rebounds_avg_last_5 rebounds_avg_season rebounds_ewma_hl8
        rebounds_std_last_20 steals_std_last_20 threes_std_last_20
    """,
    (0, 48): """
        minutes_avg_last_10 minutes_ewma_hl4 minutes_ewma_hl8
    """,
    (0, 60): """
        line_ra ra_avg_last_10 ra_avg_last_5 ra_avg_season ra_ewma_hl8
    """,
    (0, 70): """
        avg_points_vs_opponent line_points points_avg_last_10 points_avg_last_5
        points_avg_season points_ewma_hl8
    """,
    (0, 90): """
        line_pa line_pr pa_avg_last_10 pa_avg_last_5 pa_avg_season pa_ewma_hl8
        pr_avg_last_10 pr_avg_last_5 pr_avg_season pr_ewma_hl8
    """,
    (0, 100): """
        breakout_risk_score fatigue_score
    """,
    (0, 110): """
        line_pra pra_avg_last_10 pra_avg_last_5 pra_avg_season pra_ewma_hl8
    """,
    (3, 60): """
        vegas_opening_line vegas_points_line
    """,
    (85, 115): """
        opponent_pace team_pace
    """,
    (90, 130): """
        opponent_def_rating team_off_rating
    """,
}
"""Plausible ranges as the handbook's feature catalogue has them: part of what a feature means."""

KEYS = ["game_id", "player_key", "team", "opponent", "home", "game_date", "season", "game_type",
        "tipoff"]  # fmt: skip


@pytest.fixture(scope="module")
def features(small: Built) -> SlateFeatures:
    return slate(small.lake, *tonight(small.frame, LAST))


@pytest.mark.parametrize(
    "name",
    sampled(["breakout_risk_score", "injury_risk", "vegas_line_move", "games_vs_opponent",
     "team_win_pct", "pace_score", "opponent_pace", "fatigue_score", "usage_spike_score",
     "rest_advantage", "dnp_rate", "points_std_last_20", "line_pra"], 4),
)  # fmt: skip
def test_a_feature_built_alone_is_what_it_is_among_all(small: Built, name: str) -> None:
    with small.lake.reading() as r:
        alone = training_frame(r, start=None, through=date(2030, 1, 1), names=[name])
    assert same(alone, small.frame)


def test_a_training_frame_has_its_keys_the_names_asked_for_and_the_outcomes(small: Built) -> None:
    outcomes = {f"y_{market}" for market in MARKETS} | {"y_minutes"}
    assert set(small.frame.columns) == {*KEYS, *catalogue(), *outcomes}
    assert not [name for name in small.frame.columns if name.startswith("why:")]


def test_every_null_has_a_reason_and_every_reason_a_null_or_a_second_source(
    features: SlateFeatures,
) -> None:
    for row, reasons in zip(features.frame.iter_rows(named=True), features.reasons, strict=True):
        absent = {name for name in catalogue() if row[name] is None}
        assert absent == {name for name, why in reasons.items() if why != "fallback"}
    assert any("needs_shot_locations" in why.values() for why in features.reasons)


def test_a_value_outside_its_range_is_null_because_of_that(
    small: Built, features: SlateFeatures, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tipoff.features.catalogue import CATALOGUE

    narrow = replace(catalogue()["minutes_avg_last_10"], high=1.0)
    monkeypatch.setitem(CATALOGUE.features, "minutes_avg_last_10", narrow)
    snapshot = slate(small.lake, *tonight(small.frame, LAST))
    had = features.frame["minutes_avg_last_10"].is_not_null().to_list()
    for before, row, why in zip(
        had, snapshot.frame.iter_rows(named=True), snapshot.reasons, strict=True
    ):
        if before:
            assert row["minutes_avg_last_10"] is None
            assert why["minutes_avg_last_10"] == "out_of_range"


def test_nulls_and_few_distinct_values_are_found_by_their_share(
    small: Built, features: SlateFeatures
) -> None:
    whole = build_snapshot(LAST, tonight(small.frame, LAST)[1], 1, features)
    frame = pl.concat([whole.frame] * (LEAST_ROWS // whole.frame.height + 1))
    many = replace(whole, frame=frame, reasons=[{}] * frame.height)
    n = frame.height
    few = int(MOST_NULL * n)

    def flags(name: str, values: list[float | None]) -> set[str]:
        bent = frame.with_columns(pl.Series(name, values, pl.Float64))
        checks = batch_checks(replace(many, frame=bent), {})
        return {c.check for c in checks if c.feature == name}

    spread: list[float | None] = [float(k % 40) for k in range(n)]
    assert "null" not in flags("points_avg_last_10", [*[None] * few, *spread[few:]])
    assert "null" in flags("points_avg_last_10", [*[None] * (few + 1), *spread[few + 1 :]])
    two: list[float | None] = [float(k % 2) for k in range(n)]
    assert "distinct" in flags("points_avg_last_10", two)
    assert "distinct" not in flags("minutes_change", two)


@pytest.mark.parametrize("name", ["points_avg_last_5", "avg_points_vs_opponent", "team_pace"])
def test_source_rows_are_listed_newest_first(small: Built, name: str) -> None:
    row = small.frame.filter(pl.col("game_date") == LAST, pl.col(name).is_not_null()).row(
        0, named=True
    )
    with small.lake.reading() as r:
        sources = sources_of(
            r, name, game_id=row["game_id"], player_key=row["player_key"], team=row["team"],
            opponent=row["opponent"], tipoff=row["tipoff"],
            as_of=tonight(small.frame, LAST)[1], seq=r.newest_seq(),
        )  # fmt: skip
    days = [source["date"] for source in sources]
    assert len(set(days)) > 1
    assert days == sorted(days, reverse=True)
