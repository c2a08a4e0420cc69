"""Tipoff: one method per question or command, the only thing a surface calls."""

from __future__ import annotations

from pathlib import Path

from tipoff.app.backtests import Backtests
from tipoff.app.data import Data
from tipoff.app.grading import Grading
from tipoff.app.groups import Alerts, LakeFolder, Models
from tipoff.app.slates import Slates
from tipoff.errors import TipoffError


class Tipoff(Slates, Data, Backtests, Grading):
    """A lake and everything that can be asked of it or done with it. See `open_lake`."""

    @property
    def models(self) -> Models:
        """Model versions and their roles: list, show, promote, review, retire."""
        return Models(self._lake)

    @property
    def lake(self) -> LakeFolder:
        """The lake's folder: check, clean, compact."""
        return LakeFolder(self._lake)

    @property
    def alerts(self) -> Alerts:
        """Alerts: check, test, list."""
        return Alerts(self._lake)


def translated(error: BaseException) -> TipoffError | None:
    """tipoff's own error for one of the disk or of DuckDB; None for any other, which is a bug."""
    from tipoff.lake import told

    return told(error)


def open_lake(location: str | Path | None = None, *, create: bool = False) -> Tipoff:
    """Open a lake by its folder; by default that of the settings (TIPOFF_LAKE, ./tipoff-lake).

    `create`: make it when there is none. Raises NotFound when there is no lake, LakeUnavailable,
    LakeDamaged, UsageError.
    """
    from tipoff.lake import Lake
    from tipoff.settings import settings

    # Read even where a location is given: a wrong setting, such as an alert with nowhere to go, is
    # an error of every command, not a surprise of the night it would have fired.
    known = settings()
    return Tipoff(Lake.open(location or known.lake, create=create))
