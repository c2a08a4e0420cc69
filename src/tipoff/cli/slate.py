"""tipoff slate DATE: the published slate, picks first."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tipoff.cli.common import JsonFlag, console, emit, open_lake
from tipoff.cli.run import Date


def slate(
    ctx: typer.Context,
    date: Date,
    market: Annotated[str | None, typer.Option(help="Only this market.")] = None,
    model: Annotated[str | None, typer.Option(help="This model instead of the champion.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Also players without a line.")] = False,
    refusals: Annotated[bool, typer.Option(help="List who was refused and why.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Show a published slate. People see the champion of each market; --json holds every model."""
    from tipoff import clock
    from tipoff.forecast import refused_players, slate_view

    day = clock.parse_date(date)
    role = None if as_json or model else "champion"
    with open_lake(ctx) as lake, lake.reading() as r:
        view = slate_view(r, day, market=market, model=model, role=role)
        refused = refused_players(r, view["run_id"]) if refusals else []
    if refusals and as_json:
        view["refusals"] = refused
    emit(view, as_json, lambda: _show(view, every, refused))


def _show(view: dict[str, Any], every: bool, refused: list[dict[str, Any]]) -> None:
    out = console()
    header(out, view)
    rows = [p for p in view["predictions"] if every or p["line"] is not None]
    rows = rows or view["predictions"]
    out.print(table(rows))
    hidden = len(view["predictions"]) - len(rows)
    if hidden:
        out.print(f"{hidden} more without a line: --all")
    for reason, n in view["refused"].items():
        out.print(f"refused {n:6d}  {reason}")
    for row in refused:
        detail = row["detail"] or ""
        out.print(f"  {row['player']:<26} {row['team'] or '?':<4} {row['reason']:<18} {detail}")
    out.print(
        f"next: tipoff player NAME --date {view['date']} · tipoff explain ID · "
        f"tipoff grade {view['date']}",
        highlight=False,
    )


def header(out: Any, view: dict[str, Any]) -> None:
    """The labels that travel with every slate: simulated, backfill, stale, counts."""
    labels = [name.upper() for name in ("simulated", "backfill", "stale") if view[name]]
    out.print(f"[bold]{view['date']}[/bold]  as of {view['as_of']}  {' '.join(labels)}")
    if view["stale"]:
        out.print(f"facts were corrected since: tipoff run {view['date']}")
    out.print(
        f"{view['games']} games, {view['expected']} expected = {view['predicted']} predicted"
        f" + {sum(view['refused'].values())} refused   publication {view['publication_id']}"
    )


def table(rows: list[dict[str, Any]]) -> Any:
    """A Rich table of predictions, strongest edge first."""
    from rich.table import Table

    made = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("player", "team", "opp", "market", "model"):
        made.add_column(name)
    for name in ("line", "median", "80%", "P(over)", "edge", "EV"):
        made.add_column(name, justify="right")
    for name in ("pick", "tier", "id"):
        made.add_column(name)
    for p in sorted(rows, key=lambda p: -abs(p["edge"] or 0.0)):
        made.add_row(
            p["player"], p["team"], p["opponent"], p["market"], p["model"],
            number(p["line"], 1), number(p["median"], 1), f"{p['p10']:.0f}-{p['p90']:.0f}",
            number(p["p_over"], 3), number(p["edge"], 1, "+"), number(p["ev"], 3, "+"),
            p["recommendation"], p["tier"], p["prediction_id"][:13],
        )  # fmt: skip
    return made


def number(value: float | None, digits: int, sign: str = "") -> str:
    """A number for a table, or a dash where there is none."""
    return "-" if value is None else f"{value:{sign}.{digits}f}"
