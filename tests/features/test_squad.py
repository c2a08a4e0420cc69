"""Roster rows: everyone who could play, what was said of them, and whether they did."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.features.conftest import Built
from tests.features.small_league import LAST, START, League, Row, tip
from tests.features.test_leakage import same, slate, tonight
from tests.long import sampled
from tipoff.features import feature_set, roster_frame
from tipoff.lake import Lake

DAY = START + timedelta(days=316)
NAMES = feature_set("plays_1")


def roster(lake: Lake, day: date, as_of: datetime | None = None) -> pl.DataFrame:
    with lake.reading() as r:
        return roster_frame(r, start=day, through=day, as_of=as_of)


def test_everyone_whose_newest_game_was_for_the_team_has_one_row(
    small: Built, small_league: League
) -> None:
    rows = roster(small.lake, DAY)
    assert rows.select("game_id", "player_key").is_duplicated().sum() == 0
    boxes = small_league.tables["player_game"]
    for row in rows.to_dicts():
        past = [b for b in boxes if b["player_key"] == row["player_key"] and b["game_date"] < DAY]
        assert max(past, key=lambda b: b["known_at"])["team"] == row["team"]
        played = any((b["game_id"], b["player_key"]) == (row["game_id"], row["player_key"])
                     for b in boxes)  # fmt: skip
        assert row["y_played"] == (1 if played else None if short(boxes, row) else 0)
    assert rows["y_played"].null_count() < rows.height
    assert set(rows["y_played"].drop_nulls()) == {0.0, 1.0}


def short(boxes: list[Row], row: Row) -> bool:
    """Whether the team's box score is not whole: it proves no absence."""
    side = [b["minutes"] for b in boxes
            if (b["game_id"], b["team"]) == (row["game_id"], row["team"])]  # fmt: skip
    return float(sum(side)) < 239


def test_a_member_who_played_has_the_values_of_the_training_frame(small: Built) -> None:
    members = roster(small.lake, DAY)
    rows = small.frame.join(members.select("game_id", "player_key"), on=["game_id", "player_key"])
    assert rows.height > 8
    both = members.join(rows.select("game_id", "player_key"), on=["game_id", "player_key"])
    keys = ["game_id", "player_key"]
    assert same(rows.select(keys + list(NAMES)), both.select(keys + list(NAMES)))


def test_tonights_members_come_from_the_same_query_before_any_result(
    small: Built, small_league: League, tmp_path: Path
) -> None:
    moment = tonight(small.frame, DAY)[1]
    with small_league.cut(moment).store(tmp_path / "cut") as lake:
        before = roster(lake, DAY, moment)
    after = roster(small.lake, DAY)
    assert before["y_played"].null_count() == before.height > 15
    assert before.drop("y_played").equals(after.drop("y_played"))
    assert roster(small.lake, DAY, moment).equals(before)


def reported(league: League, player: str, rows: list[dict[str, Any]]) -> League:
    """The league with these reports and no others, all about one player."""
    reports = [
        {"team": "AAA", "player_key": player, "raw_key": player, "player_name": player,
         "detail": "knee (DTD)", "estimated": True, "fact_id": f"r{k}", **row}
        for k, row in enumerate(rows)
    ]  # fmt: skip
    return League(league.tables | {"injury": reports})


def noon(day: date) -> datetime:
    return tip(day) - timedelta(hours=7)


def report(day: date, status: str, raw: str, kind: str = "daily status snapshot") -> dict[str, Any]:
    return {"date": day, "status": status, "raw_status": raw, "kind": kind, "known_at": noon(day)}


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


@pytest.fixture
def chance(
    small: Built, small_league: League, tmp_path: Path
) -> Callable[[list[dict[str, Any]]], tuple[float, float]]:
    """(absence_state, p_absent) of one player on the last day, given what was reported of them."""
    rows, as_of = tonight(small.frame, LAST)
    recent = small.frame.filter(pl.col("game_date") < LAST).sort("tipoff")
    newest = dict(recent.group_by("player_key").agg(pl.col("game_date").max()).iter_rows())
    idle = LAST - timedelta(days=2)
    who = next(p for p in rows["player_key"] if p in newest and newest[p] <= idle)

    def of(reports: list[dict[str, Any]]) -> tuple[float, float]:
        other = reported(small_league, who, reports)
        with other.store(tmp_path / str(len(list(tmp_path.iterdir())))) as lake:
            frame = slate(lake, rows, as_of).frame.filter(pl.col("player_key") == who)
        return frame["absence_state"][0], frame["p_absent"][0]

    return of


@pytest.mark.parametrize(
    ("raw", "status", "code", "logit"),
    [
        ("DOUBT", "doubtful", 5, 1.8),
        ("QUES", "questionable", 4, 0.0),
        ("PROB", "probable", 3, -2.0),
        ("Day-To-Day", "questionable", 3, -2.0),
    ],
)
def test_a_daily_status_stands_in_place_of_every_other_term(
    chance: Callable[..., tuple[float, float]], raw: str, status: str, code: int, logit: float
) -> None:
    state, p = chance([report(LAST, status, raw)])
    assert state == code
    assert p == pytest.approx(sigmoid(logit), abs=1e-6)


@pytest.mark.parametrize("raw", sampled(["OUT", "REST", "OFS"]))
def test_out_tonight_is_nearly_sure_and_out_yesterday_less_so(
    chance: Callable[..., tuple[float, float]], raw: str
) -> None:
    today = chance([report(LAST, "out", raw)])
    before = chance([report(LAST - timedelta(days=1), "out", raw)])
    assert (today[0], before[0]) == (7, 6)
    assert today[1] == pytest.approx(sigmoid(4.948), abs=1e-6)
    assert 0.9 < before[1] < today[1]


@pytest.mark.long
def test_the_later_known_of_a_transaction_and_a_daily_status_counts(
    chance: Callable[..., tuple[float, float]],
) -> None:
    out = report(LAST - timedelta(days=1), "out", "placed out/IL", "transaction")
    assert chance([out])[0] == 6
    assert chance([out, report(LAST, "probable", "PROB")])[0] == 3
    back = report(LAST, "available", "activated/returned", "transaction")
    assert chance([report(LAST - timedelta(days=1), "out", "Out"), back])[0] == 0
    stale = report(LAST - timedelta(days=2), "questionable", "QUES")
    assert chance([stale])[0] == 2


def test_after_a_fortnight_of_silence_no_state_is_known(
    chance: Callable[..., tuple[float, float]],
) -> None:
    """An old absence nobody has spoken of since says nothing; the number stays a number."""
    long_ago = report(LAST - timedelta(days=16), "out", "placed out/IL", "transaction")
    state, p = chance([long_ago])
    assert state == 2
    assert 0 < p < 1
    older = report(LAST - timedelta(days=200), "available", "activated/returned", "transaction")
    assert chance([older]) == (state, p)


def test_no_result_of_the_day_or_later_changes_a_roster_row(
    small: Built, small_league: League, tmp_path: Path
) -> None:
    def other(row: Row) -> Row | None:
        if row["game_date"] < DAY:
            return row
        return None if row["starter"] else row | {"minutes": 48.0, "pts": 40, "starter": True}

    with small_league.changed("player_game", other).store(tmp_path / "other") as lake:
        changed = roster(lake, DAY)
    before = roster(small.lake, DAY)
    assert changed.drop("y_played").equals(before.drop("y_played"))
    assert not changed["y_played"].equals(before["y_played"])


def test_a_member_long_away_is_asked_for_by_name(small: Built) -> None:
    with small.lake.reading() as r:
        few = roster_frame(r, start=START, through=LAST, missed=1)
        all_ = roster_frame(r, start=START, through=LAST)
    assert set(few["own_missed"]) == {0.0}
    assert len(set(all_["own_missed"])) > 1
    assert few.height < all_.height
