"""Tipoff: one method per question or command, the only thing a surface calls."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

from tipoff.app.arguments import checked
from tipoff.app.backtests import Backtests
from tipoff.app.base import Objects, Place
from tipoff.app.bets import BetsPart
from tipoff.app.data import Data
from tipoff.app.grading import Grading
from tipoff.app.groups import Alerts, LakeFolder, Models
from tipoff.app.runs import Runs
from tipoff.app.slates import Slates
from tipoff.app.work import Work
from tipoff.errors import TipoffError, UsageError


class Tipoff(Slates, BetsPart, Work, Data, Backtests, Grading):
    """A lake and everything that can be asked of it or done with it. See `open_lake`."""

    @property
    def runs(self) -> Runs:
        """What was published, and what each run was made from: list, show."""
        return Runs(self._lake)

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
    from tipoff.lake import translate_error

    return translate_error(error)


@checked
def open_lake(
    location: Place | None = None,
    *,
    create: bool = False,
    plugins: Objects = (),
    config: Place | None = None,
) -> Tipoff:
    """Open a lake by its folder; by default that of the settings (TIPOFF_LAKE, ./tipoff-lake).

    `create`: make it when there is none. `plugins`: models, features and sources of one's own, as
    objects; those that are installed or listed in a tipoff.toml beside a lake that was named (or in
    `config`) are known by themselves. One of these that cannot be loaded is a warning; what needs
    it is refused. Raises NotFound when there is no lake, LakeUnavailable, LakeDamaged, UsageError
    naming the setting or object that is wrong.
    """
    for error in know_plugins(location, plugins=plugins, config=config, create=create):
        warnings.warn(error.message, stacklevel=2)
    return open_known(location, create=create)


def open_known(location: str | Path | None = None, *, create: bool = False) -> Tipoff:
    """Open a lake whose plug-ins are known already, as `open_lake` does."""
    from tipoff.lake import Lake
    from tipoff.settings import settings

    # Read even where a location is given: a wrong setting, such as an alert with nowhere to go, is
    # an error of every command, not a surprise of the night it would have fired.
    known = settings()
    return Tipoff(Lake.open(location or known.lake, create=create))


def know_plugins(
    location: str | Path | None = None,
    *,
    plugins: Sequence[object] = (),
    config: str | Path | None = None,
    create: bool = False,
) -> tuple[UsageError, ...]:
    """Make the plug-ins of a lake known to this process, as opening it does: of each that cannot be
    loaded, why. Raises UsageError."""
    from tipoff.plugins import load_plugins
    from tipoff.settings import named_lake, settings

    settings()  # what is wrong with them is said first
    return load_plugins(location or named_lake(), plugins, config, create=create)
