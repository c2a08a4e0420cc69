"""The consensus line: newest main line per book, median over books, nothing from after."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tipoff.lake import Lake
from tipoff.league.lines import chance_sql, consensus_sql, line_sql

DAY = date(2025, 1, 20)
TIP = datetime(2025, 1, 21, 0, 0, tzinfo=UTC)
AS_OF = TIP - timedelta(seconds=1)
Ask = Callable[..., dict[str, Any]]


def quote(book: str, line: float, minutes: int = 60, **more: Any) -> dict[str, Any]:
    known = TIP - timedelta(minutes=minutes)
    row = {
        "game_date": DAY, "game_id": "g", "player_key": "x", "raw_key": "x", "player_name": "X",
        "home": "BOS", "away": "NYK", "market": "points", "bookmaker": book, "line": line,
        "over_price": -110.0, "under_price": -110.0, "is_main_line": True, "pickem": False,
        "event_id": "e", "commence_time": TIP, "snapshot_time": known, "known_at": known,
        "estimated": False, "late": False, "source": "s",
    } | more  # fmt: skip
    return row | {"fact_id": f"{book}-{line}-{minutes}-{row['over_price']}-{row['is_main_line']}"}


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Ask]:
    with Lake.open(tmp_path / "lake", create=True) as lake:

        def answer(*quotes: dict[str, Any], as_of: datetime = AS_OF) -> dict[str, Any]:
            frame = pl.DataFrame(list(quotes), infer_schema_length=None)
            lake.write(lambda w: w.append("league.prop_line", frame))
            spine = pl.DataFrame([{"game_id": "g", "player_key": "x", "game_date": DAY,
                                   "tipoff": TIP, "row_as_of": as_of}])  # fmt: skip
            params = {"as_of": as_of, "seq": 1_000}
            with lake.reading() as r:
                r.register("spine", spine)
                full = r.query(f"SELECT * FROM {consensus_sql('spine')}", params).to_dicts()
                short = r.query(f"SELECT * FROM {line_sql('spine')}", params).to_dicts()
                chances = r.query(f"SELECT * FROM {chance_sql('spine')}", params).to_dicts()
            assert [{k: row[k] for k in short[0]} for row in full] == short if short else not full
            chance = chances[0]["chance"] if chances else None
            return full[0] | {"chance": chance} if full else {}

        yield answer


def test_the_consensus_is_the_median_over_books_of_each_ones_newest_line(ask: Ask) -> None:
    line = ask(quote("a", 20.5, 90), quote("a", 22.5, 30), quote("b", 21.5), quote("c", 30.5))
    assert (line["line"], line["books"]) == (22.5, 3)
    assert line["line_ids"] == sorted(
        q["fact_id"] for q in (quote("a", 22.5, 30), quote("b", 21.5), quote("c", 30.5))
    )


def test_the_opening_is_the_median_of_each_books_earliest_line(ask: Ask) -> None:
    line = ask(quote("a", 20.5, 90), quote("a", 24.5, 30), quote("b", 22.5))
    assert (line["line"], line["opening"]) == (23.5, 21.5)


def test_lines_at_or_after_tip_off_and_after_the_moment_do_not_count(ask: Ask) -> None:
    line = ask(quote("a", 20.5), quote("a", 40.5, 0), quote("b", 50.5, -5))
    assert (line["line"], line["books"]) == (20.5, 1)
    assert ask(quote("c", 10.5, 10), as_of=TIP - timedelta(minutes=30))["line"] == 20.5


def test_alternate_lines_do_not_count(ask: Ask) -> None:
    assert ask(quote("a", 5.5, is_main_line=False)) == {}
    assert ask(quote("a", 20.5))["line"] == 20.5


def test_of_several_main_lines_of_one_snapshot_the_balanced_one_counts(ask: Ask) -> None:
    line = ask(
        quote("a", 18.5, over_price=-200.0, under_price=160.0),
        quote("a", 21.5, over_price=-112.0, under_price=-108.0),
        quote("a", 25.5, over_price=170.0, under_price=-210.0),
    )
    assert (line["line"], line["books"]) == (21.5, 1)


def test_of_equally_balanced_lines_the_lower_counts(ask: Ask) -> None:
    assert ask(quote("a", 22.5), quote("a", 21.5))["line"] == 21.5


def test_prices_are_the_best_at_exactly_the_line_and_never_a_pickems(ask: Ask) -> None:
    line = ask(
        quote("a", 20.5, over_price=-120.0, under_price=100.0),
        quote("b", 20.5, over_price=-105.0, under_price=None),
        quote("c", 21.5, over_price=150.0),
        quote("pick", 20.5, over_price=300.0, pickem=True),
    )
    assert (line["line"], line["over_price"], line["under_price"]) == (20.5, -105.0, 100.0)
    assert line["pairs"] == [{"over_price": -120.0, "under_price": 100.0}]


def test_a_consensus_between_two_lines_has_no_price(ask: Ask) -> None:
    line = ask(quote("a", 20.5), quote("b", 21.5))
    assert (line["line"], line["over_price"], line["pairs"]) == (21.0, None, None)


def test_it_is_estimated_only_when_every_moment_is_by_rule(ask: Ask) -> None:
    assert ask(quote("a", 20.5, estimated=True))["estimated"] is True
    assert ask(quote("b", 20.5, estimated=False))["estimated"] is False


def test_a_corrected_line_replaces_the_first_and_an_earlier_seq_still_shows_it(ask: Ask) -> None:
    first = quote("a", 20.5, over_price=-110.0)
    assert ask(first)["over_price"] == -110.0
    assert ask(first | {"over_price": -130.0, "fact_id": "new"})["over_price"] == -130.0


def test_the_chance_is_the_median_over_books_of_proportional_shares_at_the_consensus(
    ask: Ask,
) -> None:
    line = ask(
        quote("a", 20.5, over_price=-150.0, under_price=120.0),
        quote("b", 20.5, over_price=-110.0, under_price=-110.0),
        quote("c", 20.5, over_price=100.0, under_price=-125.0),
        quote("d", 24.5, over_price=300.0, under_price=-500.0),
    )
    shares = sorted(
        over / (over + under) for over, under in ((0.6, 100 / 220), (0.5, 0.5), (0.5, 125 / 225))
    )
    assert line["line"] == 20.5
    assert line["chance"] == pytest.approx(shares[1], rel=1e-12)


def test_without_two_sided_prices_there_is_no_chance(ask: Ask) -> None:
    assert ask(quote("a", 20.5, under_price=None))["chance"] is None
    line = ask(quote("b", 20.5, pickem=True), quote("c", 20.5, 0, over_price=-300.0))
    assert (line["line"], line["chance"]) == (20.5, None)
