"""CatBoost models: bit-reproducible, by name, honest about incomplete rows and small windows."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from tests.models.conftest import FAST
from tests.models.league_frame import OPTIONAL, V2_33, definitions
from tipoff.errors import ArtifactError, UsageError
from tipoff.models.data import TrainingData, training_data
from tipoff.models.families.catboost import FAMILY, CatBoostModel, fit_catboost


def test_the_same_rows_give_the_same_bytes_and_the_same_version(
    v9: CatBoostModel, data: TrainingData
) -> None:
    again, _ = fit_catboost("catboost_v9", data, V2_33, definitions(), OPTIONAL, FAST)
    assert again.artifact == v9.artifact
    assert again.manifest.model_id == v9.manifest.model_id


def test_columns_are_read_by_name_whatever_their_order_and_company(
    v9: CatBoostModel, frame: pl.DataFrame
) -> None:
    expected = v9.predict(frame, "points").pmf.p
    shuffled = frame.select(reversed(frame.columns)).with_columns(new_feature=pl.lit(3.0))
    assert np.array_equal(v9.predict(shuffled, "points").pmf.p, expected, equal_nan=True)


def test_a_row_alone_has_the_same_bits_as_in_a_batch(
    v9: CatBoostModel, frame: pl.DataFrame
) -> None:
    rows = frame.filter(pl.col("points_avg_season").is_not_null()).head(25)
    batch = v9.predict(rows, "points").pmf.p
    for i in range(rows.height):
        assert (v9.predict(rows[i : i + 1], "points").pmf.p[0] == batch[i]).all()


def test_a_row_lacking_a_required_feature_is_not_predicted_but_an_optional_one_may_lack(
    v9: CatBoostModel, frame: pl.DataFrame
) -> None:
    row = frame.drop_nulls("points_avg_season").head(1)
    nothing = pl.lit(None, pl.Float64)
    assert v9.predict(row.with_columns(injury_risk=nothing), "points").ok.tolist() == [True]
    answer = v9.predict(row.with_columns(team_pace=nothing), "points")
    assert answer.ok.tolist() == [False]
    assert np.isnan(answer.pmf.p).all()


def test_rows_lacking_a_required_feature_are_not_trained_on(
    v9: CatBoostModel, data: TrainingData
) -> None:
    complete = data.frame.drop_nulls(["points_avg_season", "points_avg_last_5"]).height
    assert v9.manifest.rows == complete < data.frame.height


def test_it_predicts_points_only(v9: CatBoostModel, frame: pl.DataFrame) -> None:
    assert not v9.predict(frame, "rebounds").ok.any()


def test_the_model_learns_what_the_league_is_made_of(
    v9: CatBoostModel, frame: pl.DataFrame
) -> None:
    later = frame.filter(pl.col("game_date") > v9.manifest.trained_through)
    y = later["y_points"].to_numpy()
    own = np.abs(v9.predict(later, "points").pmf.median() - y).mean()
    assert own < np.abs(np.median(y) - y).mean()


def test_a_loaded_artifact_gives_the_same_bits(v9: CatBoostModel, frame: pl.DataFrame) -> None:
    loaded = FAMILY.load(v9.manifest, v9.artifact)
    first, second = loaded.predict(frame, "points").pmf.p, v9.predict(frame, "points").pmf.p
    assert np.array_equal(first, second, equal_nan=True)


def test_an_artifact_that_reads_other_names_is_refused(v9: CatBoostModel) -> None:
    names = {"points": tuple(reversed(V2_33))}
    contract = v9.manifest.contract.model_copy(update={"names": names})
    manifest = v9.manifest.model_copy(update={"contract": contract})
    with pytest.raises(ArtifactError, match="reads other features"):
        FAMILY.load(manifest, v9.artifact)


@pytest.mark.parametrize("content", [b"not a model", b"", None], ids=repr)
def test_bytes_that_are_no_model_are_refused(v9: CatBoostModel, content: bytes | None) -> None:
    with pytest.raises(ArtifactError, match=r"not a CatBoost model|has no artifact"):
        FAMILY.load(v9.manifest, content)


def test_a_window_with_too_few_rows_is_refused_with_its_numbers(frame: pl.DataFrame) -> None:
    small = training_data(frame, date(2024, 10, 30))
    with pytest.raises(UsageError, match=r"240 of the 270 player-games .* 500 are needed"):
        fit_catboost("catboost_v9", small, V2_33, definitions(), OPTIONAL, FAST)
