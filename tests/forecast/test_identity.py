"""Seals and prediction ids are content ids, however they are computed."""

import hashlib
from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from tipoff.forecast.identity import UNSEALED, prediction_ids, record_hashes
from tipoff.hashing import content_id, spelled

ROWS = pl.DataFrame(
    {
        "player_key": ['zoë "z" o\'neal', "b", "b"],
        "line": [None, 24.5, -0.0],
        "books": pl.Series([None, 3, 3], dtype=pl.Int32),
        "line_ids": pl.Series([None, ["l1", "l2"], []], dtype=pl.List(pl.String)),
        "as_of": [datetime(2025, 1, 11, tzinfo=UTC)] * 3,
        "live": [True, None, False],
        "pmf": [[0.5, 0.5], [0.25, 0.5, 0.25], [1.0, 0.0]],
        "run_id": ["run_1", "run_2", "run_3"],
    },
    schema_overrides={"as_of": pl.Datetime("us", "UTC")},
)


def test_a_seal_is_the_content_id_of_every_field_and_the_bytes_of_the_pmf() -> None:
    names = sorted(set(ROWS.columns) - {*UNSEALED, "pmf"})
    for seal, row in zip(record_hashes(ROWS), ROWS.iter_rows(named=True), strict=True):
        pmf = hashlib.sha256(np.array(row["pmf"]).tobytes()).hexdigest()
        assert seal == content_id("row", [names, [row[name] for name in names], pmf])


def test_a_seal_changes_with_any_field_but_the_run() -> None:
    first = record_hashes(ROWS)[1]
    assert record_hashes(ROWS.with_columns(run_id=pl.lit("another")))[1] == first
    for name, value in {"line": 24.4999, "books": 4, "player_key": "c"}.items():
        changed = ROWS.with_columns(pl.lit(value).cast(ROWS.schema[name]).alias(name))
        assert record_hashes(changed)[1] != first


def test_no_rows_have_no_seals() -> None:
    assert record_hashes(ROWS.clear()) == []


def test_a_prediction_id_is_the_content_id_of_what_its_row_was_made_from() -> None:
    values: list[list[float | None]] = [[None, 24.5, -0.0], [1.0, 0.1, float("nan")]]
    ids = ["[]", '["l1","l2"]', "[]"]
    keys = [ROWS["player_key"], ROWS["run_id"]]
    parts = [*map(spelled, keys), *(spelled(pl.Series(v)) for v in values), ids]
    lines: list[list[str]] = [[], ["l1", "l2"], []]
    expected = [
        content_id("pred", ["reads_1", *(k[i] for k in keys), [v[i] for v in values], lines[i]])
        for i in range(3)
    ]
    assert prediction_ids("reads_1", parts) == expected


@pytest.mark.parametrize("short", range(4))
def test_parts_of_unequal_lengths_are_an_error_and_lose_no_row(short: int) -> None:
    parts = [["1", "2"], ["3", "4"], ["5", "6"], ["[]", "[]"]]
    parts[short] = parts[short][:1]
    with pytest.raises(ValueError, match=r"is (shorter|longer) than"):
        prediction_ids("reads_1", parts)
