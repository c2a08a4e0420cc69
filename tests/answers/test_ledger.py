"""What was published when, what a reader saw at a moment, and what a run was made with."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from tests.answers.conftest import Twice
from tipoff.answers import ledger, run_record, slate_at
from tipoff.clock import parse_time
from tipoff.errors import NotFound, UsageError
from tipoff.forecast import slate_view
from tipoff.results.runs import RunGate, RunRecord
from tipoff.settings import settings

SECOND = timedelta(seconds=1)


def commits(twice: Twice) -> list[datetime]:
    with twice.lake.reading() as r:
        return [
            row[0] for row in r.rows("SELECT committed_at FROM forecast.publication ORDER BY seq")
        ]


def test_a_moment_shows_the_newest_set_committed_by_then(twice: Twice) -> None:
    first, second = commits(twice)
    with twice.lake.reading() as r:
        exact = slate_at(r, twice.day, first).to_dict()
        between = slate_at(r, twice.day, second - timedelta(microseconds=1)).to_dict()
        after = slate_at(r, twice.day, second + SECOND).to_dict()
        now = slate_view(r, twice.day).to_dict()
    assert exact["publication"]["seq"] == between["publication"]["seq"] == 1
    assert between["superseded"]["publication_id"] == now["publication_id"]
    assert twice.out in {p["player_key"] for p in between["predictions"]}
    assert after["predictions"] == now["predictions"]
    assert after["superseded"] is None
    assert twice.out not in {p["player_key"] for p in after["predictions"]}


def test_before_the_first_commit_nothing_was_published_and_the_first_is_named(twice: Twice) -> None:
    first, _ = commits(twice)
    with twice.lake.reading() as r, pytest.raises(NotFound, match="nothing was published") as no:
        slate_at(r, twice.day, first - SECOND)
    assert "the first set came at" in no.value.message
    with twice.lake.reading() as r, pytest.raises(NotFound, match="since either"):
        slate_at(r, twice.day - timedelta(days=1), first)


def test_a_time_of_day_is_league_time_and_iso_text_is_itself() -> None:
    day = datetime(2025, 1, 10, tzinfo=UTC).date()
    assert parse_time("17:30", day) == datetime(2025, 1, 10, 22, 30, tzinfo=UTC)
    assert parse_time("7:05", day) == datetime(2025, 1, 10, 12, 5, tzinfo=UTC)
    assert parse_time("2025-01-10T23:30:00Z", day) == datetime(2025, 1, 10, 23, 30, tzinfo=UTC)
    for bad in ("25:00", "12:60", "17", "half past five", "2025-01-10T23:30:00", "-1:30"):
        with pytest.raises(UsageError):
            parse_time(bad, day)


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
        found = run_record(r, newest.run_id)
        by_publication = run_record(r, newest.publication_id)
    assert found == by_publication
    assert found.code_version.startswith("code_")
    assert found.other_build == ()
    assert found.build is not None
    assert found.build.libraries["duckdb"] == duckdb.__version__
    assert found.settings == json.loads(settings().scoring_json())
    assert found.gate == RunGate(mode="backfill", lowest_quality=70.0)
    champion = next(m for m in found.models if m.model == "catboost_v9")
    assert champion.roles == {"champion": ("points",)}
    assert champion.artifact_sha256
    assert found.snapshot.features > 90
    assert [p.seq for p in found.publications] == [2]
    assert sum(found.refusals.values()) == found.refused
    assert RunRecord.model_validate_json(found.to_json()) == found


@pytest.mark.parametrize("name", ["run_nothing", "run_"])
def test_a_name_that_is_no_run_or_several_is_refused(twice: Twice, name: str) -> None:
    with twice.lake.reading() as r, pytest.raises(NotFound, match=r"no run|several"):
        run_record(r, name)
