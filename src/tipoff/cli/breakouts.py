"""tipoff breakouts DATE: the shadow classifier on the snapshot of a published slate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from tipoff.cli.common import TODAY, Date, JsonFlag, answer, console, opened

if TYPE_CHECKING:
    from tipoff.results.breakouts import Breakouts


def breakouts(ctx: typer.Context, date: Date = TODAY, as_json: JsonFlag = False) -> None:
    """Show who may score 1.75 times their season mean (a shadow).

    It reads the snapshot of the published slate after the fact: whatever it does, the slate
    stays. Exit codes: 0 shown, 1 no slate or no classifier trained before the date, 2 usage.
    """
    with opened(ctx) as t:
        result = t.breakouts(date)
    answer(result, as_json, lambda: _show(result))


def _show(result: Breakouts) -> None:
    out = console()
    label = "  SIMULATED" if result.simulated else ""
    out.headline(str(result.date), f"{label}  SHADOW: part of no pick and no slate")
    out.print(f"{'player':<28}{'game':<9}{'season':>7}{'needs':>7}{'P(breakout)':>13}{'score':>7}")
    for row in result.players:
        score = "-" if row.breakout_risk_score is None else f"{row.breakout_risk_score:.0f}"
        out.print(
            f"{row.player[:27]:<28}{row.team + '-' + row.opponent:<9}"
            f"{row.points_avg_season:>7.1f}{row.points_needed:>7.1f}"
            f"{row.p_breakout:>13.3f}{score:>7}",
            highlight=False,
        )
    out.print(
        f"{len(result.players)} role players (8 to 16 points a game) by {result.model_id},"
        f" trained through {result.trained_through}\nnext: tipoff player NAME {result.date}",
        highlight=False,
    )
