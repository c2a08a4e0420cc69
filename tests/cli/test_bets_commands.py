"""`tipoff bets`, `price` and `legs` as a person meets them."""

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tipoff.cli import app


@pytest.fixture
def call(published_lake: Path, slate_day: date):  # type: ignore[no-untyped-def]
    def run(command: str, *words: str) -> str:
        asked = ["--lake", str(published_lake), command, *words]
        done = CliRunner().invoke(app, [w.replace("DATE", str(slate_day)) for w in asked])
        assert done.exit_code == 0, f"{done.output} {done.exception!r}"
        return done.stdout

    return run


def test_bets_name_book_price_and_stake_and_say_what_they_are_worth(call) -> None:  # type: ignore[no-untyped-def]
    said = call("bets", "DATE", "--bankroll", "1000", "--min-ev", "-1")
    best = json.loads(call("bets", "DATE", "--min-ev", "-1", "--json"))["bets"][0]
    assert f"{best['price']:+.0f}" in said
    assert best["book"][:14] in said
    assert "SIMULATED" in said
    assert "no profit is proven" in said
    assert "with a real price" in said


def test_price_shows_main_and_asked_lines_and_legs_their_correlation(call) -> None:  # type: ignore[no-untyped-def]
    best = json.loads(call("bets", "DATE", "--market", "points", "--min-ev", "-1", "--json"))
    name = best["bets"][0]["player"]
    said = call("price", name, "DATE", "--line", "40.5", "--over-price", "900")
    assert "*" in said
    assert "yours" in said
    text = call("legs", f"{name}:points:over:9.5", f"{name}:assists:under:6.5", "DATE")
    assert "same player: correlation" in text
    assert "as if independent" in text
