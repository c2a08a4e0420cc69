"""`tipoff grade` and `tipoff scoreboard` as a person and as a program meet them."""

from __future__ import annotations

import json
from datetime import timedelta

import typer
from typer.testing import CliRunner

from tests.grading.conftest import AFTER, BEFORE, DAY, _games, forecast, games_lake, publish
from tipoff.cli.grade import grade
from tipoff.cli.scoreboard import scoreboard
from tipoff.lake import Lake

__all__ = ["_games", "games_lake"]

ZION = forecast(player_key="zionwilliamson", player="Zion Williamson", team="NOP", opponent="PHI",
                mean=24.0, line=22.5)  # fmt: skip
UNKNOWN = forecast(game_id="no such game", player_key="nobody", player="No Body")


def call(lake: Lake, *words: str) -> str:
    app = typer.Typer()
    app.command()(grade)
    app.command()(scoreboard)
    result = CliRunner().invoke(app, [*words], obj={"lake": lake.location})
    assert result.exit_code == 0, result.output
    return result.stdout


def test_grade_says_what_is_void_and_why_and_what_waits(games_lake: Lake) -> None:
    publish(games_lake, [forecast(), ZION, UNKNOWN], at=BEFORE)
    said = call(games_lake, "grade", "2025-01-10")
    assert "2 new grades" in said
    assert "no row of theirs among 9 of NOP that add up to 240.0 minutes" in said
    assert "pending  No Body" in said
    assert "next: tipoff scoreboard" in said
    assert "nothing new to grade" in call(games_lake, "grade", "2025-01-10")
    report = json.loads(call(games_lake, "grade", "2025-01-10", "--json"))
    assert (report["outcomes"]["void"], report["outcomes"]["pending"]) == (1, 1)


def test_a_postponed_game_is_told_in_plain_words(games_lake: Lake) -> None:
    young = forecast(game_id="20250111_HOU_ATL", player_key="traeyoung", player="Trae Young",
                     team="ATL", opponent="HOU")  # fmt: skip
    publish(games_lake, [young], at=BEFORE, day=DAY + timedelta(days=1))
    said = call(games_lake, "grade", str(DAY + timedelta(days=1)))
    words = "all 4 games of 2025-01-11 are final, none is of ATL and HOU, who meet on 2025-01-28"
    assert words in said
    assert "1 players of 20250111_HOU_ATL (1 predictions): game not played" in said


def test_an_empty_live_record_says_so_and_points_to_the_backfill(games_lake: Lake) -> None:
    publish(games_lake, [forecast(), ZION], at=AFTER)
    call(games_lake, "grade", "2025-01-10")
    said = call(games_lake, "scoreboard")
    assert "LIVE RECORD" in said
    assert "next: tipoff scoreboard --record backfill" in said
    back = call(games_lake, "scoreboard", "--record", "backfill", "--from", "2025-01-10")
    assert "BACKFILL RECORD" in back
    assert "catboost_v9" in back
    board = json.loads(call(games_lake, "scoreboard", "--record", "backfill", "--json"))
    assert board["entries"][0]["counts"]["void"] == 1
    assert board["record"] == "backfill"
