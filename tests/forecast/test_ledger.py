"""What was published when, and what a run was made with."""

from __future__ import annotations

import json
from datetime import timedelta

import duckdb
import pytest

from tests.forecast.republished import Twice
from tipoff.errors import NotFound
from tipoff.forecast.ledger import ledger, run_record
from tipoff.results.runs import RunGate, RunRecord
from tipoff.settings import settings


def test_the_ledger_has_every_publication_with_counts_that_add_up(twice: Twice) -> None:
    with twice.lake.reading() as r:
        rows = ledger(r, twice.day).publications
        assert ledger(r, None).publications == rows
        assert ledger(r, twice.day - timedelta(days=1)).publications == ()
    assert [(row.seq, row.kind) for row in rows] == [(1, "first"), (2, "supersede")]
    assert all(row.expected == row.predicted + row.refused for row in rows)
    assert all(row.backfill for row in rows)


def test_a_run_says_which_code_settings_gate_and_models_made_it(twice: Twice) -> None:
    with twice.lake.reading() as r:
        newest = ledger(r, twice.day).publications[-1]
        record = run_record(r, newest.run_id)
        by_publication = run_record(r, newest.publication_id)
    assert record == by_publication
    assert record.code_version.startswith("code_")
    assert record.other_build == ()
    assert record.build is not None
    assert record.build.libraries["duckdb"] == duckdb.__version__
    assert record.settings == json.loads(settings().scoring_json())
    assert record.gate == RunGate(mode="backfill", lowest_quality=70.0)
    champion = next(m for m in record.models if m.model == "catboost_v9")
    assert champion.roles == {"champion": ("points",)}
    assert champion.artifact_sha256
    assert record.snapshot.features > 90
    assert [p.seq for p in record.publications] == [2]
    assert sum(record.refusals.values()) == record.refused
    assert RunRecord.model_validate_json(record.to_json()) == record


@pytest.mark.parametrize("name", ["run_nothing", "run_"])
def test_a_name_that_is_no_run_or_several_is_refused(twice: Twice, name: str) -> None:
    with twice.lake.reading() as r, pytest.raises(NotFound, match=r"no run|several"):
        run_record(r, name)
