"""One small league and its fitted models, shared because fitting is the slow part."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.models.league_frame import OPTIONAL, V2_33, definitions, league_frame
from tipoff.lake import Lake
from tipoff.models.data import TrainingData, training_data
from tipoff.models.families.baseline import Baseline, fit_baseline
from tipoff.models.families.catboost import CatBoostModel, fit_catboost
from tipoff.models.manifest import Scalar

TABLES = ("models.version", "models.state", "league.player_game")
THROUGH = date(2024, 12, 5)
FAST: dict[str, Scalar] = {
    "iterations": 20,
    "learning_rate": 0.1,
    "depth": 3,
    "loss_function": "RMSE",
}


@pytest.fixture(scope="session")
def frame() -> pl.DataFrame:
    return league_frame()


@pytest.fixture(scope="session")
def data(frame: pl.DataFrame) -> TrainingData:
    return training_data(frame, THROUGH)


@pytest.fixture(scope="session")
def ewma(data: TrainingData) -> Baseline:
    return fit_baseline("ewma_hl8", data, definitions())


@pytest.fixture(scope="session")
def v9(data: TrainingData) -> CatBoostModel:
    return fit_catboost("catboost_v9", data, V2_33, definitions(), OPTIONAL, FAST)[0]


@pytest.fixture(scope="session")
def one_lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    with Lake.open(tmp_path_factory.mktemp("models") / "lake", create=True) as opened:
        yield opened


@pytest.fixture
def lake(one_lake: Lake) -> Iterator[Lake]:
    """An empty lake: making one costs a second, emptying one does not."""
    yield one_lake
    one_lake.write(lambda w: [w.rows(f"DELETE FROM {t}") for t in TABLES])
    shutil.rmtree(Path(one_lake.location) / "models", ignore_errors=True)
