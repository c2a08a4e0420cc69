"""Offers, the bets made of them, and every line of a player priced, against plain arithmetic."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tipoff.bets import best_bets, offers, price_player
from tipoff.bets.offers import best_prices
from tipoff.bets.published import Champions, champions
from tipoff.errors import NotFound, UsageError
from tipoff.hashing import content_id
from tipoff.lake import Lake, Reader
from tipoff.league.players import find_player
from tipoff.settings import settings


def decimal(price: float) -> float:
    return 1 + (price / 100 if price > 0 else 100 / -price)


@pytest.fixture(scope="module")
def reader(published_lake: Path) -> Iterator[Reader]:
    with Lake.open(published_lake) as lake, lake.reading() as r:
        yield r


@pytest.fixture
def forecasts(reader: Reader, slate_day: date) -> Champions:
    return champions(reader, slate_day)


def line(
    row: dict[str, Any], book: str, at: datetime, number: float, **more: Any
) -> dict[str, Any]:
    fact = {
        "game_date": row["game_date"], "game_id": row["game_id"], "player_key": row["player_key"],
        "raw_key": row["player_key"], "player_name": row["player"], "market": "points",
        "bookmaker": book, "line": number, "over_price": -110.0, "under_price": -110.0,
        "is_main_line": True, "pickem": False, "known_at": at, "snapshot_time": at,
        "estimated": False, "source": "test",
    }  # fmt: skip
    fact |= more
    return fact | {"fact_id": content_id("fact", fact)}


@pytest.fixture
def offered(published: Lake, slate_day: date) -> tuple[Lake, dict[str, Any], datetime]:
    """A lake whose first champion of points has offers of one's own at new books."""
    with published.reading() as r:
        row = champions(r, slate_day).rows.filter(market="points").row(0, named=True)
    at: datetime = row["tipoff"] - timedelta(hours=3)
    hour = timedelta(hours=1)
    rows = [
        line(row, "newbook", at, 40.5, over_price=900.0, is_main_line=False),
        line(row, "newbook", at, 41.5, over_price=950.0, is_main_line=False),
        line(row, "newbook", at + hour, 40.5, over_price=800.0, is_main_line=False),
        line(row, "another", at, 40.5, over_price=850.0, under_price=None, is_main_line=False),
        line(row, "latebook", row["tipoff"], 40.5, over_price=5000.0),
        line(row, "underdog", at, 40.5, over_price=100.0, pickem=True),
    ]
    published.write(
        lambda w: w.append("league.prop_line", pl.DataFrame(rows, infer_schema_length=9))
    )
    return published, row, at


def at_forty(lake: Lake, row: dict[str, Any], as_of: datetime) -> pl.DataFrame:
    with lake.reading() as r:
        return offers(r, pl.DataFrame([row]), as_of).filter(pl.col("line") > 40)


def test_only_the_newest_snapshot_of_a_book_is_on_offer_and_never_one_from_after_tip_off(
    offered: tuple[Lake, dict[str, Any], datetime],
) -> None:
    lake, row, at = offered
    early = at_forty(lake, row, at)
    assert early.filter(bookmaker="newbook")["line"].to_list() == [40.5, 41.5]
    late = at_forty(lake, row, row["tipoff"] + timedelta(days=1))
    assert late.filter(bookmaker="newbook")["over_price"].to_list() == [800.0]
    assert "latebook" not in late["bookmaker"].to_list()
    assert at_forty(lake, row, at - timedelta(seconds=1)).height == 0


def test_the_best_price_is_over_books_and_pickem_is_no_price(
    offered: tuple[Lake, dict[str, Any], datetime],
) -> None:
    lake, row, at = offered
    best = best_prices(at_forty(lake, row, at + timedelta(hours=2))).row(0, named=True)
    assert (best["over_price"], best["over_book"]) == (850.0, "another")
    assert (best["under_price"], best["under_book"]) == (-110.0, "newbook")
    assert best["books"] == 2


def test_an_alternate_is_a_bet_only_when_asked_for(
    offered: tuple[Lake, dict[str, Any], datetime], slate_day: date
) -> None:
    lake, _, at = offered
    with lake.reading() as r:
        both = [
            best_bets(r, slate_day, markets=["points"], min_ev=-9, alternates=flag,
                      as_of=at + timedelta(hours=2)).bets
            for flag in (False, True)
        ]  # fmt: skip
    assert all(bet.main for bet in both[0])
    assert not all(bet.main for bet in both[1])


def test_every_bet_is_worth_what_its_pmf_and_price_say(
    reader: Reader, slate_day: date, forecasts: Champions
) -> None:
    listed = best_bets(reader, slate_day, min_ev=-9, bankroll=1000)
    pmfs = {(r["player"], r["market"]): r["pmf"] for r in forecasts.rows.iter_rows(named=True)}
    chosen = settings()
    assert len(listed.bets) > 20
    for bet in listed.bets:
        pmf, number, gain = (
            pmfs[bet.player, bet.market],
            bet.line,
            decimal(bet.price) - 1,
        )
        over = sum(p for k, p in enumerate(pmf) if k > number)
        push = sum(p for k, p in enumerate(pmf) if k == number)
        win = over if bet.side == "over" else 1 - over - push
        assert bet.p_win == pytest.approx(win)
        assert bet.ev == pytest.approx(win * gain - (1 - win - push))
        assert bet.break_even == pytest.approx(1 / (1 + gain))
        lose = 1 - win - push
        full = max((win * gain - lose) / (gain * (win + lose)), 0)
        share = min(chosen.kelly_cap, chosen.kelly_fraction * full)
        assert bet.stake_share == pytest.approx(share)
        assert bet.stake == pytest.approx(1000 * share, abs=0.006)


def test_bets_come_best_first_once_per_player_and_market_and_above_the_bar(
    reader: Reader, slate_day: date
) -> None:
    listed = best_bets(reader, slate_day, min_ev=0.01).bets
    evs = [bet.ev for bet in listed]
    assert evs == sorted(evs, reverse=True)
    assert min(evs) > 0.01
    assert len({(bet.player, bet.market) for bet in listed}) == len(listed)


def test_every_predicted_player_is_priced_or_pickem_or_without_a_price(
    reader: Reader, slate_day: date, forecasts: Champions
) -> None:
    for row in best_bets(reader, slate_day).markets:
        players = forecasts.rows.filter(market=row.market).height
        assert players == row.players == row.priced + row.only_pickem + row.no_price


def test_a_player_whom_only_pickem_books_offer_has_no_ev(
    offered: tuple[Lake, dict[str, Any], datetime], slate_day: date
) -> None:
    lake, row, _ = offered
    sql = "UPDATE league.prop_line SET pickem = true WHERE game_date = $day"
    lake.write(lambda w: w.rows(sql, {"day": slate_day}))
    with lake.reading() as r:
        listed = best_bets(r, slate_day, min_ev=-9)
        priced = price_player(r, row["player"], slate_day, "points", [10.5])
    assert listed.bets == ()
    assert sum(m.only_pickem for m in listed.markets) > 0
    assert [one.books for one in priced.lines] == [0]
    assert priced.pickem


def test_any_line_asked_for_is_priced_beside_the_stored_ones(
    reader: Reader, slate_day: date, forecasts: Champions
) -> None:
    bet = best_bets(reader, slate_day, markets=["points"], min_ev=-9).bets[0]
    priced = price_player(reader, bet.player, slate_day, "points", [12.0], over_price=150)
    own = next(row for row in priced.lines if row.books == 0)
    pmf = forecasts.one(find_player(reader, bet.player, slate_day), "points")["pmf"]
    over, push = sum(pmf[13:]), pmf[12]
    assert own.ev_over == pytest.approx(over * 1.5 - (1 - over - push))
    assert own.fair_over == pytest.approx(
        (lambda q: 100 * (1 - q) / q if q < 0.5 else -100 * q / (1 - q))(over / (1 - push))
    )
    assert own.ev_under is None
    lines = [row.line for row in priced.lines]
    assert lines == sorted(lines)
    assert bet.line in lines


def test_what_cannot_be_priced_says_so(reader: Reader, slate_day: date) -> None:
    with pytest.raises(UsageError, match="nobody is called"):
        price_player(reader, "Nobody Atall", slate_day, "points")
    with pytest.raises(UsageError, match="not an American price"):
        price_player(reader, "a", slate_day, "points", [10.5], over_price=50)
    with pytest.raises(NotFound, match="no slate is published"):
        best_bets(reader, slate_day - timedelta(days=400))
