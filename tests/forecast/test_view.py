"""What a reader saw at a moment."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.forecast.republished import Twice
from tipoff.errors import NotFound
from tipoff.forecast import slate_at, slate_view

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
