"""The ledger of publications, and what made a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tipoff.app.base import Day, Part, day_of

if TYPE_CHECKING:
    from tipoff.results.runs import Ledger, RunRecord


class Runs(Part):
    """What was published when, and what each run was made with."""

    def list(self, date: Day | None = None) -> Ledger:
        """Publications, oldest first, of one slate or of all. Raises UsageError."""
        from tipoff.forecast.ledger import ledger

        with self._lake.reading() as r:
            return ledger(r, None if date is None else day_of(date))

    def show(self, run: str) -> RunRecord:
        """Code, settings, gate, models, snapshot and facts of a run, and where it was published.

        `run`: the id of a run or publication, or its beginning. Raises NotFound.
        """
        from tipoff.forecast.ledger import run_record

        with self._lake.reading() as r:
            return run_record(r, run)
