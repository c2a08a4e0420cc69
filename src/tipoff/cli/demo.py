"""tipoff demo: the whole loop on a simulated league, in under a minute."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tipoff.cli.common import console, progress

SEED, TEAMS, GAMES, SLATES = 7, 12, 40, 4


def demo(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Option(help="Where to put the league and its lake.")] = Path(
        "demo"
    ),
) -> None:
    """Simulate a league, import it, train, publish a slate, grade it, show the scoreboard."""
    import shutil

    from tipoff import clock

    out, league, lake = console(), folder / "league", folder / "lake"
    started = clock.now()
    if (league / "league.json").exists():
        shutil.rmtree(folder)
    day, grades = _play(league, lake)
    ctx.obj = {"lake": str(lake)}
    _show(ctx, day)
    out.print(
        f"\nThat was a SIMULATED league, in {(clock.now() - started).total_seconds():.0f} s. "
        f"{grades} grades stored.\nNext, each on the same lake:", highlight=False
    )  # fmt: skip
    for line in (f"slate {day} --refusals", f"slate {day} --json", f"reproduce {day}", "doctor",
                 f"regenerate {day} --reason 'to see it supersede'", "models list"):  # fmt: skip
        out.print(f"  tipoff --lake {lake} {line}", highlight=False)
    out.print("On real data: tipoff import DIR, then the same commands (docs/import.md).")


def _play(league: Path, folder: Path) -> tuple[str, int]:
    from tipoff.forecast import reconcile
    from tipoff.grading import grade
    from tipoff.lake import Lake
    from tipoff.models import train
    from tipoff.sources import import_folder
    from tipoff.sources.simulator import simulate

    with progress(False) as say:
        simulate(league, seed=SEED, seasons=2, teams=TEAMS, games=GAMES, progress=say)
        with Lake.open(folder, create=True) as lake:
            import_folder(lake, league, progress=say)
            days = _days(lake)
            train(lake, "catboost_v9", days[0], say)
            graded = 0
            for day in days[1:]:
                reconcile(lake, day, say=say)
                graded += grade(lake, day, say).new
    return days[-1].isoformat(), graded


def _days(lake: Any) -> list[Any]:
    """The training cut-off and the slates after it: the last dates of the simulated season."""
    sql = """SELECT DISTINCT game_date FROM league.player_game WHERE season_type = 'regular'
             ORDER BY game_date DESC LIMIT $n"""
    with lake.reading() as r:
        newest = [day for (day,) in r.rows(sql, {"n": SLATES + 1})]
    return newest[::-1]


def _show(ctx: typer.Context, day: str) -> None:
    from datetime import date

    from tipoff.cli.common import open_lake
    from tipoff.cli.scoreboard import scoreboard
    from tipoff.cli.slate import print_refused, slate
    from tipoff.forecast import find_publication, refused_players

    slate(ctx, day, market=["points"])
    with open_lake(ctx) as lake, lake.reading() as r:
        refused = refused_players(r, find_publication(r, date.fromisoformat(day)).run_id)
    ruled_out = [row for row in refused if row["reason"] != "no_line"]
    console().print(f"\n{len(ruled_out)} players were refused outright:")
    print_refused(console(), ruled_out)
    scoreboard(ctx, market=["points"], record="backfill")
