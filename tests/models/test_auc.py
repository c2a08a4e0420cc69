"""The area under the curve against its definition, and an interval that moves by whole nights."""

import numpy as np
import pytest

from tipoff.models.auc import clustered_auc


def test_the_area_is_the_share_of_pairs_in_order_with_ties_by_half() -> None:
    rng = np.random.default_rng(1)
    score, y = rng.integers(0, 6, 80).astype(float), rng.random(80) < 0.3
    pairs = [(a > b) + (a == b) / 2 for a in score[y] for b in score[~y]]
    auc = clustered_auc(score, y, np.arange(80) // 8)
    assert auc is not None
    assert auc.value == pytest.approx(np.mean(pairs))
    assert (auc.n, auc.positives, auc.slates) == (80, int(y.sum()), 10)
    assert auc.low < auc.value < auc.high


def test_an_unknown_score_is_the_lowest() -> None:
    y = np.array([True, False, True, False])
    auc = clustered_auc(np.array([np.nan, 1.0, 3.0, np.nan]), y, np.array([0, 0, 1, 1]))
    assert auc is not None
    assert auc.value == pytest.approx((0 + 0.5 + 1 + 1) / 4)


def test_rows_of_one_night_do_not_narrow_the_interval() -> None:
    rng = np.random.default_rng(2)
    night = np.arange(40)
    y, score = rng.random(40) < 0.5, rng.normal(size=40)
    once = clustered_auc(score, y, night)
    many = clustered_auc(np.repeat(score, 20), np.repeat(y, 20), np.repeat(night, 20))
    assert once is not None
    assert many is not None
    assert (many.low, many.high) == pytest.approx((once.low, once.high), abs=1e-9)


def test_one_outcome_or_one_night_has_no_area() -> None:
    assert clustered_auc(np.arange(4.0), np.ones(4, dtype=bool), np.arange(4)) is None
    assert clustered_auc(np.arange(4.0), np.array([True, False] * 2), np.zeros(4)) is None
