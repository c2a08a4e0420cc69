"""Who is out at a moment, case by case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tipoff.lake import Lake
from tipoff.league.availability import status_sql

DAY = date(2025, 1, 20)
AS_OF = datetime(2025, 1, 20, 23, 0, tzinfo=UTC)
Answer = dict[str, Any]
Ask = Callable[..., Answer]


def noon(days_ago: int, hours: int = 0) -> datetime:
    day = DAY - timedelta(days=days_ago)
    return datetime.combine(day, time(17), UTC) + timedelta(hours=hours)


def report(days_ago: int, status: str, kind: str = "transaction", **more: Any) -> dict[str, Any]:
    row = {
        "date": DAY - timedelta(days=days_ago), "team": "BOS", "player_key": "x", "raw_key": "x",
        "player_name": "X", "status": status, "raw_status": status, "detail": "knee",
        "kind": kind, "known_at": noon(days_ago), "estimated": True,
        "fact_id": f"{days_ago}{status}{kind}",
    }  # fmt: skip
    return row | more


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Ask]:
    """Stores reports (and the days ago of games played) and answers for player x tonight."""
    with Lake.open(tmp_path / "lake", create=True) as lake:

        def answer(*reports: dict[str, Any], played: int | None = None) -> Answer:
            frame = pl.DataFrame(list(reports), infer_schema_length=None)
            lake.write(lambda w: w.append("league.injury", frame))
            spine = pl.DataFrame(
                [{"game_id": "g", "player_key": "x", "team": "BOS", "game_date": DAY,
                  "tipoff": AS_OF + timedelta(hours=1), "row_as_of": AS_OF}]
            )  # fmt: skip
            when = [] if played is None else [played]
            games = pl.DataFrame(
                {"player_key": ["x" for _ in when],
                 "game_date": [DAY - timedelta(days=d) for d in when],
                 "known_at": [noon(d, 14) for d in when]},
                schema={"player_key": pl.String, "game_date": pl.Date,
                        "known_at": pl.Datetime("us", "UTC")},
            )  # fmt: skip
            with lake.reading() as r:
                r.register("spine", spine)
                r.register("games_played", games)
                sql = f"SELECT * FROM {status_sql('spine', 'games_played')}"
                return r.query(sql, {"as_of": AS_OF, "seq": 1_000}).to_dicts()[0]

        yield answer


OTHER = report(3, "out", player_key="y", raw_key="y")
"""Somebody else's row: the date is covered."""


def test_nobodys_status_is_known_when_nothing_was_heard_for_14_days(ask: Ask) -> None:
    state = ask(report(15, "out"))
    assert (state["risk"], state["status"]) == (None, None)


def test_a_player_nothing_was_said_about_is_available_when_the_date_is_covered(ask: Ask) -> None:
    state = ask(OTHER)
    assert (state["risk"], state["status"], state["since"]) == (0, "available", None)


def test_an_open_absence_means_out_and_names_its_row(ask: Ask) -> None:
    state = ask(report(5, "out"))
    assert (state["risk"], state["status"], state["since"]) == (3, "out", noon(5))
    assert (state["fact_id"], state["same_day"]) == ("5outtransaction", False)


def test_an_out_row_of_the_games_date_is_known_from_noon(ask: Ask) -> None:
    state = ask(report(0, "out"))
    assert (state["risk"], state["same_day"]) == (3, True)


def test_an_activation_ends_an_absence(ask: Ask) -> None:
    assert ask(report(5, "out"), report(2, "available"))["risk"] == 0


def test_a_later_game_played_ends_an_absence_and_one_of_the_same_date_does_not(ask: Ask) -> None:
    assert ask(report(5, "out"), played=4)["risk"] == 0
    assert ask(report(4, "out"), played=4)["risk"] == 3


def test_an_absence_still_counts_on_its_60th_day(ask: Ask) -> None:
    assert ask(OTHER, report(60, "out"))["risk"] == 3


def test_an_absence_is_forgotten_after_60_days(ask: Ask) -> None:
    assert ask(OTHER, report(61, "out"))["risk"] == 0


@pytest.mark.parametrize(
    ("status", "risk"), [("questionable", 2), ("doubtful", 3), ("probable", 1)]
)
def test_a_daily_status_of_the_date_or_the_day_before_counts(
    ask: Ask, status: str, risk: int
) -> None:
    assert ask(report(1, status, "daily status snapshot"))["risk"] == risk


def test_a_daily_status_of_two_days_before_does_not_count(ask: Ask) -> None:
    assert ask(report(2, "questionable", "daily status snapshot"))["risk"] == 0


def test_the_newer_of_a_daily_status_and_a_transaction_decides(ask: Ask) -> None:
    daily = report(1, "probable", "daily status snapshot")
    assert ask(daily, report(0, "out"))["status"] == "out"
    later = report(0, "probable", "daily status snapshot", known_at=noon(0, 2), fact_id="later")
    assert ask(later)["status"] == "probable"


def test_a_row_known_after_the_moment_does_not_count(ask: Ask) -> None:
    late = report(0, "out", known_at=AS_OF + timedelta(minutes=1))
    assert ask(OTHER, late)["risk"] == 0


def test_of_two_rows_of_one_moment_the_more_severe_counts(ask: Ask) -> None:
    assert ask(report(1, "available"), report(1, "out"))["risk"] == 3
