"""What changed between two sets, whose pick flipped, and by which cause."""

from __future__ import annotations

from datetime import date

import pytest

from tests.forecast.republished import MOVED, Twice
from tipoff.errors import NotFound
from tipoff.forecast.diff import diff_runs
from tipoff.forecast.dry_run import dry_run
from tipoff.lake import Lake
from tipoff.results.diff import Diff, DiffRow, InputChanges
from tipoff.settings import settings


@pytest.fixture
def diff(twice: Twice) -> Diff:
    with twice.lake.reading() as r:
        return diff_runs(r, twice.day, "1", "2")


def causes(row: DiffRow) -> set[str]:
    return {c.what for c in row.why}


def test_only_predictions_that_read_the_news_changed(diff: Diff, twice: Twice) -> None:
    changed = {(row.player_key, row.market) for row in diff.rows
               if row.change == "changed" and "line" in causes(row)}  # fmt: skip
    assert changed == {(twice.moved, "points")}
    assert {k for k, v in diff.made_from if v} == {"snapshot_id", "facts_seq"}
    kinds = [row.change for row in diff.rows]
    assert all(getattr(diff, k) == kinds.count(k) for k in ("added", "removed", "changed"))


def test_a_flipped_pick_names_the_line_and_the_features_that_moved(
    diff: Diff, twice: Twice
) -> None:
    flipped = [row for row in diff.rows if row.flipped]
    assert diff.flipped == len(flipped) > 0
    mine = [row for row in flipped if row.player_key == twice.moved]
    champion = next(row for row in mine if row.role == "champion")
    assert champion.model == "catboost_v9"
    assert champion.pick_a != champion.pick_b == "UNDER"
    line = next(c for c in champion.why if c.what == "line")
    assert isinstance(line.a, float)
    assert line.b == line.a + MOVED
    features = {c.name: (c.a, c.b) for c in champion.why if c.what == "feature"}
    assert features["vegas_points_line"] == (line.a, line.b)
    baseline = next(row for row in mine if row.model == "ewma_hl8")
    assert causes(baseline) == {"line"}
    assert baseline.median_a == baseline.median_b


def test_who_left_is_listed_with_their_refusal(diff: Diff, twice: Twice) -> None:
    removed = [row for row in diff.rows if row.change == "removed"]
    assert {row.player_key for row in removed} == {twice.out}
    assert {row.why[0].reason for row in removed} == {"out"}
    assert {row.player_key for row in diff.refusals_gained} == {twice.out}
    gained = [row for row in diff.refusals_gained if row.elsewhere == "predicted"]
    assert [(row.player_key, row.reason) for row in gained] == [(twice.out, "out")]
    assert gained[0].forecasts == len(removed)
    assert "points" in gained[0].markets


def test_the_other_way_round_they_are_no_longer_refused(twice: Twice) -> None:
    with twice.lake.reading() as r:
        back = diff_runs(r, twice.day, "2", "1")
    added = [row for row in back.rows if row.change == "added"]
    assert {row.player_key for row in added} == {twice.out}
    assert {row.why[0].reason for row in added} == {"out"}
    assert twice.out in {row.player_key for row in back.refusals_lost}


def test_a_set_does_not_differ_from_itself(twice: Twice) -> None:
    with twice.lake.reading() as r:
        same = diff_runs(r, twice.day, "2", "2")
    assert (same.rows, same.made_from, same.renamed) == ((), InputChanges(), 0)
    assert same.refusals_gained == same.refusals_lost == ()


def test_a_run_nobody_published_is_named_with_those_there_are(twice: Twice) -> None:
    with twice.lake.reading() as r, pytest.raises(NotFound, match="no run '7'") as refused:
        diff_runs(r, twice.day, "7", "1")
    assert "1=run_" in refused.value.next_step


def test_a_dry_run_of_what_is_published_says_the_same_and_stores_nothing(twice: Twice) -> None:
    before = twice.lake.version()
    diff = dry_run(twice.lake, twice.day)
    assert diff.same is True
    assert diff.rows == ()
    assert diff.expected == diff.predicted + diff.refused
    assert twice.lake.version() == before


@pytest.mark.long
def test_a_dry_run_shows_which_picks_a_setting_would_flip(
    twice: Twice, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.cache_clear()
    monkeypatch.setenv("TIPOFF_MIN_EDGE", "25")
    monkeypatch.setenv("TIPOFF_MIN_EDGE_SHARE", "5")
    diff = dry_run(twice.lake, twice.day)
    settings.cache_clear()
    assert diff.same is False
    assert diff.made_from.settings["min_edge"].to_dict() == {"a": 1.0, "b": 25.0}
    assert diff.flipped == diff.changed > 0
    assert {row.pick_b for row in diff.rows} == {"PASS"}
    assert all(causes(row) == {"settings"} for row in diff.rows)


@pytest.mark.long
def test_a_dry_run_of_a_slate_never_run_adds_everything(lake: Lake, slate_day: date) -> None:
    with pytest.raises(NotFound, match="baselines"):
        dry_run(lake, slate_day)
    from tipoff.models import ensure_baselines

    ensure_baselines(lake, slate_day)
    before = lake.version()
    diff = dry_run(lake, slate_day)
    assert diff.added == diff.predicted > 0
    assert diff.run_a is None
    assert lake.version() == before
