"""Grades, the record that follows from them, and whether all is well."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tipoff import clock
from tipoff.app.base import Day, Part, Progress, day_of, markets_of, silent
from tipoff.markets import Markets

if TYPE_CHECKING:
    from tipoff.results.grading import GradeReport, Scoreboard
    from tipoff.results.health import Doctor


class Grading(Part):
    """Grade, show the record, and say what is missing or off."""

    def grade(self, date: Day = "today", *, progress: Progress = silent) -> GradeReport:
        """Grade a slate by the latest box scores, and block models that have decayed.

        Grading again stores nothing new. Raises NotFound when the slate was never published.
        """
        from tipoff.grading import grade
        from tipoff.grading.decay import review
        from tipoff.results.grading import BlockedModel

        day = day_of(date)
        report = grade(self._lake, day, progress)
        progress("reviewing the models")
        blocked = tuple(
            BlockedModel(model=d.model, market=d.market, reason=d.reason)
            for d in review(self._lake, day + timedelta(days=1))
        )
        return report.model_copy(update={"blocked": blocked})

    def scoreboard(
        self,
        start: Day | None = None,
        end: Day | None = None,
        *,
        markets: Markets = None,
        model: str | None = None,
        record: str = "live",
        progress: Progress = silent,
    ) -> Scoreboard:
        """How the models did, beside the line and the EWMA on the same rows.

        `start`, `end`: slates, by default the first and the last published. `record`: `live` holds
        what was published before tip-off, `backfill` the rest. Raises NotFound when nothing was
        ever published, UsageError for a wrong argument.
        """
        from tipoff.grading import scoreboard
        from tipoff.grading.record import parse_record, published_span

        chosen, names = parse_record(record), markets_of(markets)
        with self._lake.reading() as r:
            span = published_span(r)
        first = span.start if start is None else day_of(start)
        last = span.until if end is None else day_of(end)
        return scoreboard(self._lake, first, last, names, model, chosen, progress)

    def doctor(self, date: Day | None = None) -> Doctor:
        """What should be there and is not, what is off, unresolved or taken by rule.

        Of one league date or, without one, of all; nights are then those around today.
        """
        from tipoff.monitor import CHECKS, CheckContext
        from tipoff.results.health import Doctor

        day = None if date is None else day_of(date)
        with self._lake.reading() as r:
            context = CheckContext(r, day, clock.now(), self._lake)
            checks = tuple(check(context) for check in CHECKS)
            simulated = r.simulated()
        problems = sum(check.level == "problem" for check in checks)
        return Doctor(date=day, simulated=simulated, problems=problems, checks=checks)
