"""tipoff slate DATE: the published slate, picks first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tipoff.cli.columns import Column, fitted
from tipoff.cli.common import TODAY, Date, JsonFlag, OnlyMarkets, console, emit, open_lake

if TYPE_CHECKING:
    from tipoff.lake import Reader

STRONGEST = 20
"""Rows of a market shown unless --all is given."""


def slate(
    ctx: typer.Context,
    date: Date = TODAY,
    market: OnlyMarkets = None,
    model: Annotated[str | None, typer.Option(help="This model instead of the champion.")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every row, also players without a line.")
    ] = False,
    refusals: Annotated[bool, typer.Option(help="List who was refused and why.")] = False,
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="As published then: HH:MM league time, or ISO 8601."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show a published slate. People see the champion of each market; --json holds every model."""
    from tipoff import clock
    from tipoff.forecast import refused_players, slate_view

    day = clock.parse_date(date)
    role = None if as_json or model else "champion"
    with open_lake(ctx) as lake, lake.reading() as r:
        if at is None:
            view = slate_view(r, day, market=market, model=model, role=role)
        else:
            from tipoff.answers import slate_at

            moment = clock.parse_time(at, day)
            view = slate_at(r, day, moment, market=market, model=model, role=role)
        refused = refused_players(r, view["run_id"]) if refusals else []
        missing = _leaderless(r, view["run_id"], market) if role else []
    if refusals and as_json:
        view["refusals"] = refused
    emit(view, as_json, lambda: _show(view, every, refused, missing))


def _leaderless(r: Reader, run_id: str, market: list[str] | None) -> list[str]:
    from tipoff.answers import leaderless

    return [
        f"{found.market}: its champion {found.model} predicts nobody:"
        f" {', '.join(f'{reason} {n}' for reason, n in found.reasons.items())}"
        " (--model NAME shows another's)"
        for found in leaderless(r, run_id, market)
    ]


def _show(
    view: dict[str, Any], every: bool, refused: list[dict[str, Any]], missing: list[str]
) -> None:
    out = console()
    header(out, view)
    if "at" in view:
        _show_at(out, view)
    text = table(view["predictions"], None if every else STRONGEST, out.width)
    out.print(text, highlight=False)
    for text in missing:
        out.print(text, highlight=False)
    for reason, n in view["refused"].items():
        out.print(f"refused {n:6d}  {reason}")
    print_refused(out, refused)
    out.print(
        f"next: tipoff player NAME {view['date']} · tipoff explain NAME {view['date']} --market M",
        highlight=False,
    )


def _show_at(out: Any, view: dict[str, Any]) -> None:
    later = view["superseded"]
    after = f"superseded {later['committed_at']}: {later['reason']}" if later else "still shown"
    text = f"as published at {view['at']}: committed {view['committed_at']}, {after}"
    out.print(text, highlight=False, markup=False)


def print_refused(out: Any, refused: list[dict[str, Any]]) -> None:
    """Refused players, one line each."""
    for row in refused:
        text = f"  {row['player'][:25]:<26} {row['team'] or '?':<4} {row['reason']:<18}"
        out.print(f"{text} {row['detail'] or ''}", highlight=False)


def header(out: Any, view: dict[str, Any]) -> None:
    """The labels that travel with every slate: simulated, backfill, stale, counts."""
    labels = [name.upper() for name in ("simulated", "backfill", "stale") if view[name]]
    out.headline(view["date"], f"  as of {view['as_of']}  {' '.join(labels)}")
    say_stale(out, view)
    for text in view["other_build"]:
        out.print(f"made by {text}", highlight=False, markup=False)
    out.print(
        f"{view['games']} games, {view['expected']} expected = {view['predicted']} predicted"
        f" + {sum(view['refused'].values())} refused   publication {view['publication_id']}"
    )


def say_stale(out: Any, view: dict[str, Any]) -> None:
    """Why a set is stale and what to do about it; nothing when it is not."""
    for cause in view["stale_because"]:
        out.print(f"stale: {cause['text']}", highlight=False)
    if view["stale"]:
        out.print(f"next: tipoff run {view['date']}", highlight=False)


def table(rows: list[dict[str, Any]], strongest: int | None, width: int) -> str:
    """Predictions as text, one block per market and model, strongest edge first.

    `strongest`: show at most that many of a block, and of players with a line only.
    """
    blocks: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for row in rows:
        blocks.setdefault((row["market"], row["model"], row["role"]), []).append(row)
    lines = []
    for (market, model, role), found in blocks.items():
        ordered = sorted(found, key=lambda p: (p["line"] is None, -abs(p["edge"] or 0.0)))
        lined = [p for p in ordered if p["line"] is not None]
        shown = ordered if strongest is None else lined[:strongest]
        if shown:
            lines += ["", f"{market} by {model} ({role})"]
            lines += sheet("player", lambda p: str(p["player"]), shown, width)
        if len(shown) < len(found):
            without = len(found) - len(lined)
            more = f"{len(lined) - len(shown)} more with a line, {without} without one"
            lines.append(f"  {market} by {model}: {more} (--all)")
    return "\n".join(lines)


def sheet(
    head: str, label: Callable[[Any], str], rows: list[dict[str, Any]], width: int
) -> list[str]:
    """Predictions as the lines of a table whose first column is `label`."""
    columns = (
        Column(head, label, least=18, right=False),
        Column("game", lambda p: f"{p['team']}-{p['opponent']}", right=False),
        Column("line", lambda p: number(p["line"], 1)),
        Column("median", lambda p: number(p["median"], 1)),
        Column("80%", lambda p: f"{p['p10']:.0f}-{p['p90']:.0f}", drop=2),
        Column("P(over)", lambda p: number(p["p_over"], 2)),
        Column("edge", lambda p: number(p["edge"], 1, "+"), drop=1),
        Column("EV", lambda p: number(p["ev"], 2, "+")),
        Column("pick", _pick, right=False),
        Column("id", lambda p: p["prediction_id"][:13], drop=3, right=False),
    )
    return fitted(columns, rows, width)


def _pick(p: dict[str, Any]) -> str:
    """The recommendation; a tier below gold is said."""
    return str(p["recommendation"]) + ("" if p["tier"] == "gold" else f" {p['tier']}")


def number(value: float | None, digits: int, sign: str = "") -> str:
    """A number for a table, or a dash where there is none."""
    return "-" if value is None else f"{value:{sign}.{digits}f}"
