"""The first edition's lake opens, holds the numbers it was stored with, and reproduces them."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.first_edition import expected, unpacked
from tipoff.forecast import find_publication, reproduce
from tipoff.lake import Lake

SLATES = (date(2024, 11, 11), date(2024, 11, 12))
FAMILIES = {"baseline", "breakout", "catboost", "champion", "plays"}


def by_id(rows: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """prediction_id -> its other columns, floats spelled as in expected.json."""
    return {
        row.pop("prediction_id"): {
            k: v.hex() if isinstance(v, float) else v for k, v in row.items()
        }
        for row in rows.to_dicts()
    }


@pytest.mark.parametrize(
    ("what", "view"),
    [("predictions", "forecast.current_prediction"),
     ("grades", "grading.current_grade SEMI JOIN forecast.current_publication USING (run_id)")],
)  # fmt: skip
def test_its_numbers_are_those_the_first_edition_stored(
    tmp_path: Path, what: str, view: str
) -> None:
    lake = unpacked(tmp_path)
    stored = expected(tmp_path)[what]
    names = ", ".join(next(iter(stored.values())))
    with Lake.open(lake) as opened, opened.reading() as r:
        rows = r.query(f"SELECT prediction_id, {names} FROM {view}")
    assert len(stored) > 1000
    assert by_id(rows) == stored


def test_it_has_a_superseded_set_and_a_model_of_every_family(tmp_path: Path) -> None:
    with Lake.open(unpacked(tmp_path)) as opened, opened.reading() as r:
        sets = r.rows("SELECT slate, seq FROM forecast.publication ORDER BY slate, seq")
        families = r.rows("SELECT DISTINCT family FROM models.version")
    assert sets == [(SLATES[0], 1), (SLATES[0], 2), (SLATES[1], 1)]
    assert {family for (family,) in families} == FAMILIES


def test_a_slate_of_it_comes_out_bit_for_bit(tmp_path: Path) -> None:
    with Lake.open(unpacked(tmp_path)) as opened:
        with opened.reading() as r:
            run = find_publication(r, SLATES[0]).run_id
        again = reproduce(opened, run)
    assert again.differences == ()
    assert again.checked > 1000
