"""tipoff bets DATE: what the champions would bet at the best prices on offer."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tipoff.cli.columns import Column, fitted
from tipoff.cli.common import TODAY, Date, JsonFlag, OnlyMarkets, console, emit, open_lake
from tipoff.cli.slate import number, say_stale

SHOWN = 25
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
    """List the bets of a published slate: book, price, EV, Kelly stake, break-even.

    Exit codes: 0 listed, also when there are none; 1 nothing is published; 2 usage.
    """
    from tipoff import clock
    from tipoff.bets import best_bets

    day, moment = clock.parse_date(date), clock.parse_moment(as_of) if as_of else None
    with open_lake(ctx) as lake, lake.reading() as r:
        found = best_bets(
            r, day, markets=market, min_ev=min_ev, bankroll=bankroll, alternates=alternates,
            as_of=moment,
        )  # fmt: skip
    emit(found, as_json, lambda: _show(found, None if every else SHOWN))


def header(out: Any, found: dict[str, Any]) -> None:
    """The slate's labels and the moment of the prices, as on every page of a slate."""
    labels = [name.upper() for name in ("simulated", "backfill", "stale") if found[name]]
    out.headline(found["date"], f"  forecast as of {found['as_of']}  {' '.join(labels)}")
    say_stale(out, found)
    if "prices_as_of" in found:
        out.print(f"prices as of {found['prices_as_of']}", highlight=False)


def _show(found: dict[str, Any], most: int | None) -> None:
    out = console()
    header(out, found)
    lines = fitted(_COLUMNS, found["bets"][:most], out.width)
    out.print("\n".join(["", *lines]), highlight=False)
    hidden = len(found["bets"]) - len(found["bets"][:most])
    if hidden:
        out.print(f"  {hidden} more (--all)")
    for row in found["markets"]:
        out.print(_coverage(row), highlight=False)
    if found["implausible"]:
        out.print(
            f"{found['implausible']} have an EV above .10: several books at once are seldom that"
            " wrong, so suspect the pmf first (tipoff explain NAME)",
            highlight=False,
        )
    out.print(
        f"all of them together stake {found['staked_share']:.1%} of the bankroll. An EV is as true"
        " as the pmf behind it; no profit is proven (tipoff scoreboard).\n"
        f"next: tipoff price NAME {found['date']} --market M",
        highlight=False,
    )


def _bet(bet: dict[str, Any]) -> str:
    return f"{bet['side']} {bet['line']:g} {bet['market']}" + ("" if bet["main"] else " alt")


_COLUMNS = (
    Column("player", lambda b: str(b["player"]), least=16, right=False),
    Column("game", lambda b: f"{b['team']}-{b['opponent']}", drop=4, right=False),
    Column("bet", _bet, right=False),
    Column("price", lambda b: f"{b['price']:+.0f}"),
    Column("book", lambda b: str(b["book"]), least=8, right=False),
    Column("P(win)", lambda b: f"{b['p_win']:.3f}"),
    Column("even", lambda b: f"{b['break_even']:.3f}", drop=2),
    Column("fair", lambda b: number(b["fair"], 0, "+"), drop=3),
    Column("EV", lambda b: f"{b['ev']:+.3f}"),
    Column("stake", lambda b: f"{b['stake']:.2f}" if "stake" in b else f"{b['stake_share']:.2%}"),
)


def _coverage(row: dict[str, Any]) -> str:
    text = f"{row['market']:<9}{row['players']:>4} predicted, {row['priced']} with a real price"
    if row["only_pickem"]:
        text += (
            f", {row['only_pickem']} offered by pick'em books alone: fixed payouts, no EV or stake"
        )
    return text + (f", {row['no_price']} without any" if row["no_price"] else "")
