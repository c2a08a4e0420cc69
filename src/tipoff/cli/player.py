"""tipoff player PLAYER [DATE]: everything published on a player, or why there is nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tipoff.cli.common import TODAY, Date, JsonFlag, PlayerName, answer, console, opened
from tipoff.cli.slate import header, sheet

if TYPE_CHECKING:
    from tipoff.results.slate import Slate


def player(
    ctx: typer.Context,
    player: PlayerName,
    date: Date = TODAY,
    every: Annotated[bool, typer.Option("--all", help="Every model, not only champions.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Show the champions' forecasts of a player (--all: every model's), and every refusal."""
    with opened(ctx) as t:
        view = t.player(player, date)
    answer(view, as_json, lambda: _show(view, every))


def _show(view: Slate, every: bool) -> None:
    out = console()
    header(out, view)
    names = sorted({p.player for p in view.predictions})
    for name in names:
        rows = [p for p in view.predictions
                if p.player == name and (every or p.role == "champion")]  # fmt: skip
        lines = sheet(name, lambda p: f"{p.market} {p.model}", rows, out.width)
        out.print("\n".join(["", *lines]), highlight=False)
        chance = next((p.p_plays for p in rows if p.p_plays is not None), None)
        if chance is not None:
            out.print(f"P(plays) {chance:.3f}; every number above is given that they play")
    for row in view.refusals or ():
        what = f"{', '.join(row.markets)} by {', '.join(row.models)}"
        out.print(f"{row.player} refused ({row.reason}): {row.detail}  [{what}]",
                  highlight=False)  # fmt: skip
    out.print(f"next: tipoff explain NAME {view.date} --market M", highlight=False)
