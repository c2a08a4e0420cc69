"""A model with an artifact file, as small as one can be: fitted in the blink of an eye."""

from __future__ import annotations

import random
from datetime import date
from functools import cache
from pathlib import Path
from unittest.mock import patch

import polars as pl

from tipoff.features import catalogue, definition_hashes, feature_set
from tipoff.models import Model, dispersion
from tipoff.models.data import TrainingData, training_data
from tipoff.models.families import catboost

NAME = "catboost_v8"
SMALL = {"iterations": 4, "depth": 2}


def fit(rows: Path, salt: int) -> Model:
    """A version made of these rows; another salt makes another file and another id."""
    names, declared = feature_set("v2_33"), catalogue()
    optional = [name for name in names if not declared[name].required]
    rate = {"learning_rate": random.Random(salt).uniform(0.05, 0.5)}
    parameters = catboost.PARAMETERS | SMALL | rate
    # Put back afterwards: a drive calls this in the process of the tests.
    with (
        patch.object(catboost, "MIN_TRAINING_ROWS", 100),
        patch.object(dispersion, "MIN_ROWS", 30),
    ):
        model, _ = catboost.fit_catboost(
            NAME, _data(rows), names, definition_hashes(), optional, parameters
        )
    return model


@cache
def _data(rows: Path) -> TrainingData:
    frame = pl.read_parquet(rows)
    newest = frame["game_date"].max()
    assert isinstance(newest, date)
    return training_data(frame, newest)
