"""A game is played, and its result or its box score is not there yet when the next one begins."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.features.conftest import Built
from tests.features.small_league import SEASON_TWO, START, League, Row, tip
from tests.features.test_leakage import slate, tonight
from tests.features.test_oracle_v3 import compare
from tests.long import sampled

OPENING = START + timedelta(days=SEASON_TWO)
LATE = timedelta(days=6)


def late(league: League, table: str, day: date) -> League:
    """The league with what `table` says of the games of a day known six days later."""
    known = "result_known_at" if table == "game" else "known_at"

    def change(row: Row) -> Row:
        return row if row["game_date"] != day else row | {known: row[known] + LATE}

    return league.changed(table, change)


def everyone_activated(league: League, day: date) -> League:
    """The league with one report on everybody, an activation at noon of a day, and no others."""
    players = {(b["player_key"], b["player_name"]) for b in league.tables["player_game"]}
    reports: list[Row] = [
        {"date": day, "team": "AAA", "player_key": key, "raw_key": key, "player_name": name,
         "status": "available", "raw_status": "activated/returned", "detail": "",
         "kind": "transaction", "known_at": tip(day) - timedelta(hours=7), "estimated": True,
         "fact_id": f"r{key}"}
        for key, name in sorted(players)
    ]  # fmt: skip
    return League(league.tables | {"injury": reports})


@pytest.mark.parametrize("played", sampled([OPENING, OPENING + timedelta(days=20)]),
                         ids=["opening night", "later"])  # fmt: skip
@pytest.mark.parametrize(
    "tables", [("game", "team_game", "player_game"), ("game",), ("player_game",)],
    ids=["nothing is known", "only the box score is", "only the result is"],
)  # fmt: skip
def test_the_next_night_is_built_of_what_is_known_of_the_last(
    small: Built, small_league: League, tmp_path: Path, tables: tuple[str, ...], played: date
) -> None:
    """Said of between the two: a report is then newer than the games counted."""
    rows, as_of = tonight(small.frame, played + timedelta(days=2))
    league = everyone_activated(small_league, played + timedelta(days=1))
    for table in tables:
        league = late(league, table, played)
    with league.store(tmp_path / "late") as lake:
        frame = slate(lake, rows, as_of).frame
        assert frame.height == rows.height > 15
        assert compare(Built(lake, frame), frame.to_dicts()) == []
    states = frame["absence_state"].drop_nulls()
    assert set(states) == ({1.0} if played > OPENING or tables == ("game",) else set())
    assert frame["p_absent"].drop_nulls().is_between(0, 1, closed="none").all()
