"""tipoff price: every line of a player's market from the pmf. tipoff legs: two sides together."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tipoff.cli.bets import Prices, header
from tipoff.cli.columns import Column, fitted
from tipoff.cli.common import TODAY, Date, JsonFlag, PlayerName, console, emit, open_lake
from tipoff.cli.slate import number

Leg = Annotated[str, typer.Argument(metavar="LEG", help="PLAYER:market:over|under:line")]


def price(
    ctx: typer.Context,
    player: PlayerName,
    date: Date = TODAY,
    market: Annotated[str, typer.Option(metavar="M", help="Market, such as pts.")] = "points",
    line: Annotated[
        list[float] | None, typer.Option("--line", help="Also this line (repeatable).")
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
    """Price main and alternate lines of a player: P(over), fair odds, EV at the best price."""
    from tipoff import clock
    from tipoff.bets import price_player

    day, moment = clock.parse_date(date), clock.parse_moment(as_of) if as_of else None
    with open_lake(ctx) as lake, lake.reading() as r:
        found = price_player(
            r, player, day, market, line or [], over_price, under_price, as_of=moment
        )
    emit(found, as_json, lambda: _show_lines(found))


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
    """Price two legs of one player or one game together, with their correlation."""
    from tipoff import clock
    from tipoff.bets import joint, parse_leg

    day = clock.parse_date(date)
    with open_lake(ctx) as lake, lake.reading() as r:
        found = joint(r, day, parse_leg(first), parse_leg(second), price)
    emit(found, as_json, lambda: _show_legs(found))


def _show_lines(found: dict[str, Any]) -> None:
    out = console()
    header(out, found)
    out.print(
        f"{found['player']}, {found['market']} by {found['model']}: mean {found['mean']:.1f},"
        f" median {found['median']:.1f}",
        highlight=False,
    )
    out.print("\n".join(fitted(_COLUMNS, found["lines"], out.width)), highlight=False)
    out.print("* a main line", highlight=False)
    if found["pickem"]:
        told = ", ".join(f"{row['bookmaker']} {row['line']:g}" for row in found["pickem"])
        out.print(f"pick'em, fixed payouts, so no EV: {told}", highlight=False)
    out.print("next: tipoff legs LEG LEG DATE, or tipoff explain NAME DATE", highlight=False)


def _of(side: str, name: str) -> tuple[Column, ...]:
    """The columns of one side of a line."""

    def book(row: dict[str, Any]) -> str:
        return row[f"{side}_book"] or ("yours" if row["books"] == 0 else "-")

    return (
        Column(f"P({side})", lambda row: f"{row[f'p_{side}']:.3f}"),
        Column(f"fair {name}", lambda row: number(row[f"fair_{side}"], 0, "+"), drop=2),
        Column(f"best {name}", lambda row: number(row[f"{side}_price"], 0, "+")),
        Column(f"EV {name}", lambda row: number(row[f"ev_{side}"], 3, "+")),
        Column(f"{side} at", book, least=7, drop=1, right=False),
    )


_COLUMNS = (
    Column("line", lambda row: f"{row['line']:g}" + ("*" if row["main"] else " ")),
    Column("push", lambda row: f"{row['p_push']:.3f}", drop=3),
    *_of("over", "o"),
    *_of("under", "u"),
)


def _show_legs(found: dict[str, Any]) -> None:
    out = console()
    header(out, found)
    for leg in found["legs"]:
        out.print(
            f"{leg['player']:<25} {leg['side']} {leg['line']:g} {leg['market']}"
            f"  P(win) {leg['p_win']:.3f}",
            highlight=False,
        )
    out.print(_related(found), highlight=False)
    out.print(
        f"both {found['both']:.3f} [{found['low']:.3f}, {found['high']:.3f}]"
        f"   as if independent {found['independent']:.3f}   fair {number(found['fair'], 0, '+')}",
        highlight=False,
    )
    if found["push"] > 0:
        out.print(f"a leg pushes with {found['push']:.3f}: settled by the book's rule, so no EV")
    elif found["ev"] is not None:
        out.print(f"EV at {found['price']:+g}: {found['ev']:+.3f} per unit", highlight=False)
    out.print("given that both play; next: tipoff price NAME DATE --market M", highlight=False)


def _related(found: dict[str, Any]) -> str:
    known = found["correlation"]
    if found["relation"] is None:
        return "different games: taken as independent"
    if known is None:
        return "one count: exact from its pmf"
    return (
        f"{found['relation']}: correlation {known['rho']:+.3f} [{known['low']:+.3f},"
        f" {known['high']:+.3f}] from {known['pairs']:,} pairs of {known['slates']} slates before"
    )
