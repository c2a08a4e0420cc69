"""tipoff bets DATE: what the champions would bet at the best prices on offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tipoff.cli.columns import Column, fitted
from tipoff.cli.common import TODAY, Date, JsonFlag, OnlyMarkets, answer, console, opened
from tipoff.cli.slate import labels, line_text, number, say_stale
from tipoff.clock import iso

if TYPE_CHECKING:
    from datetime import datetime

    from tipoff.cli.terminal import PlainConsole
    from tipoff.results.bets import Bet, Bets, MarketOffers
    from tipoff.results.slate import SlateLabels

MOST_BETS = 25
"""Bets shown to people unless --all is given."""

Prices = Annotated[
    str | None,
    typer.Option("--as-of", help="Moment of the prices; default the slate's own as_of."),
]


def bets(
    ctx: typer.Context,
    date: Date = TODAY,
    market: OnlyMarkets = None,
    min_ev: Annotated[
        float, typer.Option(help="Only bets whose EV per unit is more than this.")
    ] = 0.0,
    bankroll: Annotated[
        float | None, typer.Option(min=0, help="Also show each stake in these units.")
    ] = None,
    alternates: Annotated[
        bool,
        typer.Option("--alternates", help="Consider alternate lines too, not only main."),
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="Every bet, not only the best 25.")] = False,
    as_of: Prices = None,
    as_json: JsonFlag = False,
) -> None:
    """List the bets of a slate: book, price, EV, Kelly stake.

    Exit codes: 0 listed, also when there are none; 1 nothing is published; 2 usage.
    """
    with opened(ctx) as t:
        result = t.bets(
            date, markets=market, min_ev=min_ev, bankroll=bankroll, alternates=alternates,
            as_of=as_of,
        )  # fmt: skip
    answer(result, as_json, lambda: _show(result, None if every else MOST_BETS))


def header(out: PlainConsole, result: SlateLabels, prices_as_of: datetime | None = None) -> None:
    """The slate's labels and the moment of the prices, as on every page of a slate."""
    out.headline(str(result.date), f"  forecast as of {iso(result.as_of)}  {labels(result)}")
    say_stale(out, result)
    if prices_as_of:
        out.print(f"prices as of {iso(prices_as_of)}", highlight=False)


def _show(result: Bets, most: int | None) -> None:
    out = console()
    header(out, result, result.prices_as_of)
    lines = fitted(_COLUMNS, result.bets[:most], out.width)
    out.print("\n".join(["", *lines]), highlight=False)
    hidden = len(result.bets) - len(result.bets[:most])
    if hidden:
        out.print(f"  {hidden} more (--all)")
    for row in result.markets:
        out.print(_coverage(row), highlight=False)
    if result.implausible:
        out.print(
            f"{result.implausible} have an EV above .10: several books at once are seldom that"
            " wrong, so suspect the pmf first (tipoff explain NAME)",
            highlight=False,
        )
    out.print(
        f"all of them together stake {result.staked_share:.1%} of the bankroll. An EV is as true"
        " as the pmf behind it; no profit is proven (tipoff scoreboard).\n"
        f"next: tipoff price NAME {result.date} --market M",
        highlight=False,
    )


def _bet(bet: Bet) -> str:
    return f"{bet.side} {line_text(bet.line)} {bet.market}" + ("" if bet.main else " alt")


_COLUMNS = (
    Column("player", lambda b: b.player, least=16, right=False),
    Column("game", lambda b: f"{b.team}-{b.opponent}", drop=4, right=False),
    Column("bet", _bet, right=False),
    Column("price", lambda b: f"{b.price:+.0f}"),
    Column("book", lambda b: b.book, least=8, right=False),
    Column("P(win)", lambda b: f"{b.p_win:.3f}"),
    Column("even", lambda b: f"{b.break_even:.3f}", drop=2),
    Column("fair", lambda b: number(b.fair, 0, "+"), drop=3),
    Column("EV", lambda b: f"{b.ev:+.3f}"),
    Column("stake", lambda b: f"{b.stake_share:.2%}" if b.stake is None else f"{b.stake:.2f}"),
)


def _coverage(row: MarketOffers) -> str:
    text = f"{row.market:<9}{row.players:>4} predicted, {row.priced} with a real price"
    if row.only_pickem:
        text += f", {row.only_pickem} offered by pick'em books alone: fixed payouts, no EV or stake"
    return text + (f", {row.no_price} without any" if row.no_price else "")
