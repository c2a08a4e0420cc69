"""Reading frames by name."""

import numpy as np
import polars as pl
import pytest

from tipoff.errors import ContractError
from tipoff.models.model import column, complete, matrix

FRAME = pl.DataFrame({"a": [1, None], "b": [True, False], "c": [2.5, float("nan")]})


def test_nulls_are_nan_and_flags_are_numbers_in_the_order_asked() -> None:
    values = matrix(FRAME, ("c", "b", "a"))
    assert np.array_equal(values, [[2.5, 1.0, 1.0], [np.nan, 0.0, np.nan]], equal_nan=True)
    assert np.isnan(column(FRAME, "a")).tolist() == [False, True]


def test_every_missing_column_is_named() -> None:
    with pytest.raises(ContractError) as caught:
        matrix(FRAME, ("a", "x", "y"))
    assert caught.value.differences == ["missing feature x", "missing feature y"]


def test_a_row_is_complete_when_its_required_names_are_known() -> None:
    values = matrix(FRAME, ("a", "b", "c"))
    assert complete(values, ("a", "b", "c"), ("b",)).tolist() == [True, True]
    assert complete(values, ("a", "b", "c"), ("a", "b")).tolist() == [True, False]
    assert complete(values, ("a", "b", "c"), ()).tolist() == [True, True]
