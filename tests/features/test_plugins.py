"""Features of one's own: what they say, as of the row's moment, and what they are known by."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any

import polars as pl
import pytest

from tests.features import arithmetic, plugin_features
from tests.features.conftest import Built
from tests.features.small_league import League
from tests.features.test_leakage import same, tonight
from tipoff.errors import UsageError
from tipoff.features import (
    PluginFeature,
    add_feature,
    added_features,
    catalogue,
    definition_hashes,
    ewma,
    external,
    feature,
    mean,
    ratio,
    remove_feature,
    slate_frame,
    std,
    total,
    training_frame,
)
from tipoff.features.catalogue import CATALOGUE
from tipoff.features.lineage import reach_of
from tipoff.features.windows import last

WINDOWS = (
    mean("fta", last=15), mean("pts + ast", last=3), total("oreb", last=7), std("minutes", last=12),
    ratio("fta", "fga", season=True), ewma("usg_pct", half_life=12), ewma("pts", half_life=5),
    mean("pts", last=5, name="own_points_5"), total("pf", season=True), mean("blk"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """What a test adds is gone when it is over."""
    yield
    for added in added_features():
        remove_feature(added.name)


def frame(built: Built, *features: PluginFeature, more: tuple[str, ...] = ()) -> pl.DataFrame:
    for each in features:
        add_feature(each)
    with built.lake.reading() as r:
        names = [*(each.name for each in features), *more]
        return training_frame(r, start=None, through=date(2030, 1, 1), names=names)


def plainly(league: League, row: dict[str, Any]) -> dict[str, float | None]:
    """The windows by hand: from the games of the player known at the row's moment, in order."""
    moment = min(
        r["tipoff"] for r in league.tables["game"] if r["game_date"] == row["game_date"]
    )  # fmt: skip
    games = sorted(
        (b for b in league.tables["player_game"]
         if b["player_key"] == row["player_key"] and b["known_at"] < moment),
        key=lambda b: b["known_at"],
    )  # fmt: skip
    season = [b for b in games if b["season"] == row["season"]]

    def of(x: str, rows: list[dict[str, Any]]) -> list[Any]:
        return [b[x] for b in rows if b.get(x) is not None]

    current = bool(games) and games[-1]["season"] == row["season"]
    return {
        "fta_mean_last_15": arithmetic.mean(of("fta", games[-15:])),
        "pts_ast_mean_last_3": arithmetic.mean([b["pts"] + b["ast"] for b in games[-3:]]),
        "oreb_total_last_7": sum(of("oreb", games[-7:])) if games else None,
        "minutes_std_last_12": arithmetic.std(of("minutes", games[-12:])),
        "fta_per_fga_season":
            arithmetic.share(of("fta", season), of("fga", season)) if current else None,
        "usg_pct_ewma_hl12": arithmetic.ewma(of("usg_pct", games), 12),
        "pts_ewma_hl5": arithmetic.ewma(of("pts", games), 5),
        "own_points_5": arithmetic.mean(of("pts", games[-5:])),
        "pf_total_season": None,
        "blk_mean_career": arithmetic.mean(of("blk", games)),
    }  # fmt: skip


def test_windows_of_any_length_and_column_are_what_plain_sums_over_the_known_games_give(
    small: Built, small_league: League
) -> None:
    rows = frame(small, *WINDOWS)
    assert rows.height == small.frame.height
    for row in rows.iter_rows(named=True):
        for name, value in plainly(small_league, row).items():
            known = row[name]
            if value is None or known is None:
                assert known is value is None, (name, row)
            else:
                assert known == pytest.approx(value, abs=2e-6), (name, row)


def test_the_same_window_as_one_of_tipoffs_own_has_its_values(small: Built) -> None:
    rows = frame(small, mean("pts", last=5, name="own_points_5"), more=("points_avg_last_5",))
    assert rows["own_points_5"].equals(rows["points_avg_last_5"].alias("own_points_5"))
    longer = frame(small, ewma("pts", half_life=8, name="own_ewma"), more=("points_ewma_hl8",))
    both = longer.drop_nulls("own_ewma")
    assert (both["own_ewma"] - both["points_ewma_hl8"]).abs().max() <= 1.1e-6  # type: ignore[operator]


@pytest.mark.parametrize("at", [0, 12, -1], ids=["first", "middle", "last"])
def test_a_slate_gives_bit_for_bit_what_training_gives_and_says_why_not(
    small: Built, at: int
) -> None:
    features = (*WINDOWS, plugin_features.points_blend, plugin_features.log_blend)
    rows = frame(small, *features)
    day = sorted(set(rows["game_date"]))[at]
    asked, as_of = tonight(small.frame, day)
    names = [each.name for each in features]
    with small.lake.reading() as r:
        built = slate_frame(r, asked, as_of=as_of, seq=r.newest_seq(), names=names)
    assert same(built.frame, rows.filter(pl.col("game_date") == day))
    for row, reasons in zip(built.frame.iter_rows(named=True), built.reasons, strict=True):
        assert {n for n in names if row[n] is None} == set(reasons)
    assert not {"no_value", "feature_failed"} & {w for r in built.reasons for w in r.values()}


def test_they_are_built_only_for_who_names_them(small: Built) -> None:
    frame(small, *WINDOWS, plugin_features.points_blend)
    with small.lake.reading() as r:
        usual = training_frame(r, start=None, through=date(2030, 1, 1))
    assert usual.columns == small.frame.columns
    assert usual.equals(small.frame)


def test_they_change_no_definition_and_the_order_of_adding_changes_none_of_theirs() -> None:
    features = [*WINDOWS, plugin_features.points_blend, plugin_features.log_blend,
                external("rest_index", of="team")]  # fmt: skip
    before = definition_hashes()
    for each in features:
        add_feature(each)
    after = definition_hashes()
    assert {n: after[n] for n in before} == before
    assert after.keys() - before.keys() == {each.name for each in features}
    for each in features:
        remove_feature(each.name)
    assert definition_hashes() == before
    for each in reversed(features[2:]):
        add_feature(each)
    again = definition_hashes()
    assert {n: after[n] for n in again} == again


def test_another_window_column_constant_range_or_table_is_another_definition() -> None:
    pairs = [
        mean("fta", last=15, name="x"), mean("fta", last=14, name="x"),
        mean("ftm", last=15, name="x"), mean("fta", last=15, name="x", high=20),
        external("x"), external("x", of="team"), external("x", rows="y"), external("x", dated=True),
    ]  # fmt: skip
    hashes = []
    for each in pairs:
        add_feature(each)
        hashes.append(definition_hashes()["x"])
        remove_feature("x")
    assert len(set(hashes)) == len(hashes)


def test_a_feature_reaches_back_as_far_as_its_window() -> None:
    for each in (mean("fta", last=15), plugin_features.points_blend, plugin_features.log_blend):
        add_feature(each)
    assert set(reach_of("fta_mean_last_15").values()) == {last(15)}
    own, read = reach_of("points_blend"), reach_of("points_avg_season")
    assert own.keys() == read.keys()


@pytest.mark.parametrize(
    "bad", ["against_the_mean", "the_row_before", "filled_from_others", "broken", "too_short"]
)
def test_a_function_that_fails_or_sees_other_rows_trains_nothing_and_blocks_its_feature_tonight(
    small: Built, bad: str
) -> None:
    declared = getattr(plugin_features, bad)
    with pytest.raises(UsageError, match=bad):
        frame(small, declared)
    known = pl.col("points_avg_season").is_not_null()
    some = small.frame.group_by("game_date").agg(known.any() & ~known.all()).sort("game_date")
    asked, as_of = tonight(small.frame, some.filter("points_avg_season")["game_date"][0])
    names = [bad, "points_avg_season"]
    with small.lake.reading() as r:
        built = slate_frame(r, asked, as_of=as_of, seq=r.newest_seq(), names=names)
    assert built.frame[bad].null_count() == built.frame.height
    assert {row[bad] for row in built.reasons} == {"feature_failed"}
    assert built.frame["points_avg_season"].null_count() < built.frame.height


def test_a_name_that_is_taken_or_cannot_be_one_is_refused() -> None:
    add_feature(mean("fta", last=15))
    add_feature(mean("fta", last=15))
    for taken in (mean("ftm", last=3, name="fta_mean_last_15"), ewma("fga")):
        with pytest.raises(UsageError, match="already"):
            add_feature(taken)
    for name in ("Points", "y_points", "player_key", "reasons", "a b", "x; DROP"):
        with pytest.raises(UsageError, match="can be called"):
            mean("fta", last=5, name=name)
    with pytest.raises(UsageError, match="no feature"):
        add_feature("fta")  # type: ignore[arg-type]
    assert added_features() == (mean("fta", last=15),)


def test_what_box_scores_do_not_have_is_refused_with_what_they_have() -> None:
    with pytest.raises(UsageError) as caught:
        mean("dunks", last=5)
    assert "plus_minus" in caught.value.next_step
    with pytest.raises(UsageError, match="last=0"):
        mean("pts", last=0)
    with pytest.raises(UsageError, match="season=True"):
        mean("pts", last=3, season=True)
    with pytest.raises(UsageError, match="half-life of 2"):
        ewma("pts", half_life=2)


def test_a_function_is_known_by_what_it_says_and_all_it_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    declare = feature(reads=plugin_features.READS, low=0, high=70, unit="points")
    function = plugin_features.points_blend.column.function  # type: ignore[attr-defined]
    before = plugin_features.points_blend.column.sql
    assert declare(function).column.sql == before
    monkeypatch.setattr(plugin_features, "WEIGHT", 0.6)
    assert declare(function).column.sql != before
    monkeypatch.setattr(plugin_features, "WEIGHT", object())
    with pytest.raises(UsageError, match="WEIGHT"):
        declare(function)


def test_a_function_without_a_source_is_refused() -> None:
    scope: dict[str, Any] = {}
    exec("def lost(frame):\n    return frame['points_avg_season']", scope)  # noqa: S102
    scope["lost"].__module__ = "nowhere"
    with pytest.raises(UsageError, match="source"):
        feature(reads=["points_avg_season"], low=0, high=70)(scope["lost"])


def test_a_worker_knows_its_definition_without_its_function() -> None:
    sent = pickle.loads(pickle.dumps(plugin_features.points_blend))  # noqa: S301
    assert sent == plugin_features.points_blend
    assert sent.column.function is None
    add_feature(plugin_features.points_blend)
    here = definition_hashes()["points_blend"]
    remove_feature("points_blend")
    add_feature(sent)
    assert definition_hashes()["points_blend"] == here


def test_features_that_read_each_other_or_nobody_are_refused(small: Built) -> None:
    declare = feature(reads=["log_blend"], low=0, high=70, name="points_blend")
    function = plugin_features.points_blend.column.function  # type: ignore[attr-defined]
    add_feature(plugin_features.log_blend)
    with pytest.raises(UsageError, match="points_blend"):
        frame(small, more=("log_blend",))
    with pytest.raises(UsageError, match="reads itself: points_blend"):
        frame(small, declare(function), more=("log_blend",))
    assert "points_avg_last_5" in catalogue()


def test_tipoffs_own_catalogue_is_what_it_was() -> None:
    add_feature(mean("fta", last=15))
    assert "fta_mean_last_15" in catalogue()
    assert "fta_mean_last_15" not in CATALOGUE.features
    assert all(a <= b for a, b in pairwise(each.name for each in added_features()))
