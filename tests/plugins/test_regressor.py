"""Regressors of scikit-learn as models: what is stored, and what a stored file may make."""

from __future__ import annotations

import io
import json
import pickle
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import ClassVar
from zipfile import ZipFile

import numpy as np
import polars as pl
import pytest
from lightgbm import LGBMRegressor
from sklearn.base import BaseEstimator, RegressorMixin, TransformerMixin
from sklearn.ensemble import (
    GradientBoostingRegressor,
    HistGradientBoostingRegressor,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    SplineTransformer,
    StandardScaler,
)

from tests.plugins.toys import FEATURES, known
from tests.simulated import own_copy, slate_dates
from tipoff.errors import ArtifactError, UsageError
from tipoff.fingerprint import LIBRARY
from tipoff.lake import Lake
from tipoff.models import from_regressor, load, train
from tipoff.models.plugin.family import TYPES
from tipoff.models.pmf import Floats
from tipoff.models.regressor import Estimator, RegressorModel


class Offset(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """An estimator of one's own, in a module of one's own."""

    def fit(self, X: Floats, y: Floats) -> Offset:  # noqa: ARG002, N803
        self.mean_ = float(y.mean())
        return self

    def predict(self, X: Floats) -> Floats:  # noqa: N803
        return np.full(len(X), self.mean_)


class Foreign(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Holds what none of its libraries made."""

    fitted: ClassVar[list[int]] = []

    def fit(self, X: Floats, y: Floats) -> Foreign:  # noqa: ARG002, N803
        Foreign.fitted.append(len(X))
        self.day_ = date(2025, 1, 10)
        return self

    def transform(self, X: Floats) -> Floats:  # noqa: N803
        return X


def model_of(estimator: Estimator) -> RegressorModel:
    return from_regressor(
        estimator, name="my_trees", features=FEATURES, markets=["points"], optional=FEATURES[1:2]
    )


def rows() -> tuple[pl.DataFrame, Floats]:
    draw = np.random.default_rng(3)
    x = draw.normal(12.0, 4.0, (400, 3))
    return pl.DataFrame(x, schema=["a", "b", "c"]), x.sum(axis=1) + draw.normal(size=400)


@pytest.fixture
def lake(trained_lake: Path, tmp_path: Path) -> Iterator[Lake]:
    own_copy(trained_lake, tmp_path / "own")
    with Lake.open(tmp_path / "own") as opened:
        yield opened


@pytest.mark.parametrize(
    "estimator",
    [
        Ridge(alpha=3.0),
        make_pipeline(StandardScaler(), LinearRegression()),
        GradientBoostingRegressor(n_estimators=5, subsample=0.5),
        HistGradientBoostingRegressor(max_iter=5),
        RandomForestRegressor(n_estimators=5),
        make_pipeline(SimpleImputer(), StandardScaler(), Ridge()),
        make_pipeline(SimpleImputer(add_indicator=True), SplineTransformer(), Ridge()),
        make_pipeline(KBinsDiscretizer(), LinearRegression()),
        LGBMRegressor(n_estimators=5, n_jobs=1, verbose=-1),
        Offset(),
    ],
    ids=lambda estimator: "-".join(
        type(part).__name__ for _, part in getattr(estimator, "steps", [("", estimator)])
    ),
)
def test_the_same_rows_give_the_same_bytes_and_they_the_same_answers(estimator: Estimator) -> None:
    frame, y = rows()
    model = model_of(estimator)
    fitted = model.fit(frame, y, "points")
    content = fitted.dump()
    assert content == model_of(estimator).fit(frame, y, "points").dump() == fitted.dump()
    again = model.load(content)
    assert np.array_equal(again.predict(frame), fitted.predict(frame))


def test_a_file_that_makes_objects_of_other_libraries_is_refused() -> None:
    frame, y = rows()
    content = model_of(Offset()).fit(frame, y, "points").dump()
    with pytest.raises(ArtifactError, match="test_regressor"):
        model_of(Ridge()).load(content)


def test_types_that_may_not_be_stored_are_refused_before_the_fit() -> None:
    frame, y = rows()
    model = model_of(make_pipeline(Foreign(), Ridge()))
    Foreign.fitted.clear()
    with pytest.raises(ArtifactError, match=r"datetime\.date"):
        model.fit(frame, y, "points")
    assert Foreign.fitted
    assert frame.height not in Foreign.fitted


def test_one_market_is_a_text_and_an_alias_will_do() -> None:
    for markets in ("pts", "points", ["player_points", "pts"]):
        model = from_regressor(Ridge(), name="my_trees", features=FEATURES, markets=markets)
        assert model.markets == ("points",)
    with pytest.raises(UsageError, match="pionts") as refused:
        from_regressor(Ridge(), name="my_trees", features=FEATURES, markets="pionts")
    assert "points" in refused.value.next_step


def test_nothing_is_unpickled() -> None:
    frame, y = rows()
    model = model_of(Ridge())
    with pytest.raises(Exception, match="zip"):
        model.load(pickle.dumps(model.fit(frame, y, "points").estimator))
    with ZipFile(io.BytesIO(model.fit(frame, y, "points").dump())) as file:
        assert not any(name.endswith((".pkl", ".pickle")) for name in file.namelist())


def test_the_types_a_file_may_make_are_in_the_manifest_and_others_are_refused(lake: Lake) -> None:
    model = model_of(HistGradientBoostingRegressor(max_iter=5))
    with known(model) as (family,):
        version = load(lake, train(lake, "my_trees", slate_dates(lake)[-8]).model_id)
        manifest = version.manifest
        assert str(manifest.parameters[TYPES]).startswith("sklearn.ensemble.")
        assert manifest.parameters["max_iter"] == 5
        assert str(manifest.parameters[f"{LIBRARY}sklearn"]).startswith("scikit-learn ")
        for types in ("", "sklearn.tree._tree.Tree"):
            other = manifest.model_copy(update={"parameters": manifest.parameters | {TYPES: types}})
            with pytest.raises(ArtifactError):
                family.load(other, version.artifact)
        assert family.load(manifest, version.artifact).artifact == version.artifact
    with known(model_of(HistGradientBoostingRegressor(max_iter=6))):
        assert load(lake, manifest.model_id).manifest == manifest


@pytest.mark.long
def test_a_feature_that_may_be_null_reaches_the_estimator_and_another_null_refuses_the_row(
    lake: Lake,
) -> None:
    with known(model_of(HistGradientBoostingRegressor(max_iter=5))):
        version = load(lake, train(lake, "my_trees", slate_dates(lake)[-8]).model_id)
        names = version.manifest.contract.names["points"]
        frame = pl.DataFrame([[20.0, None, 30.0], [None, 20.0, 30.0]], names, orient="row")
        assert version.predict(frame, "points").ok.tolist() == [True, False]


def test_what_is_no_estimator_is_named() -> None:
    for thing in (object(), Ridge, "ridge"):
        with pytest.raises(UsageError, match="my_trees"):
            model_of(thing)  # type: ignore[arg-type]


def shift(array: Floats, by: object) -> Floats:
    return array


def shifting(by: object) -> Pipeline:
    """An estimator with a parameter of any kind."""
    return make_pipeline(FunctionTransformer(shift, kw_args={"by": by}), Ridge())


_LONG = np.arange(5000.0)
_PARTED = [
    (_LONG, np.where(_LONG == 2500, -1.0, _LONG)),
    (np.array([1 / 3]), np.array([1 / 3 + 1e-12])),
    (np.zeros(3), np.zeros(3, np.float32)),
    (np.zeros((2, 3)), np.zeros((3, 2))),
    (np.array(["a", None]), np.array(["b", None])),
    (0.1 + 0.2, 0.3),
    ({1: 2}, {"1": 2}),
    ([Ridge(alpha=1.0)], [Ridge(alpha=2.0)]),
    (np.log1p, np.expm1),
    (np.int64(3), np.int64(4)),
]


@pytest.mark.parametrize(("one", "other"), _PARTED)
def test_parameters_that_differ_are_told_apart(one: object, other: object) -> None:
    apart = model_of(shifting(other)).parameters
    assert model_of(shifting(one)).parameters == model_of(shifting(one)).parameters != apart
    json.dumps(apart, allow_nan=False)


@pytest.mark.parametrize(
    "thing",
    [
        np.random.RandomState(0),
        np.random.default_rng(0),
        lambda x: x,
        partial(shift, by=1),
        object(),
    ],
)
def test_a_parameter_that_cannot_be_compared_is_refused_by_its_name(thing: object) -> None:
    with pytest.raises(UsageError, match="kw_args"):
        model_of(shifting(thing))
