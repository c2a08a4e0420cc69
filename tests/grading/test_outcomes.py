"""Settling without a lake: what is proof, and everything that must wait instead."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from tests.grading.conftest import forecast, frame
from tipoff.grading.facts import Facts
from tipoff.grading.outcomes import settle
from tipoff.markets import MARKETS

DAY = date(2025, 1, 10)
GAME = {"game_id": "G1", "nba_game_id": "G1", "display_id": "20250110_AAA_BBB", "game_date": DAY,
        "home": "BBB", "away": "AAA", "status": "final", "home_pts": 100, "away_pts": 90,
        "tipoff": None, "fact_id": "fg1", "recorded_seq": 1}  # fmt: skip


def row(
    player: str, team: str = "AAA", minutes: float | None = 24.0, **more: Any
) -> dict[str, Any]:
    base = {"game_id": "G1", "game_date": DAY, "player_key": player, "team": team,
            "opponent": "BBB" if team == "AAA" else "AAA", "minutes": minutes,
            "did_not_play": False, "fact_id": f"f_{player}", "recorded_seq": 1}  # fmt: skip
    return base | dict.fromkeys(MARKETS, 20.0) | more


def team(name: str, minutes: float = 240.0) -> list[dict[str, Any]]:
    return [row(f"{name}{i}", name, minutes / 10) for i in range(10)]


def facts(
    games: list[dict[str, Any]], box: list[dict[str, Any]], newest: date | None = DAY
) -> Facts:
    game_types: dict[str, Any] = dict.fromkeys(GAME, pl.String) | {
        "game_date": pl.Date, "home_pts": pl.Int64, "away_pts": pl.Int64,
        "tipoff": pl.Datetime("us", "UTC"), "recorded_seq": pl.Int64,
    }  # fmt: skip
    box_types: dict[str, Any] = dict.fromkeys(row("x"), pl.Float64) | {
        "game_id": pl.String, "game_date": pl.Date, "player_key": pl.String, "team": pl.String,
        "opponent": pl.String, "did_not_play": pl.Boolean, "fact_id": pl.String,
        "recorded_seq": pl.Int64,
    }  # fmt: skip
    return Facts(
        DAY, pl.DataFrame(games, schema=game_types), pl.DataFrame(box, schema=box_types), newest
    )


def settled(known: Facts, **changes: Any) -> dict[str, Any]:
    one = forecast(**{"game_id": "G1", "player_key": "player", "team": "AAA"} | changes)
    return settle(frame([one]), known).to_dicts()[0]


BOTH = [*team("AAA"), *team("BBB")]


@pytest.mark.parametrize(
    ("line", "pick", "outcome"),
    [
        (19.5, "OVER", "hit"), (20.5, "OVER", "miss"), (20.5, "UNDER", "hit"),
        (19.5, "UNDER", "miss"), (20.0, "OVER", "push"), (20.0, "UNDER", "push"),
        (19.5, "PASS", "no_pick"), (20.0, "PASS", "no_pick"), (None, "NO_LINE", "no_pick"),
    ],
)  # fmt: skip
def test_a_player_who_played_is_graded_by_his_count(
    line: float | None, pick: str, outcome: str
) -> None:
    grade = settled(facts([GAME], [*BOTH, row("player")]), line=line, recommendation=pick)
    assert (grade["state"], grade["outcome"], grade["actual"]) == ("played", outcome, 20.0)
    assert json.loads(grade["proof"])["row"] == "f_player@1"


def test_a_second_on_the_floor_is_playing() -> None:
    grade = settled(facts([GAME], [*BOTH, row("player", minutes=0.01, points=0.0)]))
    assert (grade["state"], grade["actual"]) == ("played", 0.0)


def test_no_row_in_a_whole_box_score_is_a_void_with_its_proof() -> None:
    grade = settled(facts([GAME], BOTH))
    proof = json.loads(grade["proof"])
    assert (grade["outcome"], grade["actual"], grade["reason"]) == ("void", None, "did not play")
    assert proof == {"kind": "dnp", "game": "fg1@1", "team": "AAA", "team_minutes": 240.0,
                     "team_rows": 10, "player_row": None, "rows_with_minutes": 0}  # fmt: skip


@pytest.mark.parametrize("minutes", [0.0, None])
def test_an_explicit_dnp_row_is_proof_even_without_the_others(minutes: float | None) -> None:
    grade = settled(facts([GAME], [row("player", minutes=minutes, did_not_play=True)]))
    assert grade["outcome"] == "void"
    assert json.loads(grade["proof"])["player_row"] == "f_player@1"


def test_a_player_who_changed_sides_is_graded_where_he_played() -> None:
    grade = settled(facts([GAME], [*BOTH, row("player", team="BBB")]))
    assert (grade["state"], grade["actual"]) == ("played", 20.0)
    assert json.loads(grade["proof"])["team"] == "BBB"


WAITING = {
    "the game is not in the lake": facts([], []),
    "the game is not final": facts([GAME | {"status": "scheduled"}], [*BOTH]),
    "the box score is missing": facts([GAME], []),
    "the box score is not whole": facts([GAME], [*team("AAA", 238.9), *team("BBB")]),
    "the player's row lacks minutes": facts([GAME], [*BOTH, row("player", minutes=None)]),
    "or the count": facts([GAME], [*BOTH, row("player", points=None)]),
}


@pytest.mark.parametrize("reason", WAITING)
def test_what_is_unknown_waits_and_says_why(reason: str) -> None:
    grade = settled(WAITING[reason])
    assert (grade["state"], grade["outcome"], grade["proof"]) == ("pending", "pending", None)
    assert reason in grade["reason"]


def test_a_final_status_without_a_score_is_not_a_result() -> None:
    assert settled(facts([GAME | {"home_pts": None}], BOTH))["state"] == "pending"


def test_an_overtime_box_score_that_lacks_a_starter_proves_nothing() -> None:
    grade = settled(facts([GAME], [*team("AAA", 245.0), *team("BBB", 265.0)]))
    assert grade["state"] == "pending"


ALONE = GAME | {"nba_game_id": None, "status": "scheduled", "home_pts": None, "away_pts": None}
OTHER = GAME | {"game_id": "G2", "nba_game_id": "G2", "home": "CCC", "away": "DDD"}
LATER = GAME | {"game_id": "G9", "nba_game_id": "G9", "home": "AAA", "away": "BBB",
                "game_date": DAY + timedelta(days=18), "status": "scheduled"}  # fmt: skip
WEEK, SIX_DAYS = DAY + timedelta(days=7), DAY + timedelta(days=6)


def test_a_game_of_lines_alone_is_void_once_the_pair_is_scheduled_later() -> None:
    grade = settled(facts([ALONE, OTHER, LATER], []))
    proof = json.loads(grade["proof"])
    assert (grade["outcome"], grade["reason"]) == ("void", "game not played")
    assert proof["kind"] == "postponed"
    assert proof["scheduled_later_as"] == "G9"
    assert proof["pair"] == ["AAA", "BBB"]


def test_a_game_of_lines_alone_is_void_after_seven_days() -> None:
    assert settled(facts([ALONE, OTHER], [], WEEK))["outcome"] == "void"
    waits = settled(facts([ALONE, OTHER], [], SIX_DAYS))
    assert (waits["outcome"], "seven days" in waits["reason"]) == ("pending", True)


def test_it_waits_while_another_game_of_the_date_is_open() -> None:
    still = OTHER | {"status": "scheduled"}
    grade = settled(facts([ALONE, still, LATER], [], WEEK))
    assert grade["reason"] == "0 of 1 games of the date are final"


def test_it_waits_while_the_lake_does_not_reach_the_date() -> None:
    grade = settled(facts([ALONE, LATER], []))
    assert grade["reason"] == "no game of that date is in the lake"


def test_a_box_score_of_the_pair_that_night_forbids_the_void() -> None:
    elsewhere = [r | {"game_id": "G7"} for r in BOTH]
    grade = settled(facts([ALONE, OTHER, LATER], elsewhere, WEEK))
    assert (grade["state"], "G7" in grade["reason"]) == ("pending", True)


def test_a_listed_game_that_moved_is_void_and_never_graded_on_its_new_night() -> None:
    moved = GAME | {"game_date": DAY + timedelta(days=18)}
    box = [r | {"game_date": moved["game_date"]} for r in [*BOTH, row("player")]]
    grade = settled(facts([moved, OTHER], box, DAY + timedelta(days=18)))
    assert (grade["outcome"], grade["actual"]) == ("void", None)
    assert json.loads(grade["proof"])["scheduled_later_as"] == "G1"


def test_a_listed_game_without_a_result_waits_for_ever_rather_than_void() -> None:
    stuck = GAME | {"status": "scheduled", "home_pts": None, "away_pts": None}
    grade = settled(facts([stuck, OTHER, LATER], [], DAY + timedelta(days=300)))
    assert grade["state"] == "pending"


def test_rows_come_back_in_their_order_with_none_lost() -> None:
    keys = ["AAA3", "nobody", "BBB1", "AAA3"]
    given = frame([forecast(game_id="G1", player_key=k, team="AAA") for k in keys])
    grades = settle(given, facts([GAME], BOTH))
    assert grades["player_key"].to_list() == keys
    assert grades["state"].to_list() == ["played", "void", "played", "played"]


def test_a_corrected_row_changes_the_evidence() -> None:
    first = settled(facts([GAME], [*BOTH, row("player")]))
    same = settled(facts([GAME], [*BOTH, row("player")]))
    mended = settled(facts([GAME], [*BOTH, row("player", recorded_seq=2)]))
    assert first["evidence"] == same["evidence"] != mended["evidence"]
