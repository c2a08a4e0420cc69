"""Every question about a published slate: Python and the command line give the same values."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tipoff.app import Tipoff, open_lake
from tipoff.cli import app
from tipoff.errors import NotFound, UsageError
from tipoff.lake import Lake
from tipoff.results.base import Result
from tipoff.results.slate import Prediction

Call = Callable[[Tipoff, date, Prediction], Result]


def _legs(p: Prediction) -> tuple[str, str]:
    return f"{p.player}:points:over:9.5", f"{p.player}:assists:under:6.5"


QUESTIONS: dict[str, tuple[Callable[[date, Prediction], list[str]], Call]] = {
    "why": (lambda d, p: ["why", p.player, str(d)], lambda t, d, p: t.why(p.player, d)),
    "explain": (
        lambda _, p: ["explain", p.prediction_id], lambda t, _, p: t.explain(p.prediction_id),
    ),
    "reproduce": (
        lambda _, p: ["reproduce", p.prediction_id], lambda t, _, p: t.reproduce(p.prediction_id),
    ),
    "diff": (lambda d, _: ["diff", "1", "1", str(d)], lambda t, d, _: t.diff(1, 1, d)),
    "runs list": (lambda d, _: ["runs", "list", str(d)], lambda t, d, _: t.runs.list(d)),
    "runs": (lambda *_: ["runs"], lambda t, *_: t.runs.list()),
    "bets": (
        lambda d, _: ["bets", str(d), "--market", "points", "--min-ev", "-1", "--bankroll", "100"],
        lambda t, d, _: t.bets(str(d), markets="PTS", min_ev=-1, bankroll=100),
    ),
    "price": (
        lambda d, p: ["price", p.player, str(d), "--line", "40.5", "--over-price", "900"],
        lambda t, d, p: t.price(p.player, d, line=40.5, over_price=900),
    ),
    "legs": (
        lambda d, p: ["legs", *_legs(p), str(d)], lambda t, d, p: t.legs(*_legs(p), d),
    ),
}  # fmt: skip
"""Question -> its words on the command line, and its call."""


@pytest.fixture
def chosen(published_lake: Path, slate_day: date) -> Prediction:
    """A champion's prediction of points with a line."""
    with open_lake(published_lake) as t:
        rows = t.slate(slate_day, markets="points").predictions
    return next(row for row in rows if row.line is not None)


def said(lake: Path | str, *words: str) -> Any:
    """What a command says as JSON."""
    done = CliRunner().invoke(app, ["--lake", str(lake), *words, "--json"])
    assert done.exit_code == 0, f"{done.output} {done.exception!r}"
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_has_the_same_answer_in_python_and_on_the_command_line(
    name: str, published_lake: Path, slate_day: date, chosen: Prediction
) -> None:
    words, call = QUESTIONS[name]
    with open_lake(published_lake) as t:
        result = call(t, slate_day, chosen)
    assert said(published_lake, *words(slate_day, chosen)) == result.to_dict()
    assert json.loads(result.to_json()) == result.to_dict()
    if result.ROWS:
        assert result.to_polars().height == len(getattr(result, result.ROWS))


def test_a_row_of_a_line_and_a_run_are_named_by_what_other_answers_say(
    published_lake: Path, slate_day: date, chosen: Prediction
) -> None:
    with open_lake(published_lake) as t:
        fact = t.explain(chosen.prediction_id).lines[0].fact_id
        reached, run = t.impact(fact), t.runs.list(slate_day).publications[-1].run_id
        record = t.runs.show(run)
    assert chosen.prediction_id in {row.prediction_id for row in reached.rows}
    assert said(published_lake, "impact", fact) == reached.to_dict()
    assert said(published_lake, "runs", "show", run) == record.to_dict()


def test_what_a_run_did_is_said_without_a_prediction(published: Lake, slate_day: date) -> None:
    folder = published.location
    with open_lake(folder) as t:
        report = t.run(slate_day)
        assert report.nothing_to_do
        assert said(folder, "run", str(slate_day)) == report.to_dict()
        compared = t.regenerate(slate_day, reason="to see", dry_run=True)
        again = ["regenerate", str(slate_day), "--reason", "to see"]
        assert said(folder, *again, "--dry-run") == compared.to_dict()
        assert compared.same
        answer = said(folder, *again)
        assert t.run(slate_day).to_dict() == answer | {"nothing_to_do": True}
    assert answer["publication"]["kind"] == "regenerate"
    assert "predictions" not in answer


def test_reproduce_takes_an_id_a_run_or_a_date_and_says_what_is_none(
    published_lake: Path, slate_day: date, chosen: Prediction
) -> None:
    with open_lake(published_lake) as t:
        run = t.runs.list(slate_day).publications[-1].run_id
        assert t.reproduce(chosen.prediction_id[:16]).run_id == run
        with pytest.raises(NotFound, match="nothing-of-the-kind"):
            t.reproduce("nothing-of-the-kind")
        with pytest.raises(UsageError, match="is not a date"):
            t.reproduce("2025-13-01")
        with pytest.raises(NotFound, match="no slate is published"):
            t.reproduce(date(2001, 1, 1))


def test_a_moment_without_a_zone_and_a_moment_for_a_date_are_refused(
    published_lake: Path, slate_day: date
) -> None:
    midnight = datetime.combine(slate_day, time())
    with open_lake(published_lake) as t:
        asks: list[Callable[[], object]] = [
            lambda: t.slate(slate_day, at=midnight),
            lambda: t.bets(slate_day, as_of=midnight),
            lambda: t.slate(midnight),
            lambda: t.slate(midnight.replace(tzinfo=UTC)),
            lambda: t.slate(date(1, 1, 1)),
        ]
        for ask in asks:
            with pytest.raises(UsageError):
                ask()


def test_a_moment_in_any_zone_is_answered_in_utc(published_lake: Path, slate_day: date) -> None:
    later = datetime.combine(slate_day, time(23, 30), timezone(timedelta(hours=-5)))
    with open_lake(published_lake) as t:
        asked = later.replace(year=later.year + 20)
        answer = t.slate(slate_day, at=asked)
        assert answer.at == asked
        assert answer.to_dict()["at"].endswith("Z")
        assert t.slate(slate_day, at=asked.isoformat()) == answer
