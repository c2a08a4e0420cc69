"""tipoff simulate DIR: a simulated league in the layout that `tipoff import` takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tipoff.cli.common import JsonFlag, answer, console, progress

if TYPE_CHECKING:
    from tipoff.results.data import SimulationReport


def simulate(
    directory: Annotated[Path, typer.Argument(help="Folder to write: new, empty or simulated.")],
    seed: Annotated[int, typer.Option(help="Same seed and options, same league.")] = 1,
    seasons: Annotated[int, typer.Option(help="How many seasons, 1 to 20.")] = 1,
    teams: Annotated[int, typer.Option(help="How many teams, even, 4 to 30.")] = 30,
    games: Annotated[int, typer.Option(help="Games per team and season, 4 to 82.")] = 82,
    start_season: Annotated[int, typer.Option(help="First season: 2023 is 2023-24.")] = 2023,
    as_json: JsonFlag = False,
) -> None:
    """Write a simulated league: invented players, known truth.

    The true distribution of every stat is written beside the facts.
    """
    from tipoff.app import Tipoff

    with progress(as_json) as say:
        report = Tipoff.simulate(
            directory,
            seed=seed,
            seasons=seasons,
            teams=teams,
            games=games,
            start_season=start_season,
            progress=say,
        )
    answer(report, as_json, lambda: _show(report))


def _show(report: SimulationReport) -> None:
    out = console()
    out.headline(
        "SIMULATED",
        f" league in {report.folder}: {', '.join(report.seasons)}, "
        f"{report.teams} teams, seed {report.seed}. Nobody in it is real.",
    )
    for name, rows in report.rows.items():
        out.print(f"{rows:10,d}  {name}.parquet", highlight=False)
    out.print(f"next: tipoff --lake L import {report.folder}", highlight=False)
