"""Baselines: the centre each one promises, on every market, refusing what it cannot know."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from tests.models.league_frame import definitions, league_frame
from tipoff.errors import ContractError, UsageError
from tipoff.markets import MARKETS
from tipoff.models.data import TrainingData, training_data
from tipoff.models.families.baseline import WEIGHTS, Baseline, base_names, fit_baseline


@pytest.fixture(scope="module")
def fitted(data: TrainingData) -> dict[str, Baseline]:
    return {name: fit_baseline(name, data, definitions()) for name in WEIGHTS}


def test_every_baseline_covers_every_market(fitted: dict[str, Baseline]) -> None:
    for model in fitted.values():
        assert set(model.manifest.markets) == set(MARKETS)


@pytest.mark.parametrize("name", ["season_mean", "last_5", "ewma_hl8"])
def test_the_mean_of_the_pmf_is_the_feature(
    fitted: dict[str, Baseline], frame: pl.DataFrame, name: str
) -> None:
    feature = {"season_mean": "avg_season", "last_5": "avg_last_5", "ewma_hl8": "ewma_hl8"}[name]
    rows = frame.drop_nulls(f"rebounds_{feature}").filter(pl.col(f"rebounds_{feature}") > 4)
    answer = fitted[name].predict(rows, "rebounds")
    assert answer.pmf.mean() == pytest.approx(rows[f"rebounds_{feature}"].to_numpy(), rel=1e-3)


def test_the_old_moving_average_weighs_last_5_last_10_and_season(
    fitted: dict[str, Baseline], frame: pl.DataFrame
) -> None:
    rows = frame.drop_nulls("points_avg_season").filter(pl.col("points_avg_season") > 8)
    by_hand = rows.select(
        0.5 * pl.col("points_avg_last_5")
        + 0.3 * pl.col("points_avg_last_10")
        + 0.2 * pl.col("points_avg_season")
    ).to_series()
    answer = fitted["old_moving_average"].predict(rows, "points")
    assert answer.pmf.mean() == pytest.approx(by_hand.to_numpy(), rel=1e-3)


def test_the_lines_median_is_the_line(fitted: dict[str, Baseline], frame: pl.DataFrame) -> None:
    rows = frame.drop_nulls("line_points")
    answer = fitted["line"].predict(rows, "points")
    assert answer.ok.all()
    assert answer.pmf.median() == pytest.approx(rows["line_points"].to_numpy(), abs=1e-6)
    assert answer.pmf.p_over(rows["line_points"].to_numpy()) == pytest.approx(0.5, abs=1e-6)


def test_a_null_input_is_not_predictable_and_nothing_is_made_up(
    fitted: dict[str, Baseline], frame: pl.DataFrame
) -> None:
    for name, model in fitted.items():
        answer = model.predict(frame, "points")
        known = frame.select(pl.all_horizontal(pl.col(*model.manifest.contract.names["points"])
                                               .is_not_null())).to_series()  # fmt: skip
        assert answer.ok.tolist() == known.to_list(), name
        assert np.isnan(answer.pmf.p[~answer.ok]).all()


def test_the_dispersion_that_made_the_league_is_found(fitted: dict[str, Baseline]) -> None:
    shape = fitted["ewma_hl8"].manifest.dispersion["pra"]
    assert np.mean(shape.values) == pytest.approx(2.5, rel=0.25)


def test_a_market_without_history_is_left_out_and_never_predicted(frame: pl.DataFrame) -> None:
    blank = frame.with_columns(line_steals=pl.lit(None, pl.Float64))
    model = fit_baseline("line", training_data(blank, date(2024, 12, 5)), definitions())
    assert "steals" not in model.manifest.markets
    assert not model.predict(frame, "steals").ok.any()


def test_the_same_rows_give_the_same_version_and_later_rows_change_nothing(
    frame: pl.DataFrame, ewma: Baseline
) -> None:
    through = ewma.manifest.trained_through
    later = pl.col("game_date") > through
    changed = frame.with_columns(
        y_points=pl.when(later).then(60).otherwise(pl.col("y_points"))
    ).sample(fraction=1.0, shuffle=True, seed=1)
    again = fit_baseline("ewma_hl8", training_data(changed, through), definitions())
    assert again.manifest == ewma.manifest
    assert again.manifest.model_id == ewma.manifest.model_id


def test_a_changed_result_inside_the_window_is_another_version(ewma: Baseline) -> None:
    other = training_data(league_frame(seed=6), ewma.manifest.trained_through)
    model = fit_baseline("ewma_hl8", other, definitions())
    assert model.manifest.model_id != ewma.manifest.model_id


def test_a_missing_column_is_named(ewma: Baseline, frame: pl.DataFrame) -> None:
    with pytest.raises(ContractError, match="points_ewma_hl8"):
        ewma.predict(frame.drop("points_ewma_hl8"), "points")


def test_an_unknown_baseline_is_refused_with_the_known_ones(data: TrainingData) -> None:
    with pytest.raises(UsageError, match="guess") as caught:
        fit_baseline("guess", data, definitions())
    assert "ewma_hl8" in caught.value.next_step


def test_the_base_names_are_what_the_catalogue_must_offer() -> None:
    assert {"points_ewma_hl8", "line_ra", "threes_avg_last_10"} <= set(base_names())
    assert len(base_names()) == 5 * len(MARKETS)
