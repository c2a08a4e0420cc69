"""What grading tells of a slate, from settled rows written by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from tipoff.grading.report import summarise

DAY = date(2025, 1, 10)


def row(player: str, state: str, outcome: str, **more: Any) -> dict[str, Any]:
    made = {"run_id": "second", "current": True, "live": True, "market": "points",
            "player_key": player, "player": player.upper(), "team": "T", "game_id": "g",
            "line": 20.5, "state": state, "outcome": outcome, "reason": None,
            "proof": None}  # fmt: skip
    return made | more


SETTLED = pl.DataFrame(
    [
        row("a", "played", "hit"),
        row("a", "played", "miss"),
        row("b", "played", "no_pick", line=None, live=False),
        row("c", "void", "void", reason="did not play", proof='{"kind": "dnp"}'),
        row("c", "void", "void", reason="did not play", proof='{"kind": "dnp"}'),
        row("d", "pending", "pending", reason="not final", live=False),
        row("a", "played", "push", market="assists"),
        row("b", "void", "void", market="assists", line=None, reason="x", proof="{}"),
        row("e", "played", "hit", run_id="first", current=False),
        row("e", "pending", "pending", run_id="first", current=False, live=False),
    ],
    schema_overrides={"line": pl.Float64, "reason": pl.String, "proof": pl.String},
)
SETS = pl.DataFrame({"run_id": ["third", "first", "second"], "seq": [3, 1, 2],
                     "current": [False, False, True]})  # fmt: skip


def test_counts_are_of_the_current_set_and_every_set_has_its_own() -> None:
    report = summarise(DAY, SETS, SETTLED, 7, simulated=True)
    assert (report.slate, report.new, report.live, report.backfill, report.simulated) == (
        DAY, 7, 6, 2, True,
    )  # fmt: skip
    assert report.outcomes == {"hit": 1, "miss": 1, "push": 1, "no_pick": 1, "void": 3,
                               "pending": 1}  # fmt: skip
    names = ("run_id", "seq", "current", "predictions", "live", "pending")
    assert [tuple(s[n] for n in names) for s in report.sets] == [
        ("first", 1, False, 2, 1, 1), ("second", 2, True, 8, 6, 1), ("third", 3, False, 0, 0, 0),
    ]  # fmt: skip


def test_players_with_a_line_are_counted_once_a_market_and_only_with_their_line() -> None:
    assert summarise(DAY, SETS, SETTLED, 0, simulated=False).markets == [
        {"market": "assists", "predictions": 2, "lined_players": 1, "lined_graded": 1,
         "lined_void": 0, "lined_pending": 0},
        {"market": "points", "predictions": 6, "lined_players": 3, "lined_graded": 1,
         "lined_void": 1, "lined_pending": 1},
    ]  # fmt: skip


def test_voids_carry_their_proof_and_what_waits_its_reason_once_per_player() -> None:
    report = summarise(DAY, SETS, SETTLED, 0, simulated=False)
    assert [(v["player_key"], v["reason"], v["predictions"], v["proof"]) for v in report.voids] == [
        ("b", "x", 1, {}), ("c", "did not play", 2, {"kind": "dnp"}),
    ]  # fmt: skip
    assert report.pending == [{"game_id": "g", "player_key": "d", "player": "D", "team": "T",
                               "reason": "not final", "predictions": 1}]  # fmt: skip
    assert report.as_dict()["date"] == "2025-01-10"
    assert "slate" not in report.as_dict()


def test_a_set_in_which_nobody_was_predicted_counts_nothing() -> None:
    report = summarise(DAY, SETS, SETTLED.clear(), 0, simulated=False)
    assert set(report.outcomes.values()) == {0}
    assert [s["predictions"] for s in report.sets] == [0, 0, 0]
    assert (report.markets, report.voids, report.pending) == ([], [], [])
