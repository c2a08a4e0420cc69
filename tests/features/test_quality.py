"""Quality measures data: what is missing lowers it, and what is unknown blocks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from tests.features.conftest import Built
from tests.features.small_league import LAST
from tests.features.test_leakage import slate, tonight
from tipoff.features import Snapshot, build_snapshot, catalogue, feature_set, gate, row_quality
from tipoff.features.quality import Quality, tier

NAMES = feature_set("v2_33")
REQUIRED = tuple(n for n in NAMES if catalogue()[n].required)


@pytest.fixture(scope="module")
def snapshot(small: Built) -> Snapshot:
    rows, as_of = tonight(small.frame, LAST)
    return build_snapshot(LAST, as_of, 1, slate(small.lake, rows, as_of))


def judged(missing: tuple[str, ...] = (), fallback: tuple[str, ...] = ()) -> Quality:
    present = {n: np.array([n not in missing]) for n in NAMES}
    second = {n: np.array([n in fallback]) for n in NAMES}
    return row_quality(present, second, REQUIRED, catalogue())


def test_everything_observed_scores_100_and_is_gold() -> None:
    quality = judged()
    assert (quality.score[0], quality.tiers, quality.missing) == (100.0, ["gold"], [()])
    assert gate(quality, 85) == [None]


def test_a_fallback_scores_87_and_an_optional_that_is_missing_is_skipped() -> None:
    assert judged(fallback=("team_pace",)).score[0] == round((32 * 100 + 87) / 33, 2)
    assert judged(missing=("vegas_points_line",)).score[0] == 100.0


@pytest.mark.parametrize("name", REQUIRED)
def test_blanking_any_required_input_lowers_the_score_and_blocks_in_every_mode(name: str) -> None:
    quality = judged(missing=(name,))
    assert quality.score[0] <= 69.0
    assert quality.missing == [(name,)]
    blocked = gate(quality, 0.0)[0]
    assert blocked is not None
    assert name in blocked


@pytest.mark.parametrize("name", REQUIRED)
def test_blanking_a_required_value_of_a_built_row_lowers_its_quality(
    snapshot: Snapshot, name: str
) -> None:
    whole = snapshot.quality(NAMES, REQUIRED).score
    blank = snapshot.frame.with_columns(pl.lit(None, pl.Float64).alias(name))
    bare = replace(snapshot, frame=blank)
    assert (bare.quality(NAMES, REQUIRED).score < whole).all()


def test_five_missing_required_cap_the_score_at_49() -> None:
    assert judged(missing=REQUIRED[:4]).score[0] == 69.0
    assert judged(missing=REQUIRED[:5]).score[0] == 49.0


@pytest.mark.parametrize(
    ("score", "name"),
    [(95.0, "gold"), (94.99, "silver"), (85.0, "silver"), (84.99, "bronze"), (70.0, "bronze"),
     (69.0, "poor"), (50.0, "poor"), (49.0, "critical"), (float("nan"), "critical")],
)  # fmt: skip
def test_tiers_have_closed_lower_ends_and_unknown_is_critical(score: float, name: str) -> None:
    assert tier(score) == name


def test_unknown_quality_blocks() -> None:
    unknown = Quality(np.array([np.nan]), ["critical"], [()], {}, {})
    assert gate(unknown, 0.0) != [None]
    nothing_asked = row_quality(
        {"vegas_points_line": np.array([False])}, {"vegas_points_line": np.array([False])}, (),
        catalogue(),
    )  # fmt: skip
    assert np.isnan(nothing_asked.score[0])
    assert gate(nothing_asked, 0.0) != [None]


def test_a_matchup_category_under_50_blocks_a_row_whose_score_would_pass() -> None:
    quality = Quality(np.array([96.0]), ["gold"], [()], {"matchup": np.array([49.0])}, {})
    assert gate(quality, 85) == ["matchup quality 49 is under 50"]
    assert gate(replace(quality, categories={"matchup": np.array([50.0])}), 85) == [None]


def test_a_score_that_is_just_the_threshold_passes_and_one_under_it_is_told() -> None:
    quality = Quality(np.array([85.0, 84.99]), ["silver", "bronze"], [(), ()], {}, {})
    assert gate(quality, 85.0) == [None, "quality 84.99 is under 85.0"]


def test_each_category_has_its_own_share_and_count() -> None:
    quality = judged(missing=("opponent_pace", "vegas_points_line"))
    assert quality.missing_by_category["matchup"][0] >= 1
    assert quality.missing_by_category["market"][0] == 1
    assert quality.categories["matchup"][0] < 100
    assert quality.categories["team"][0] == 100
