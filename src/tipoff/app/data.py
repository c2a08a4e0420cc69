"""What fills a lake: a simulated league, a folder of facts, trained models."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tipoff.app.base import Day, Part, Place, Places, Progress, day_of, model_name, silent

if TYPE_CHECKING:
    from tipoff.models.plugin.protocol import Model
    from tipoff.results.data import ImportReport, SimulationReport, TrainReport


class Data(Part):
    """Simulate, import, train."""

    @staticmethod
    def simulate(
        folder: Place,
        *,
        seed: int = 1,
        seasons: int = 1,
        teams: int = 30,
        games: int = 82,
        start_season: int = 2023,
        progress: Progress = silent,
    ) -> SimulationReport:
        """Write a simulated league, in the layout that `import_folder` takes; needs no lake.

        `games` per team and season; `start_season` 2023 is 2023-24. Same arguments, same league.
        Raises UsageError for an argument out of range or a folder that holds anything else.
        """
        from tipoff.sources.simulator import simulate

        return simulate(
            Path(folder), seed=seed, seasons=seasons, teams=teams, games=games,
            start_season=start_season, progress=progress,
        )  # fmt: skip

    @staticmethod
    def check_folder(folder: Place) -> None:
        """Raise SourceError unless a folder can be imported; asked before a lake is made for it."""
        from tipoff.sources import read_folder

        read_folder(Path(folder))

    def import_folder(self, folder: Place, *, progress: Progress = silent) -> ImportReport:
        """Import a folder of box scores, schedules, lines and injuries; again adds nothing.

        Rows that cannot be taken are set aside with a reason. Raises SourceError when a file or
        column is missing or unreadable, UsageError when simulated and real facts would mix; then
        nothing is stored.
        """
        from tipoff.sources import import_folder

        return import_folder(self._lake, Path(folder), progress)

    def import_files(
        self, source: str, files: Places, *, progress: Progress = silent
    ) -> ImportReport:
        """Import files that a source parses: `external`, or one of your own (a plug-in).

        Raises UsageError for a source nobody added, SourceError naming file, row and field for
        what cannot be taken; then nothing is stored.
        """
        from tipoff.sources import import_files

        several = [files] if isinstance(files, str | Path) else files
        return import_files(self._lake, source, [Path(file) for file in several], progress)

    def train(
        self, model: str | Model, through: Day | None = None, *, progress: Progress = silent
    ) -> TrainReport:
        """Fit a model on what was played through a date, and store it as a new version.

        `model`: its name, or an object of your own (docs/extend.md). A monthly refit
        (NAME_YYYY_MM) has a date of its own; others need one. Raises UsageError for an unknown
        name, a wrong date or too few rows, ContractError when a feature is missing.
        """
        from datetime import timedelta

        from tipoff.errors import UsageError
        from tipoff.models import ensure_baselines, parse_model, train

        name = model_name(model)
        last = parse_model(name).through if through is None else day_of(through)
        if last is None:
            raise UsageError(f"{name} needs the last date to learn from", "pass --through DATE")
        report = train(self._lake, name, last, progress)
        # With the next day's baselines, so that the first run of a month need not fit them.
        ensure_baselines(self._lake, last + timedelta(days=1), progress)
        return report
