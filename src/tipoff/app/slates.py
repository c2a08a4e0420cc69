"""Questions about published slates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tipoff import clock
from tipoff.app.base import At, Day, Part, day_of
from tipoff.markets import Markets

if TYPE_CHECKING:
    from tipoff.results.slate import Slate


class Slates(Part):
    """What was forecast, of whom, and why so."""

    def slate(
        self,
        date: Day = "today",
        *,
        market: Markets = None,
        model: str | None = None,
        all_models: bool = False,
        pmf: bool = False,
        refusals: bool = False,
        at: At | None = None,
    ) -> Slate:
        """The published slate of a league date: the champions' predictions.

        `market`: only these. `model`: this model's predictions instead; `all_models`: everybody's.
        `pmf`: with each whole distribution. `refusals`: with who was refused and why. `at`: as
        published then (HH:MM is US Eastern on that date). Raises NotFound when nothing is
        published, UsageError for an unknown market or model.
        """
        from tipoff.answers import markets_without_champion, slate_at
        from tipoff.forecast import refused_players, slate_view

        day = day_of(date)
        role = None if model or all_models else "champion"
        with self._lake.reading() as r:
            if at is None:
                view = slate_view(r, day, market=market, model=model, role=role, pmf=pmf)
            else:
                moment = clock.parse_time(at, day) if isinstance(at, str) else at
                view = slate_at(r, day, moment, market=market, model=model, role=role, pmf=pmf)
            return view.model_copy(
                update={
                    "without_champion": markets_without_champion(r, view.run_id, market)
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
