"""tipoff player NAME: everything published on a player for a date, or why there is nothing."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tipoff.cli.common import JsonFlag, console, emit, open_lake
from tipoff.cli.slate import header, table


def player(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Name or part of it; accents do not matter.")],
    date: Annotated[str | None, typer.Option(help="Slate; default the newest published.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show every market and model of a player on a slate, and every refusal with its reason."""
    from tipoff import clock
    from tipoff.forecast import player_view

    day = clock.parse_date(date) if date else None
    with open_lake(ctx) as lake, lake.reading() as r:
        view = player_view(r, name, day)
    emit(view, as_json, lambda: _show(view))


def _show(view: dict[str, Any]) -> None:
    out = console()
    header(out, view)
    if view["predictions"]:
        out.print(table(view["predictions"]))
    for row in view["refusals"]:
        markets = ", ".join(row["markets"])
        out.print(f"{row['player']} refused ({row['reason']}): {row['detail']}  [{markets}]")
    out.print("next: tipoff explain ID", highlight=False)
