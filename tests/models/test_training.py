"""Training from the lake: the right window, once, and cheaply when nothing is missing."""

from collections.abc import Callable, Sequence
from datetime import date
from types import SimpleNamespace

import polars as pl
import pytest

from tests.models.conftest import FAST
from tests.models.league_frame import OPTIONAL, V2_33, definitions
from tipoff.errors import ContractError, UsageError
from tipoff.lake import Lake, Reader
from tipoff.markets import MARKETS, Market
from tipoff.models.families import FAMILIES
from tipoff.models.families.baseline import WEIGHTS, base_names
from tipoff.models.families.catboost import CatBoostFamily
from tipoff.models.governance import eligible, retire
from tipoff.models.training import ensure_baselines, missing_baselines, train

DAY, LATER = date(2024, 12, 2), "turnovers"
ALL = {"v2_33": V2_33, "v2_37": V2_33, "v2_39": V2_33}


class Features:
    """Stands in for `tipoff.features`, so that what training asks of it can be seen."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame
        self.known = definitions()
        self.asked: list[tuple[date | None, date, tuple[str, ...]]] = []

    def training_frame(
        self, _r: Reader, *, start: date | None, through: date, names: Sequence[str]
    ) -> pl.DataFrame:
        self.asked.append((start, through, tuple(names)))
        inside = pl.col("game_date").is_between(start or date.min, through)
        return self.frame.filter(inside)


def declared() -> dict[str, SimpleNamespace]:
    """Which names a model may do without, as the catalogue has it."""
    return {name: SimpleNamespace(required=name not in OPTIONAL) for name in definitions()}


@pytest.fixture
def features(lake: Lake, frame: pl.DataFrame, monkeypatch: pytest.MonkeyPatch) -> Features:
    earlier = frame.with_columns(pl.col("game_date").dt.offset_by("-1y"), season=pl.lit("2023-24"))
    fake = Features(pl.concat([earlier, frame]))
    monkeypatch.setattr("tipoff.features.definition_hashes", lambda: fake.known)
    monkeypatch.setattr("tipoff.features.feature_set", ALL.__getitem__)
    monkeypatch.setattr("tipoff.features.training_frame", fake.training_frame)
    monkeypatch.setattr("tipoff.features.catalogue", declared)
    monkeypatch.setitem(FAMILIES, "catboost", CatBoostFamily(FAST))
    played = fake.frame.select("game_id", "player_key", "game_date", "season")
    lake.write(lambda w: w.append("league.player_game", played))
    return fake


def test_v9_learns_from_the_current_season_through_the_date(lake: Lake, features: Features) -> None:
    report = train(lake, "catboost_v9", date(2024, 11, 30))
    assert features.asked == [(date(2024, 10, 22), date(2024, 11, 30), V2_33)]
    assert report.trained_through == date(2024, 11, 30)
    (held_out,) = report.evaluations
    assert held_out.n > 0
    assert set(held_out.figures) == {"MAE", "CRPS"}
    assert report.new


def test_v8_learns_from_the_seasons_before_and_from_nothing_later(
    lake: Lake, features: Features
) -> None:
    first = train(lake, "catboost_v8", date(2024, 11, 30))
    assert features.asked == [(None, date(2024, 10, 21), V2_33)]
    later = train(lake, "catboost_v8", date(2024, 12, 5))
    assert later.model_id == first.model_id
    assert not later.new


def test_a_monthly_refit_takes_its_window_from_its_name(lake: Lake, features: Features) -> None:
    report = train(lake, "catboost_v9_2024_12", date(2024, 11, 30))
    assert report.trained_through == date(2024, 11, 30)
    with pytest.raises(UsageError, match="2024-11-30"):
        train(lake, "catboost_v9_2024_12", date(2024, 12, 5))


def test_training_again_on_the_same_rows_stores_nothing_new(lake: Lake, features: Features) -> None:
    first = train(lake, "catboost_v9", date(2024, 11, 30))
    again = train(lake, "catboost_v9", date(2024, 11, 30))
    assert (first.new, again.new) == (True, False)
    assert again.model_id == first.model_id


def test_results_after_the_window_change_no_version(lake: Lake, features: Features) -> None:
    first = train(lake, "ewma_hl8", date(2024, 11, 30))
    later = pl.col("game_date") > date(2024, 11, 30)
    features.frame = features.frame.with_columns(
        y_points=pl.when(later).then(77).otherwise(pl.col("y_points"))
    )
    assert train(lake, "ewma_hl8", date(2024, 11, 30)).model_id == first.model_id


def test_training_reports_its_progress(lake: Lake, features: Features) -> None:
    said: list[str] = []
    train(lake, "ewma_hl8", date(2024, 11, 30), said.append)
    assert [text.split(":")[1].split()[0] for text in said] == ["reading", "fitting", "storing"]


def test_a_lake_without_games_is_refused_with_what_to_do(lake: Lake, features: Features) -> None:
    with pytest.raises(UsageError, match="no player-games through 2001-01-01"):
        train(lake, "catboost_v9", date(2001, 1, 1))
    with pytest.raises(UsageError, match="too few"):
        train(lake, "ewma_hl8", date(2001, 1, 1))


def test_an_unknown_feature_is_named(lake: Lake, features: Features) -> None:
    del features.known["team_pace"]
    with pytest.raises(ContractError, match="lacks features"):
        train(lake, "catboost_v9", date(2024, 11, 30))


def test_baselines_are_fitted_once_a_month_through_the_month_before(
    lake: Lake, features: Features
) -> None:
    first = ensure_baselines(lake, date(2024, 12, 2))
    assert set(first) == set(WEIGHTS)
    assert features.asked == [(None, date(2024, 11, 30), base_names())]
    assert ensure_baselines(lake, date(2024, 12, 31)) == first
    assert len(features.asked) == 1
    assert set(ensure_baselines(lake, date(2025, 1, 1)).values()).isdisjoint(first.values())


def test_adding_a_feature_to_the_catalogue_refits_nothing(lake: Lake, features: Features) -> None:
    first = ensure_baselines(lake, date(2024, 12, 2))
    features.known["brand_new"] = "1"
    assert ensure_baselines(lake, date(2024, 12, 2)) == first


def test_redefining_a_feature_refits_exactly_the_baselines_that_read_it(
    lake: Lake, features: Features
) -> None:
    first = ensure_baselines(lake, date(2024, 12, 2))
    features.known["points_avg_last_5"] = "redefined"
    second = ensure_baselines(lake, date(2024, 12, 2))
    changed = {name for name in first if first[name] != second[name]}
    assert changed == {"last_5", "old_moving_average"}


def markets_of(lake: Lake) -> dict[str, list[set[str]]]:
    """Baseline -> the markets of each of its versions, oldest first."""
    with lake.reading() as r:
        rows = r.rows("SELECT model, markets FROM models.version ORDER BY recorded_seq")
    return {name: [set(m) for n, m in rows if n == name] for name, _ in rows}


def test_a_missing_feature_stops_a_baseline_only_in_the_market_that_reads_it(
    lake: Lake, features: Features
) -> None:
    definition = features.known.pop("steals_ewma_hl8")
    assert set(ensure_baselines(lake, DAY)) == set(WEIGHTS)
    assert markets_of(lake)["ewma_hl8"] == [set(MARKETS) - {"steals"}]
    assert markets_of(lake)["last_5"] == [set(MARKETS)]
    ensure_baselines(lake, DAY)
    assert len(features.asked) == 1
    features.known["steals_ewma_hl8"] = definition
    ensure_baselines(lake, DAY)
    assert markets_of(lake)["ewma_hl8"] == [set(MARKETS) - {"steals"}, {"steals"}]
    assert len(markets_of(lake)["last_5"]) == 1


@pytest.fixture
def later(features: Features, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Declares one more market, turnovers, with the features of assists."""

    def declare() -> None:
        monkeypatch.setitem(MARKETS, LATER, Market(LATER, LATER, "tov", 15, (2.0, 3.0)))
        like = [c for c in features.frame.columns if "assists" in c]
        named = [pl.col(c).alias(c.replace("assists", LATER)) for c in like]
        features.frame = features.frame.with_columns(named)
        features.known |= {n: f"def_{n}" for n in base_names()}

    return declare


def test_a_market_declared_later_gets_versions_of_its_own_and_the_others_keep_theirs(
    lake: Lake, features: Features, later: Callable[[], None]
) -> None:
    first = ensure_baselines(lake, DAY)
    later()
    with lake.reading() as r:
        assert set(missing_baselines(r, DAY)) == set(WEIGHTS)
        assert {seat.market for seat in eligible(r, DAY)} == set(MARKETS) - {LATER}
    added = ensure_baselines(lake, DAY)
    assert set(added.values()).isdisjoint(first.values())
    assert set(markets_of(lake)["ewma_hl8"][1]) == {LATER}
    with lake.reading() as r:
        seats = {(seat.model, seat.market): seat.model_id for seat in eligible(r, DAY)}
        asked = r.queries
        assert missing_baselines(r, DAY) == []
        assert r.queries == asked + 1
    for name in WEIGHTS:
        assert seats[name, LATER] == added[name]
        assert {seats[name, m] for m in MARKETS if m != LATER} == {first[name]}
    assert ensure_baselines(lake, DAY) == added
    assert len(features.asked) == 2
    ensure_baselines(lake, date(2025, 1, 2))
    assert markets_of(lake)["ewma_hl8"][2] == set(MARKETS), "the next month's covers all of them"


def test_a_retired_baseline_is_fitted_in_no_market_declared_later(
    lake: Lake, features: Features, later: Callable[[], None]
) -> None:
    ensure_baselines(lake, DAY)
    retire(lake, "last_5", "useless")
    later()
    ensure_baselines(lake, DAY)
    assert len(markets_of(lake)["last_5"]) == 1
    assert len(markets_of(lake)["ewma_hl8"]) == 2


def test_a_baseline_retired_only_where_a_market_came_later_is_fitted_again_next_month(
    lake: Lake, features: Features, later: Callable[[], None]
) -> None:
    ensure_baselines(lake, DAY)
    later()
    retire(lake, ensure_baselines(lake, DAY)["last_5"], "bad on turnovers")
    assert "last_5" in ensure_baselines(lake, date(2025, 1, 2))


def test_a_retired_baseline_is_not_fitted_again(lake: Lake, features: Features) -> None:
    ensure_baselines(lake, date(2024, 12, 2))
    retire(lake, "last_5", "useless")
    assert "last_5" not in ensure_baselines(lake, date(2025, 1, 2))


def test_a_league_without_lines_is_not_read_again_on_every_run(
    lake: Lake, features: Features
) -> None:
    blank = pl.lit(None, pl.Float64)
    features.frame = features.frame.with_columns(pl.col("^line_.*$") * blank)
    first = ensure_baselines(lake, date(2024, 12, 2))
    assert ensure_baselines(lake, date(2024, 12, 2)) == first
    assert len(features.asked) == 1
    with lake.reading() as r:
        assert "line" not in {seat.model for seat in eligible(r, date(2024, 12, 2))}


def test_before_the_first_game_there_are_no_baselines(lake: Lake, features: Features) -> None:
    assert ensure_baselines(lake, date(2023, 10, 25)) == {}
    assert features.asked == []
