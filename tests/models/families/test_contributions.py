"""Contributions add up to the centre they explain."""

import numpy as np
import polars as pl
import pytest

from tests.models.league_frame import V2_33, definitions
from tipoff.errors import UsageError
from tipoff.models import contributions
from tipoff.models.data import TrainingData
from tipoff.models.families.baseline import Baseline, centre, fit_baseline
from tipoff.models.families.catboost import CatBoostModel
from tipoff.models.model import matrix


def test_shap_values_add_up_to_the_prediction(v9: CatBoostModel, frame: pl.DataFrame) -> None:
    row = frame.drop_nulls("points_avg_season")[700]
    base, parts = contributions(v9, row, "points")
    assert set(parts) == set(V2_33)
    assert base + sum(parts.values()) == pytest.approx(
        float(v9.regressor.predict(matrix(row, V2_33))[0])
    )
    assert np.ptp(list(parts.values())) > 0


def test_the_terms_of_a_baseline_add_up_to_its_centre(
    data: TrainingData, frame: pl.DataFrame
) -> None:
    model = fit_baseline("old_moving_average", data, definitions())
    row = frame.drop_nulls("pra_avg_season")[300]
    base, parts = contributions(model, row, "pra")
    assert base + sum(parts.values()) == pytest.approx(centre(row, "old_moving_average", "pra")[0])


def test_a_missing_input_contributes_nothing(ewma: Baseline, frame: pl.DataFrame) -> None:
    row = frame.filter(pl.col("points_ewma_hl8").is_null())[0]
    assert contributions(ewma, row, "points") == (0.0, {})


def test_only_one_row_of_a_predicted_market_is_explained(
    v9: CatBoostModel, frame: pl.DataFrame
) -> None:
    with pytest.raises(UsageError, match="not 2 rows"):
        contributions(v9, frame.head(2), "points")
    with pytest.raises(UsageError, match="rows of steals"):
        contributions(v9, frame.head(1), "steals")
