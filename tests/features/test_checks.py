"""Batch checks at their thresholds: what is one row, one value or one deviation too many."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tipoff.features import Snapshot, batch_checks
from tipoff.features.checks import CheckResult, recent_means
from tipoff.lake import Lake, Writer
from tipoff.lake.migrations import add_columns

FORM = "points_avg_last_10"
"""Required, of a player's own history, 0 to 70."""
TREND = "recent_trend"
"""Required, own history, -2 to 2."""
PACE = "team_pace"
"""Required, of the team, 85 to 115."""
OPTIONAL = "minutes_avg_last_20"
"""Optional, own history, 0 to 48."""
FLAG = "back_to_back"
"""Required, 0 to 1, may be one value for a whole slate."""


def results_of(name: str, values: list[float | None], why: Any = (), means: Any = ()) -> list[
    CheckResult
]:  # fmt: skip
    """The results of the checks of one column; `why`: reasons by row."""
    reasons = [{name: w} if w else {} for w in why] or [{} for _ in values]
    frame = pl.DataFrame({name: pl.Series(values, dtype=pl.Float64)})
    moment = datetime(2025, 1, 10, tzinfo=UTC)
    snapshot = Snapshot("snap", date(2025, 1, 10), moment, 1, {name: "def"}, frame, reasons)
    return batch_checks(snapshot, {name: means})


def spread(n: int) -> list[float | None]:
    return [10.0 + k % 7 for k in range(n)]


def test_one_value_for_thirty_rows_blocks_and_for_twenty_nine_says_nothing() -> None:
    said = [CheckResult("variance", FORM, "all 30 values are 12.0", blocks=True)]
    assert results_of(FORM, [12.0] * 30) == said
    assert results_of(FORM, [12.0] * 29) == []
    assert results_of(FORM, [*[12.0] * 29, None]) == []
    assert results_of(FORM, [*[12.0] * 30, None]) == said
    assert results_of(FLAG, [1.0] * 40) == []


def test_two_values_block_only_what_is_required_of_a_players_own_wide_history() -> None:
    two: list[float | None] = [40.0 + k % 2 for k in range(30)]
    said = "only 2 distinct values in 30"
    assert results_of(FORM, two) == [CheckResult("distinct", FORM, said, blocks=True)]
    assert results_of(OPTIONAL, two) == [CheckResult("distinct", OPTIONAL, said, blocks=False)]
    hundred: list[float | None] = [100.0 + k % 2 for k in range(30)]
    assert results_of(PACE, hundred) == [CheckResult("distinct", PACE, said, blocks=False)]
    steps: list[float | None] = [float(k % 2) for k in range(30)]
    assert results_of(TREND, steps) == []
    assert results_of(FORM, [40.0 + k % 3 for k in range(30)]) == []


def test_more_than_half_unknown_is_noted_of_a_required_feature() -> None:
    half: list[float | None] = [None] * 20
    assert results_of(FORM, half + spread(20)) == []
    assert results_of(FORM, [*half, None, *spread(20)]) == [
        CheckResult("null", FORM, "51% of a required feature", blocks=False)
    ]
    assert results_of(OPTIONAL, [*half, None, *spread(20)]) == []
    assert results_of(FORM, []) == []
    assert results_of(FORM, [None] * 3) == [
        CheckResult("null", FORM, "100% of a required feature", blocks=False)
    ]


def test_the_ends_of_a_range_are_in_it_and_what_lies_outside_blocks() -> None:
    assert results_of(FORM, [0.0, 70.0, *spread(5)]) == []
    for stray in (-0.1, 70.1):
        assert results_of(FORM, [stray, *spread(5)]) == [
            CheckResult("range", FORM, "1 values outside 0 to 70", blocks=True)
        ]
    nulled = ["out_of_range", "no_history", "out_of_range", None, None, None, None]
    values = [None, None, None, *spread(4)]
    assert results_of(FORM, values, nulled) == [
        CheckResult("range", FORM, "2 values outside 0 to 70", blocks=False)
    ]
    assert results_of(FORM, [*values[:6], 99.0], nulled) == [
        CheckResult("range", FORM, "3 values outside 0 to 70", blocks=True)
    ]
    assert results_of(FORM, spread(4), ["fallback", None, None, None]) == []


MEANS = [8.0, 9.0, 10.0, 11.0, 12.0]
"""Centre 10, deviation the square root of 2.5."""


def test_a_mean_drifts_beyond_six_deviations_of_five_recent_snapshots() -> None:
    reach = 6 * 2.5**0.5
    far: list[float | None] = [10 + reach + (0.01 if k % 2 else -0.01) for k in range(30)]
    assert [c.check for c in results_of(FORM, [x and x - 0.001 for x in far], means=MEANS)] == [
        "distinct"
    ]
    over = [x and x + 0.001 + k % 3 / 1e6 for k, x in enumerate(far)]
    said = f"mean {10 + reach + 0.001:.3f}, recent snapshots 10.000 +- 1.581"
    assert results_of(FORM, over, means=MEANS) == [CheckResult("drift", FORM, said, blocks=False)]
    assert results_of(FORM, over[:29], means=MEANS) == []
    assert results_of(FORM, over, means=MEANS[:4]) == []
    under = [x and 20 - x for x in over]
    assert [c.check for c in results_of(FORM, under, means=MEANS)] == ["drift"]


def test_a_mean_that_never_moved_drifts_with_any_move() -> None:
    level = [10.0] * 5
    values = [10.0 + (k % 3 - 1) / 10 for k in range(30)]
    assert results_of(FORM, [*values], means=level) == []
    moved: list[float | None] = [x + 1e-6 for x in values]
    assert [c.check for c in results_of(FORM, moved, means=level)] == ["drift"]


@pytest.mark.parametrize(
    ("name", "value", "blocks"),
    [("fatigue_score", 90.0, True), (FLAG, 1.0, False), ("days_since_game", 50.0, False)],
)
def test_one_value_far_from_recent_nights_blocks_a_required_number_and_no_flag_or_optional(
    name: str, value: float, blocks: bool
) -> None:
    means = [value - 0.6 + k / 1e4 for k in range(5)]
    checks = results_of(name, [value] * 30, means=means)
    assert [(c.check, c.blocks) for c in checks] == [("drift", blocks)]
    nearly = [value] * 29 + [value - 0.01]
    assert [(c.check, c.blocks) for c in results_of(name, [*nearly], means=means)] == [
        ("drift", False)
    ]


def test_names_no_catalogue_knows_are_not_judged_and_a_check_that_fails_blocks() -> None:
    assert results_of("nobody_knows", [1.0] * 40) == []
    frame = pl.DataFrame({FORM: ["a", "b"]})
    moment = datetime(2025, 1, 10, tzinfo=UTC)
    text = Snapshot("snap", date(2025, 1, 10), moment, 1, {FORM: "def"}, frame, [{}, {}])
    (check,) = batch_checks(text, {})
    assert (check.check, check.feature, check.blocks) == ("error", FORM, True)
    assert "a check could not answer" in check.detail


def test_recent_means_are_those_of_the_twenty_newest_snapshots(tmp_path: Path) -> None:
    with Lake.open(tmp_path / "lake", create=True) as lake:
        with lake.reading() as r:
            assert recent_means(r) == {}
        lake.write(lambda w: add_columns(w, "features.value", {FORM: "x", PACE: "x"}, "DOUBLE"))
        for k in range(22):
            head = pl.DataFrame({"snapshot_id": [f"s{k}"]})
            values = [float(k), k + 2.0, None]
            rows = pl.DataFrame({"snapshot_id": [f"s{k}"] * 3, FORM: values})
            lake.write(partial(Writer.append, table="features.snapshot", frame=head))
            lake.write(partial(Writer.append, table="features.value", frame=rows))
        with lake.reading() as r:
            means = recent_means(r)
    assert sorted(means[FORM]) == [k + 1.0 for k in range(2, 22)]
    assert means[PACE] == []
