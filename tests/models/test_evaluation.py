"""The hold-out is later than everything fitted on."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from tests.models.league_frame import league_frame
from tipoff.models.data import TrainingData, training_data
from tipoff.models.evaluation import newest_rows, score
from tipoff.models.pmf import Pmf


def test_no_date_is_on_both_sides_and_the_held_out_ones_are_later(data: TrainingData) -> None:
    newest = pl.Series(newest_rows(data))
    dates = data.frame.get_column("game_date")
    assert max(dates.filter(~newest).to_list()) < min(dates.filter(newest).to_list())
    assert 0.2 <= newest.mean() <= 0.25  # type: ignore[operator]


def test_a_single_row_is_not_held_out() -> None:
    assert newest_rows(training_data(league_frame(1, 1), date(2025, 1, 1))).tolist() == [False]


def test_the_score_is_of_the_median_and_counts_its_rows() -> None:
    report = score(Pmf(np.array([[0.5, 0.5], [0.0, 1.0]])), np.array([1.0, 1.0]), "steals")
    assert (report.of, report.n) == ("hold-out (newest dates, steals)", 2)
    assert report.figures["MAE"].value == pytest.approx(0.25)
    assert report.figures["CRPS"].value == pytest.approx(0.125)
