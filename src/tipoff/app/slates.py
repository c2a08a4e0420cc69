"""Questions about published slates."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from tipoff import clock
from tipoff.app.base import At, Day, Part, Progress, day_of, moment_on, silent
from tipoff.errors import UsageError
from tipoff.markets import Markets

if TYPE_CHECKING:
    from tipoff.results.breakouts import Breakouts
    from tipoff.results.diff import Diff
    from tipoff.results.explanation import Explanation
    from tipoff.results.impact import Impact
    from tipoff.results.slate import Slate
    from tipoff.results.why import Why
    from tipoff.results.work import Reproduction


class Slates(Part):
    """What was forecast, of whom, and why so."""

    def slate(
        self,
        date: Day = "today",
        *,
        markets: Markets = None,
        model: str | None = None,
        all_models: bool = False,
        pmf: bool = False,
        refusals: bool = False,
        at: At | None = None,
    ) -> Slate:
        """The published slate of a league date: the champions' predictions.

        `markets`: only these. `model`: this model's predictions instead; `all_models`: everybody's.
        `pmf`: with each whole distribution. `refusals`: with who was refused and why. `at`: as
        published then (HH:MM is US Eastern on that date). Raises NotFound when nothing is
        published, UsageError for an unknown market or model.
        """
        from tipoff.forecast import (
            markets_without_champion,
            refused_players,
            slate_at,
            slate_view,
        )

        day = day_of(date)
        role = None if model or all_models else "champion"
        with self._lake.reading() as r:
            if at is None:
                view = slate_view(r, day, market=markets, model=model, role=role, pmf=pmf)
            else:
                moment = moment_on(at, day)
                view = slate_at(r, day, moment, market=markets, model=model, role=role, pmf=pmf)
            return view.model_copy(
                update={
                    "without_champion": markets_without_champion(r, view.run_id, markets)
                    if role
                    else (),
                    "refusals": refused_players(r, view.run_id) if refusals else None,
                }
            )

    def player(self, name: str, date: Day = "today") -> Slate:
        """What is published on a player: every model's prediction in every market, and refusals.

        Raises NotFound when nothing is published or they were not expected on that date.
        """
        from tipoff.forecast import player_view, with_p_plays

        with self._lake.reading() as r:
            return with_p_plays(self._lake, r, player_view(r, name, day_of(date)))

    def why(self, player: str, date: Day = "today") -> Why:
        """Why there is no prediction for a player, or what there is, step by step.

        `player`: a name or part of it. `lines` are the rows of the date on them: known when, used
        or not. Raises NotFound for a name nobody has or several have, UsageError.
        """
        from tipoff.forecast.why import why

        with self._lake.reading() as r:
            return why(r, player, day_of(date), clock.now())

    def explain(
        self, what: str, date: Day = "today", *, market: str = "points", model: str | None = None
    ) -> Explanation:
        """Why this number: features, sources, contributions, lines, model and code version.

        `what`: a prediction's id or the beginning of it; or a player, of whom the prediction of
        `model` (by default the champion's) in `market` on `date` is meant. Raises NotFound,
        UsageError as `player`.
        """
        from tipoff.forecast import (
            explain,
            find_prediction,
            is_prediction_id,
            player_prediction,
        )

        with self._lake.reading() as r:
            known = is_prediction_id(what)
            name = what if known else player_prediction(r, what, day_of(date), market, model)
            return explain(self._lake, r, *find_prediction(r, name))

    def reproduce(self, what: Day, *, progress: Progress = silent) -> Reproduction:
        """Make published predictions again from stored inputs, and compare bit for bit.

        `what`: a prediction's or run's id, the beginning of a prediction's, or a slate's date.
        Raises NotFound when there is nothing to check, UsageError.
        """
        from tipoff.forecast import find_prediction, find_publication, reproduce

        name, day, prediction = str(what), _day_meant(what), None
        with self._lake.reading() as r:
            if day:
                name = find_publication(r, day).run_id
            elif not name.startswith("run_"):
                name, prediction = find_prediction(r, name)
        return reproduce(self._lake, name, prediction, progress)

    def diff(self, run_a: str | int, run_b: str | int, date: Day = "today") -> Diff:
        """What changed between two published sets of a slate, and why.

        `run_a`, `run_b`: a run's id, the beginning of it, or a publication's number; `run_b` is
        the later one. Raises NotFound for what is no run of the slate, UsageError for several.
        """
        from tipoff.forecast.diff import diff_runs

        with self._lake.reading() as r:
            return diff_runs(r, day_of(date), str(run_a), str(run_b))

    def impact(self, row: str, *, superseded: bool = False) -> Impact:
        """Which published predictions a source row reaches, by line, feature or plan.

        `row`: its fact_id or the beginning of it. `superseded`: also sets no longer shown. Raises
        NotFound for an id of no row, or of several.
        """
        from tipoff.forecast.impact import impact

        with self._lake.reading() as r:
            return impact(r, row, superseded=superseded)

    def breakouts(self, date: Day = "today") -> Breakouts:
        """The chance that a role player scores 1.75 times their season mean. A shadow.

        It reads the snapshot of the published slate. Raises NotFound without a slate, or without a
        classifier trained before the date.
        """
        from tipoff.forecast import breakouts

        return breakouts(self._lake, day_of(date))


def _day_meant(what: Day) -> dt.date | None:
    """The date, None for what is no date and so an id. Raises UsageError for a wrong date."""
    try:
        return day_of(what)
    except UsageError:
        if str(what)[:1].isdigit():
            raise
        return None
