"""What builds and publishes slates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, overload

from tipoff.app.base import (
    At,
    Day,
    Part,
    Progress,
    day_of,
    markets_of,
    model_names,
    moment_of,
    silent,
)
from tipoff.markets import Markets

if TYPE_CHECKING:
    from tipoff.app.base import Models
    from tipoff.results.diff import DryRun
    from tipoff.results.work import RunReport


class Work(Part):
    """Forecast a slate, or forecast it again."""

    def run(
        self,
        date: Day = "today",
        *,
        markets: Markets = None,
        models: Models | None = None,
        as_of: At | None = None,
        mode: str | None = None,
        progress: Progress = silent,
    ) -> RunReport:
        """Forecast a slate and publish it; says so when there is nothing to do.

        `markets`, `models`: only these; they add to what is published, never narrow it. `as_of`:
        moment to be true of, by default one second before the first tip-off, or now when that is
        still to come. `mode`: quality gate (first, retry, final_retry, last_call, backfill). Raises
        NotFound without games, UsageError, PublicationConflict when another process was faster.
        """
        from tipoff.forecast import reconcile

        return reconcile(
            self._lake, day_of(date), as_of=moment_of(as_of), markets=markets_of(markets),
            models=model_names(models) or None, mode=mode, say=progress,
        )  # fmt: skip

    @overload
    def regenerate(
        self, date: Day, *, reason: str, as_of: At | None = None, mode: str | None = None,
        dry_run: Literal[False] = False, progress: Progress = silent,
    ) -> RunReport: ...  # fmt: skip

    @overload
    def regenerate(
        self, date: Day, *, reason: str, as_of: At | None = None, mode: str | None = None,
        dry_run: Literal[True], progress: Progress = silent,
    ) -> DryRun: ...  # fmt: skip

    def regenerate(
        self, date: Day, *, reason: str, as_of: At | None = None, mode: str | None = None,
        dry_run: bool = False, progress: Progress = silent,
    ) -> RunReport | DryRun:  # fmt: skip
        """Build a slate again and supersede what is published, in one pointer move.

        `reason`: one line, stored with the publication. `dry_run`: publish nothing; what is
        published compared with what would be. `as_of`, `mode` and errors as `run`; a dry run
        raises NotFound also while the month's baselines are not fitted yet.
        """
        from tipoff.forecast import reconcile
        from tipoff.forecast.dry_run import dry_run as compared

        day, moment = day_of(date), moment_of(as_of)
        if dry_run:
            return compared(self._lake, day, as_of=moment, mode=mode, say=progress)
        return reconcile(self._lake, day, as_of=moment, mode=mode, reason=reason, say=progress)
