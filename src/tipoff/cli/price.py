"""tipoff price: every line of a player's market from the pmf. tipoff legs: two sides together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tipoff.cli.bets import Prices, header
from tipoff.cli.columns import Column, fitted
from tipoff.cli.common import TODAY, Date, JsonFlag, OneMarket, PlayerName, answer, console, opened
from tipoff.cli.slate import line_text, number

if TYPE_CHECKING:
    from tipoff.results.bets import Legs, PlayerPrices, PricedLine

Leg = Annotated[str, typer.Argument(metavar="LEG", help="PLAYER:market:over|under:line")]


def price(
    ctx: typer.Context,
    player: PlayerName,
    date: Date = TODAY,
    market: OneMarket = "points",
    line: Annotated[
        list[float] | None,
        typer.Option("--line", metavar="LINE", help="Also this line (repeatable)."),
    ] = None,
    over_price: Annotated[
        float | None, typer.Option(help="American price of the over at --line.")
    ] = None,
    under_price: Annotated[
        float | None, typer.Option(help="American price of the under at --line.")
    ] = None,
    as_of: Prices = None,
    as_json: JsonFlag = False,
) -> None:
    """Price the lines of a player: P(over), fair odds, EV.

    Main and alternate lines, at the best price on offer.
    """
    with opened(ctx) as t:
        result = t.price(
            player, date, market=market, line=line or (), over_price=over_price,
            under_price=under_price, as_of=as_of,
        )  # fmt: skip
    answer(result, as_json, lambda: _show_lines(result))


def legs(
    ctx: typer.Context,
    first: Leg,
    second: Leg,
    date: Date = TODAY,
    price: Annotated[
        float | None, typer.Option(help="American price offered on both together.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Price two legs of one player or game together.

    With their correlation, measured on earlier slates.
    """
    with opened(ctx) as t:
        result = t.legs(first, second, date, price=price)
    answer(result, as_json, lambda: _show_legs(result))


def _show_lines(result: PlayerPrices) -> None:
    out = console()
    header(out, result, result.prices_as_of)
    out.print(
        f"{result.player}, {result.market} by {result.model}: mean {result.mean:.1f},"
        f" median {result.median:.1f}",
        highlight=False,
    )
    out.print("\n".join(fitted(_COLUMNS, result.lines, out.width)), highlight=False)
    out.print("* a main line", highlight=False)
    if result.pickem:
        apps = ", ".join(f"{row.bookmaker} {line_text(row.line)}" for row in result.pickem)
        out.print(f"pick'em, fixed payouts, so no EV: {apps}", highlight=False)
    out.print("next: tipoff legs LEG LEG DATE, or tipoff explain NAME DATE", highlight=False)


def _of(side: str, name: str) -> tuple[Column, ...]:
    """The columns of one side of a line."""

    def book(row: PricedLine) -> str:
        return getattr(row, f"{side}_book") or ("yours" if row.books == 0 else "-")

    return (
        Column(f"P({side})", lambda row: f"{getattr(row, f'p_{side}'):.3f}"),
        Column(f"fair {name}", lambda row: number(getattr(row, f"fair_{side}"), 0, "+"), drop=2),
        Column(f"best {name}", lambda row: number(getattr(row, f"{side}_price"), 0, "+")),
        Column(f"EV {name}", lambda row: number(getattr(row, f"ev_{side}"), 3, "+")),
        Column(f"{side} at", book, least=7, drop=1, right=False),
    )


_COLUMNS = (
    Column("line", lambda row: line_text(row.line) + ("*" if row.main else " ")),
    Column("push", lambda row: f"{row.p_push:.3f}", drop=3),
    *_of("over", "o"),
    *_of("under", "u"),
)


def _show_legs(result: Legs) -> None:
    out = console()
    header(out, result)
    for leg in result.legs:
        out.print(
            f"{leg.player:<25} {leg.side} {line_text(leg.line)} {leg.market}"
            f"  P(win) {leg.p_win:.3f}",
            highlight=False,
        )
    out.print(_related(result), highlight=False)
    out.print(
        f"both {result.both:.3f} [{result.low:.3f}, {result.high:.3f}]"
        f"   as if independent {result.independent:.3f}   fair {number(result.fair, 0, '+')}",
        highlight=False,
    )
    if result.push > 0:
        out.print(f"a leg pushes with {result.push:.3f}: settled by the book's rule, so no EV")
    elif result.ev is not None:
        out.print(f"EV at {result.price:+g}: {result.ev:+.3f} per unit", highlight=False)
    out.print("given that both play; next: tipoff price NAME DATE --market M", highlight=False)


def _related(result: Legs) -> str:
    known = result.correlation
    if result.relation is None:
        return "different games: taken as independent"
    if known is None:
        return "one count: exact from its pmf"
    return (
        f"{result.relation}: correlation {known.rho:+.3f} [{known.low:+.3f},"
        f" {known.high:+.3f}] from {known.pairs:,} pairs of {known.slates} slates before"
    )
