"""tipoff demo: the whole loop on a simulated league, in under a minute."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tipoff.cli.common import console, opened, progress
from tipoff.cli.scoreboard import scoreboard
from tipoff.cli.slate import print_refused, slate


def demo(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Option(help="Where to put the league and its lake.")] = Path(
        "demo"
    ),
) -> None:
    """Simulate a league and play the whole loop on it.

    Imports it, trains a model, publishes and grades slates, shows the scoreboard.
    """
    from tipoff.app.demo import demo as play

    with progress(False) as say:
        done = play(folder, progress=say)
    ctx.obj = {"lake": done.lake}
    day = str(done.date)
    _show(ctx, day)
    out = console()
    out.print(
        f"\nThat was a SIMULATED league, in {done.seconds:.0f} s. "
        f"{done.grades} grades stored.\nNext, each on the same lake:", highlight=False
    )  # fmt: skip
    for line in (f"slate {day} --refusals", f"slate {day} --json", f"reproduce {day}", "doctor",
                 f"regenerate {day} --reason 'to see it supersede'", "models list"):  # fmt: skip
        out.print(f"  tipoff --lake {done.lake} {line}", highlight=False)
    out.print("On real data: tipoff import DIR, then the same commands (docs/import.md).")


def _show(ctx: typer.Context, day: str) -> None:
    """The points of the newest slate, whom no model could forecast, and the scoreboard."""
    slate(ctx, day, market=["points"])
    with opened(ctx) as t:
        refused = t.slate(day, refusals=True).refusals or ()
    ruled_out = [row for row in refused if row.reason != "no_line"]
    console().print(f"\n{len(ruled_out)} players were refused outright:")
    print_refused(console(), ruled_out)
    scoreboard(ctx, market=["points"], record="backfill")
