"""tipoff player PLAYER [DATE]: everything published on a player, or why there is nothing."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tipoff.cli.common import TODAY, Date, JsonFlag, PlayerName, console, emit, open_lake
from tipoff.cli.slate import header, sheet


def player(
    ctx: typer.Context,
    player: PlayerName,
    date: Date = TODAY,
    every: Annotated[bool, typer.Option("--all", help="Every model, not only champions.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Show every market of a player on a slate, and every refusal with its reason."""
    from tipoff import clock
    from tipoff.forecast import player_view, with_p_plays

    day = clock.parse_date(date)
    with open_lake(ctx) as lake, lake.reading() as r:
        view = with_p_plays(lake, r, player_view(r, player, day))
    emit(view, as_json, lambda: _show(view, every))


def _show(view: dict[str, Any], every: bool) -> None:
    out = console()
    header(out, view)
    names = sorted({p["player"] for p in view["predictions"]})
    for name in names:
        rows = [p for p in view["predictions"]
                if p["player"] == name and (every or p["role"] == "champion")]  # fmt: skip
        lines = sheet(name, lambda p: f"{p['market']} {p['model']}", rows, out.width)
        out.print("\n".join(["", *lines]), highlight=False)
        chance = next((p["p_plays"] for p in rows if p["p_plays"] is not None), None)
        if chance is not None:
            out.print(f"P(plays) {chance:.3f}; every number above is given that he does")
    for row in view["refusals"]:
        what = f"{', '.join(row['markets'])} by {', '.join(row['models'])}"
        out.print(f"{row['player']} refused ({row['reason']}): {row['detail']}  [{what}]",
                  highlight=False)  # fmt: skip
    out.print(f"next: tipoff explain NAME {view['date']} --market M", highlight=False)
