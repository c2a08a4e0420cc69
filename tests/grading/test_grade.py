"""Grading real nights in a lake: what is stored, when, and that nothing is stored twice."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.grading.conftest import (
    AFTER,
    BEFORE,
    DAY,
    TIP,
    add,
    forecast,
    publish,
    real_box,
)
from tipoff.errors import NotFound
from tipoff.grading import grade
from tipoff.grading.facts import load_facts
from tipoff.lake import Lake
from tipoff.results.grading import AbsenceProof, GradedSet, MarketGrades

NEXT = date(2025, 1, 11)
MAXEY = forecast()
ZION = forecast(player_key="zionwilliamson", player="Zion Williamson", team="NOP", opponent="PHI",
                mean=24.0, line=22.5)  # fmt: skip
POSTPONED = forecast(game_id="20250111_HOU_ATL", player_key="traeyoung", player="Trae Young",
                     team="ATL", opponent="HOU", tipoff=TIP + timedelta(days=1))  # fmt: skip


def stored(lake: Lake, what: str = "*") -> list[dict[str, Any]]:
    with lake.reading() as r:
        return r.query(f"SELECT {what} FROM grading.grade ORDER BY recorded_seq").to_dicts()


def points(folder: Path, player: str) -> int:
    rows = real_box(folder).filter((pl.col("player_key") == player) & (pl.col("game_date") == DAY))
    return int(rows["pts"][0])


def test_the_night_of_2025_01_10_ends_graded_with_zion_williamson_void(
    games_lake: Lake, real_data: Path
) -> None:
    publish(games_lake, [MAXEY, ZION], at=BEFORE)
    report = grade(games_lake, DAY)
    assert report.new == 2
    (market,) = report.markets
    assert market == MarketGrades(market="points", predictions=2, lined_players=2,
                                  lined_graded=1, lined_void=1, lined_pending=0)  # fmt: skip
    zion = report.voids[0]
    assert (zion.player_key, zion.reason) == ("zionwilliamson", "did not play")
    assert isinstance(zion.proof, AbsenceProof)
    assert zion.proof.team_minutes == pytest.approx(240, abs=1)
    by_player = {row["player_key"]: row for row in stored(games_lake)}
    actual = points(real_data, "tyresemaxey")
    maxey = by_player["tyresemaxey"]
    assert maxey["actual"] == actual
    assert maxey["outcome"] == ("hit" if (actual > 24.5) == (MAXEY["edge"] > 0) else "miss")
    assert maxey["absolute_error"] == pytest.approx(abs(MAXEY["median"] - actual))
    assert by_player["zionwilliamson"]["outcome"] == "void"
    assert by_player["zionwilliamson"]["crps"] is None


def test_a_game_postponed_after_its_lines_were_posted_ends_void_and_names_its_new_date(
    games_lake: Lake,
) -> None:
    publish(games_lake, [POSTPONED], at=BEFORE, day=NEXT)
    report = grade(games_lake, NEXT)
    assert {name: n for name, n in report.outcomes.items() if n} == {"void": 1}
    proof = json.loads(stored(games_lake)[0]["proof"])
    assert proof["scheduled_later_on"] == "2025-01-28"
    assert (proof["scheduled_games"], proof["final_games"]) == (4, 4)


def test_grading_again_stores_nothing(games_lake: Lake) -> None:
    publish(games_lake, [MAXEY, ZION], at=BEFORE)
    first, again = grade(games_lake, DAY), grade(games_lake, DAY)
    assert (first.new, again.new) == (2, 0)
    assert len(stored(games_lake)) == 2
    assert first.outcomes == again.outcomes


def test_a_corrected_box_score_adds_a_newer_grade_and_keeps_the_old_one(
    games_lake: Lake, real_data: Path
) -> None:
    publish(games_lake, [MAXEY], at=BEFORE)
    grade(games_lake, DAY)
    his = real_box(real_data).filter(
        (pl.col("player_key") == "tyresemaxey") & (pl.col("game_date") == DAY)
    )
    add(games_lake, box=his.with_columns(pts=pl.lit(55, pl.Int16)))
    assert grade(games_lake, DAY).new == 1
    assert [r["actual"] for r in stored(games_lake)] == [points(real_data, "tyresemaxey"), 55]
    with games_lake.reading() as r:
        assert r.value("SELECT actual FROM grading.current_grade") == 55
    add(games_lake, box=his)  # the correction is taken back
    grade(games_lake, DAY)
    with games_lake.reading() as r:
        assert r.value("SELECT actual FROM grading.current_grade") == his["pts"][0]


def test_every_published_set_is_graded_and_told_apart_by_when_it_was_committed(
    games_lake: Lake,
) -> None:
    early = publish(games_lake, [MAXEY], at=BEFORE)
    late = publish(games_lake, [forecast(mean=30.0)], at=AFTER)
    report = grade(games_lake, DAY)
    assert report.new == 2
    assert {r["run_id"]: (r["live"], r["backfill"]) for r in stored(games_lake)} == {
        early: (True, False), late: (False, True),
    }  # fmt: skip
    assert [(s.current, s.live) for s in report.sets] == [(False, 1), (True, 0)]


@pytest.mark.parametrize(
    ("at", "changes"),
    [
        (TIP, {}),
        (BEFORE, {"as_of": TIP}),
        (TIP - timedelta(seconds=1) + timedelta(minutes=10), {"tipoff": TIP + timedelta(hours=1)}),
    ],
    ids=["committed at tip-off", "as_of at tip-off", "held to start later than it did"],
)
def test_what_saw_the_tip_off_is_never_live(
    games_lake: Lake, at: datetime, changes: dict[str, Any]
) -> None:
    publish(games_lake, [forecast(**changes)], at=at)
    assert grade(games_lake, DAY).live == 0
    assert not stored(games_lake)[0]["live"]


def test_pending_is_reported_but_never_stored_and_graded_once_the_box_score_comes(
    games_lake: Lake, real_data: Path
) -> None:
    sunday = date(2025, 1, 12)  # its games are final in the lake, its box scores are not there
    known = {"game_id": "0022400544", "team": "PHI", "opponent": "ORL"}
    rows = [forecast(**known, player_key=key) for key in ("tyresemaxey", "kellyoubre")]
    publish(games_lake, rows, at=BEFORE, day=sunday)
    report = grade(games_lake, sunday)
    assert (report.new, stored(games_lake)) == (0, [])
    assert {row.reason for row in report.pending} == {"the box score is missing"}
    add(games_lake, box=real_box(real_data, sunday))
    assert grade(games_lake, sunday).new == 2


def test_a_slate_that_was_never_published_is_an_error_with_the_next_command(
    games_lake: Lake,
) -> None:
    with pytest.raises(NotFound, match="tipoff run 2025-01-10"):
        grade(games_lake, DAY)


def test_every_market_is_counted_from_its_own_columns(games_lake: Lake, real_data: Path) -> None:
    his = real_box(real_data).filter(
        (pl.col("player_key") == "tyresemaxey") & (pl.col("game_date") == DAY)
    ).row(0, named=True)  # fmt: skip
    expected = {
        "points": his["pts"], "rebounds": his["reb"], "assists": his["ast"],
        "threes": his["fg3m"], "steals": his["stl"], "blocks": his["blk"],
        "pra": his["pts"] + his["reb"] + his["ast"], "pr": his["pts"] + his["reb"],
        "pa": his["pts"] + his["ast"], "ra": his["reb"] + his["ast"],
    }  # fmt: skip
    publish(games_lake, [forecast(market=m, mean=5.0, line=4.5) for m in expected], at=BEFORE)
    grade(games_lake, DAY)
    assert {r["market"]: r["actual"] for r in stored(games_lake)} == expected


def test_the_number_of_queries_does_not_depend_on_the_number_of_predictions(
    games_lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tipoff.lake import Reader

    names: list[str] = []
    plain = Reader._execute

    def counting(self: Reader, sql: str, params: Any) -> Any:
        names.append(sql)
        return plain(self, sql, params)

    monkeypatch.setattr(Reader, "_execute", counting)
    publish(games_lake, [MAXEY], at=BEFORE)
    names.clear()
    grade(games_lake, DAY)
    few = len(names)
    publish(games_lake, [forecast(mean=m / 3) for m in range(20, 90)], at=AFTER)
    names.clear()
    assert grade(games_lake, DAY).new == 70
    assert len(names) == few


def test_a_published_set_without_a_prediction_is_counted_as_none_of_anything(
    games_lake: Lake,
) -> None:
    publish(games_lake, [MAXEY], at=BEFORE)
    empty = publish(games_lake, [], at=AFTER)
    report = grade(games_lake, DAY)
    nothing = GradedSet(run_id=empty, seq=2, current=True, predictions=0, live=0, pending=0)
    assert report.sets[1] == nothing
    assert (report.live, report.backfill, report.markets) == (0, 0, ())


def test_the_lake_reaches_as_far_as_its_newest_game_with_a_result(games_lake: Lake) -> None:
    with games_lake.reading() as r:
        assert load_facts(r, DAY, []).newest_final == date(2025, 2, 10)
    later = {"home": "PHI", "away": "NOP", "game_date": date(2025, 3, 1), "tipoff": TIP,
             "result_known_at": TIP}  # fmt: skip
    status = {"to come": "scheduled", "without a score": "final"}
    rows = [later | {"game_id": k, "display_id": k, "status": v} for k, v in status.items()]
    add(games_lake, pl.DataFrame(rows))
    with games_lake.reading() as r:
        facts = load_facts(r, DAY, [])
    assert facts.newest_final == date(2025, 2, 10)
    assert set(status) <= set(facts.games["game_id"])


def test_a_report_is_json_as_it_stands(games_lake: Lake) -> None:
    publish(games_lake, [MAXEY, ZION], at=BEFORE)
    report = json.loads(grade(games_lake, DAY).to_json())
    assert report["date"] == "2025-01-10"
    assert report["voids"][0]["proof"]["kind"] == "dnp"
    assert datetime(2025, 1, 11, tzinfo=UTC) == TIP
