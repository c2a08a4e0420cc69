"""What grading tells of a slate, from settled rows written by hand."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import polars as pl

from tipoff.grading.report import summarise

DAY = date(2025, 1, 10)
ABSENT = {"kind": "dnp", "game": "fg1@1", "team": "T", "team_minutes": 240.0, "team_rows": 10,
          "player_row": None, "rows_with_minutes": 0}  # fmt: skip
POSTPONED = {"kind": "postponed", "date": "2025-01-10", "pair": ["S", "T"], "scheduled_games": 4,
             "final_games": 4, "box_scores_of_pair": 0, "scheduled_later_as": "g2",
             "scheduled_later_on": "2025-01-28", "days_of_results_since": 3}  # fmt: skip


def row(player: str, state: str, outcome: str, **more: Any) -> dict[str, Any]:
    columns = {"run_id": "second", "current": True, "live": True, "market": "points",
            "player_key": player, "player": player.upper(), "team": "T", "game_id": "g",
            "line": 20.5, "state": state, "outcome": outcome, "reason": None,
            "proof": None}  # fmt: skip
    return columns | more


SETTLED = pl.DataFrame(
    [
        row("a", "played", "hit"),
        row("a", "played", "miss"),
        row("b", "played", "no_pick", line=None, live=False),
        row("c", "void", "void", reason="did not play", proof=json.dumps(ABSENT)),
        row("c", "void", "void", reason="did not play", proof=json.dumps(ABSENT)),
        row("d", "pending", "pending", reason="not final", live=False),
        row("a", "played", "push", market="assists"),
        row(
            "b",
            "void",
            "void",
            market="assists",
            line=None,
            reason="x",
            proof=json.dumps(POSTPONED),
        ),
        row("e", "played", "hit", run_id="first", current=False),
        row("e", "pending", "pending", run_id="first", current=False, live=False),
    ],
    schema_overrides={"line": pl.Float64, "reason": pl.String, "proof": pl.String},
)  # fmt: skip
SETS = pl.DataFrame({"run_id": ["third", "first", "second"], "seq": [3, 1, 2],
                     "current": [False, False, True]})  # fmt: skip


def test_counts_are_of_the_current_set_and_every_set_has_its_own() -> None:
    report = summarise(DAY, SETS, SETTLED, 7, simulated=True)
    assert (report.date, report.new, report.live, report.backfill, report.simulated) == (
        DAY, 7, 6, 2, True,
    )  # fmt: skip
    assert report.outcomes == {"hit": 1, "miss": 1, "push": 1, "no_pick": 1, "void": 3,
                               "pending": 1}  # fmt: skip
    names = ("run_id", "seq", "current", "predictions", "live", "pending")
    assert [tuple(getattr(s, n) for n in names) for s in report.sets] == [
        ("first", 1, False, 2, 1, 1), ("second", 2, True, 8, 6, 1), ("third", 3, False, 0, 0, 0),
    ]  # fmt: skip


def test_players_with_a_line_are_counted_once_a_market_and_only_with_their_line() -> None:
    report = summarise(DAY, SETS, SETTLED, 0, simulated=False)
    assert [market.to_dict() for market in report.markets] == [
        {"market": "assists", "predictions": 2, "lined_players": 1, "lined_graded": 1,
         "lined_void": 0, "lined_pending": 0},
        {"market": "points", "predictions": 6, "lined_players": 3, "lined_graded": 1,
         "lined_void": 1, "lined_pending": 1},
    ]  # fmt: skip


def test_voids_carry_their_proof_and_what_waits_its_reason_once_per_player() -> None:
    report = summarise(DAY, SETS, SETTLED, 0, simulated=False)
    voids = [(v.player_key, v.reason, v.predictions, v.proof.to_dict()) for v in report.voids]
    assert voids == [("b", "x", 1, POSTPONED), ("c", "did not play", 2, ABSENT)]
    assert [row.to_dict() for row in report.pending] == [
        {"game_id": "g", "player_key": "d", "player": "D", "team": "T", "reason": "not final",
         "predictions": 1},
    ]  # fmt: skip
    assert report.to_dict()["date"] == "2025-01-10"


def test_a_set_in_which_nobody_was_predicted_counts_nothing() -> None:
    report = summarise(DAY, SETS, SETTLED.clear(), 0, simulated=False)
    assert set(report.outcomes.values()) == {0}
    assert [s.predictions for s in report.sets] == [0, 0, 0]
    assert (report.markets, report.voids, report.pending) == ((), (), ())
