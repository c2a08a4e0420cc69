"""Grades: proven, appended, of forecasts made before the game, in groups known before it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.grading.conftest import add, forecast, publish
from tests.grading.test_outcomes import BOTH, GAME, facts, row, settled, team
from tests.incidents.old_system import MutableGrades, bias_of_high_scorers, grade_by_box_score
from tipoff import clock
from tipoff.errors import NotFound
from tipoff.grading import grade, metrics, scoreboard
from tipoff.grading.tiers import with_tiers
from tipoff.lake import Lake

DAY = date(2025, 1, 10)
TIP = clock.eastern(DAY, 19)


@pytest.mark.incident(9)
def test_a_calibrated_forecast_is_unbiased_in_every_tier_because_none_knows_the_outcome() -> None:
    dice = np.random.default_rng(3)
    mean = dice.uniform(6, 30, 20_000)
    actual = dice.poisson(mean).astype(float)
    stars = bias_of_high_scorers(mean.tolist(), actual.tolist(), at=30)
    assert stars < -3  # 'stars are under-predicted', by a forecast that is exactly right

    known = pl.DataFrame({
        "market": "points", "line": np.round(mean * 2) / 2, "edge": dice.normal(size=20_000),
        "slate": [DAY + timedelta(days=int(d)) for d in np.arange(20_000) // 500],
    })  # fmt: skip
    rows = with_tiers(known).with_columns(mean_error=pl.Series(mean - actual))
    tiers = metrics.mean_bias(rows, ["line_tier"])
    assert tiers.height == 5
    assert tiers["value"].abs().max() < 0.3  # type: ignore[operator]
    for outcome in (actual, dice.permutation(actual)):
        seen = with_tiers(known.with_columns(actual=pl.Series(outcome), outcome=pl.lit("hit")))
        assert seen.select("line_tier", "edge_tier", "month").equals(
            rows.select("line_tier", "edge_tier", "month")
        )


@pytest.mark.incident(27)
def test_a_player_who_sat_out_is_void_with_proof_and_a_missing_box_score_waits() -> None:
    box: dict[str, dict[str, Any]] = {"other": {"pts": 31}}
    assert grade_by_box_score(box, "player", 24.5) == "loss"  # they sat out
    assert grade_by_box_score({}, "player", 24.5) == "loss"  # nobody's box score is there

    sat_out = settled(facts([GAME], BOTH))
    assert (sat_out["outcome"], sat_out["actual"]) == ("void", None)
    assert '"rows_with_minutes":0' in sat_out["proof"]
    missing = settled(facts([GAME], []))
    half = settled(facts([GAME], [*team("AAA", 200.0), *team("BBB")]))
    for waits in (missing, half):
        assert (waits["outcome"], waits["proof"]) == ("pending", None)
    played = settled(facts([GAME], [*BOTH, row("player", points=31.0)]), recommendation="OVER")
    assert (played["outcome"], played["actual"]) == ("hit", 31.0)


def play(lake: Lake, points: int, correction: bool = False) -> None:
    """The night's game, final, with whole box scores; a correction is a newer row of theirs."""
    game = {"game_id": "G", "nba_game_id": "G", "display_id": "G", "game_date": DAY, "home": "PHI",
            "away": "NOP", "status": "final", "home_pts": 100, "away_pts": 90, "tipoff": TIP,
            "result_known_at": TIP + timedelta(hours=3)}  # fmt: skip
    rows = [
        {"game_id": "G", "player_key": key, "game_date": DAY, "team": "PHI", "opponent": "NOP",
         "minutes": 40.0, "pts": points, "reb": 1, "ast": 1, "stl": 1, "blk": 1, "fg3m": 1}
        for key in ("tyresemaxey", "a", "b", "c", "d", "e")
    ]  # fmt: skip
    add(lake, None if correction else pl.DataFrame([game]),
        pl.DataFrame(rows[:1] if correction else rows))  # fmt: skip


@pytest.mark.incident(38)
def test_grades_are_only_appended_and_the_live_record_counts_no_forecast_made_after_tip_off(
    bare: Lake,
) -> None:
    after: datetime = TIP + timedelta(hours=4)
    old = MutableGrades()
    old.grade("honest", TIP - timedelta(hours=2), "miss")
    old.grade("honest", TIP - timedelta(hours=2), "hit")  # a correction; what it was is gone
    old.grade("after the game", after, "hit")
    assert (len(old.rows), old.hit_rate) == (2, 1.0)

    one = {"game_id": "G", "tipoff": TIP, "as_of": TIP - timedelta(hours=3), "line": 24.5}
    publish(bare, [forecast(mean=20.0, **one)], at=TIP - timedelta(hours=2))  # UNDER
    publish(bare, [forecast(mean=40.0, **one)], at=after)  # OVER, knowing better
    play(bare, 30)
    assert grade(bare, DAY).new == 2
    live, back = (scoreboard(bare, DAY, DAY, record=r).entries for r in ("live", "backfill"))
    assert [e.counts["predictions"] for e in (*live, *back)] == [1, 1]
    assert (live[0].counts["miss"], back[0].counts["hit"]) == (1, 1)

    play(bare, 20, correction=True)
    assert grade(bare, DAY).new == 2
    with bare.reading() as r:
        grades = r.rows(
            "SELECT live, list(outcome ORDER BY recorded_seq), list(actual ORDER BY recorded_seq)"
            " FROM grading.grade GROUP BY live ORDER BY live"
        )
    assert grades == [(False, ["hit", "miss"], [30.0, 20.0]), (True, ["miss", "hit"], [30.0, 20.0])]
    with pytest.raises(NotFound):
        grade(bare, DAY + timedelta(days=1))
