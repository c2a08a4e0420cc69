"""The whole loop on a simulated league, in under a minute."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from tipoff import clock
from tipoff.app.arguments import checked
from tipoff.app.base import Place, Progress, silent

if TYPE_CHECKING:
    import datetime as dt

    from tipoff.lake import Lake
    from tipoff.results.demo import Demo

SEED, SEASONS, TEAMS, GAMES, SLATES = 7, 2, 12, 40, 4


@checked
def demo(folder: Place = "demo", *, progress: Progress = silent) -> Demo:
    """Simulate a league, import it, train, forecast and grade its last slates.

    The league and its lake go to `folder`, in place of an earlier demo there. Raises UsageError
    for a folder that holds something else.
    """
    from tipoff.lake import Lake
    from tipoff.results.demo import Demo
    from tipoff.sources import import_folder
    from tipoff.sources.simulator import simulate

    started = clock.now()
    folder = Path(folder)
    league, location = folder / "league", folder / "lake"
    if (league / "league.json").exists():
        shutil.rmtree(folder)
    simulate(league, seed=SEED, seasons=SEASONS, teams=TEAMS, games=GAMES, progress=progress)
    with Lake.open(location, create=True) as lake:
        import_folder(lake, league, progress=progress)
        days = _days(lake)
        grades = _forecast(lake, days[0], days[1:], progress)
    seconds = (clock.now() - started).total_seconds()
    return Demo(
        lake=str(location), date=days[-1], slates=len(days) - 1, grades=grades, seconds=seconds
    )


def _forecast(lake: Lake, through: dt.date, days: list[dt.date], progress: Progress) -> int:
    """Train through a date, then publish and grade slates; the number of grades stored."""
    from tipoff.forecast import reconcile
    from tipoff.grading import grade
    from tipoff.models import train

    train(lake, "catboost_v9", through, progress)
    grades = 0
    for day in days:
        reconcile(lake, day, say=progress)
        grades += grade(lake, day, progress).new
    return grades


def _days(lake: Lake) -> list[dt.date]:
    """The training cut-off and the slates after it: the last dates of the simulated season."""
    sql = """SELECT DISTINCT game_date FROM league.player_game WHERE season_type = 'regular'
             ORDER BY game_date DESC LIMIT $n"""
    with lake.reading() as r:
        newest = [day for (day,) in r.rows(sql, {"n": SLATES + 1})]
    return newest[::-1]
