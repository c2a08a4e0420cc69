"""tipoff price: every line of a player's market from the pmf. tipoff legs: two sides together."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tipoff.cli.bets import Prices, header
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
    sides = "".join(
        f"{f'P({s})':>10}{'fair':>7}{'best':>7}{'EV':>8}  {'book':<13}" for s in ("over", "under")
    )
    lines = [f"{'line':>6}{'push':>6}{sides}", *(_line(row) for row in found["lines"])]
    out.print("\n".join(lines), highlight=False)
    if found["pickem"]:
        told = ", ".join(f"{row['bookmaker']} {row['line']:g}" for row in found["pickem"])
        out.print(f"pick'em, fixed payouts, so no EV: {told}", highlight=False)
    out.print("next: tipoff legs LEG LEG DATE, or tipoff explain ID", highlight=False)


def _line(row: dict[str, Any]) -> str:
    text = f"{row['line']:>6g}{row['p_push']:>6.3f}"
    for side in ("over", "under"):
        book = row[f"{side}_book"] or ("yours" if row["books"] == 0 else "-")
        text += (
            f"{row[f'p_{side}']:>10.3f}{number(row[f'fair_{side}'], 0, '+'):>7}"
            f"{number(row[f'{side}_price'], 0, '+'):>7}{number(row[f'ev_{side}'], 3, '+'):>8}"
            f"  {book[:12]:<13}"
        )
    return text + (" main" if row["main"] else "")


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
