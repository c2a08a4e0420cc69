"""Training from the lake: the right window, once, and cheaply when nothing is missing."""

from collections.abc import Sequence
from datetime import date
from functools import partial

import polars as pl
import pytest

from tests.models.conftest import FAST
from tests.models.league_frame import OPTIONAL, V2_33, definitions
from tipoff.errors import ContractError, UsageError
from tipoff.lake import Lake, Reader
from tipoff.models import fitting
from tipoff.models.baselines import WEIGHTS, base_names
from tipoff.models.catboost_model import fit_catboost
from tipoff.models.governance import eligible, retire
from tipoff.models.training import ensure_baselines, train

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


@pytest.fixture
def features(lake: Lake, frame: pl.DataFrame, monkeypatch: pytest.MonkeyPatch) -> Features:
    earlier = frame.with_columns(pl.col("game_date").dt.offset_by("-1y"), season=pl.lit("2023-24"))
    fake = Features(pl.concat([earlier, frame]))
    monkeypatch.setattr("tipoff.features.definition_hashes", lambda: fake.known)
    monkeypatch.setattr("tipoff.features.feature_set", ALL.__getitem__)
    monkeypatch.setattr("tipoff.features.training_frame", fake.training_frame)
    monkeypatch.setattr(fitting, "_optional", lambda _names: OPTIONAL)
    monkeypatch.setattr(fitting, "fit_catboost", partial(fit_catboost, parameters=FAST))
    played = fake.frame.select("game_id", "player_key", "game_date", "season")
    lake.write(lambda w: w.append("league.player_game", played))
    return fake


def test_v9_learns_from_the_current_season_through_the_date(lake: Lake, features: Features) -> None:
    report = train(lake, "catboost_v9", date(2024, 11, 30))
    assert features.asked == [(date(2024, 10, 22), date(2024, 11, 30), V2_33)]
    assert report.trained_through == date(2024, 11, 30)
    assert report.holdout.rows > 0
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


def test_a_missing_feature_stops_only_the_baselines_that_read_it(
    lake: Lake, features: Features
) -> None:
    del features.known["steals_ewma_hl8"]
    fitted = ensure_baselines(lake, date(2024, 12, 2))
    assert set(fitted) == set(WEIGHTS) - {"ewma_hl8"}


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
