"""What was published at a moment: the newest pointer committed by then."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from tipoff.clock import iso
from tipoff.errors import NotFound
from tipoff.forecast.publish import Publication
from tipoff.forecast.view import view_of
from tipoff.markets import Markets
from tipoff.results.slate import Slate, SupersededBy

if TYPE_CHECKING:
    from tipoff.lake import Reader

_ALL = """
  SELECT publication_id, slate, seq, parent, run_id, kind, reason, committed_at
  FROM forecast.publication WHERE slate = $day ORDER BY seq"""


def slate_at(
    r: Reader, day: date, moment: datetime, *, market: Markets = None,
    model: str | None = None, role: str | None = None, pmf: bool = False,
) -> Slate:  # fmt: skip
    """The set a reader saw at `moment`, in the form of `slate_view`, with `at` and `superseded`.

    Raises NotFound when nothing was published by then.
    """
    published = [Publication(*row) for row in r.rows(_ALL, {"day": day})]
    seen = [p for p in published if p.committed_at <= moment]
    if not seen:
        first = (
            f"the first set came at {iso(published[0].committed_at)}"
            if published
            else ("nothing has been published since either")
        )
        step = f"tipoff runs {day}" if published else f"tipoff run {day}"
        raise NotFound(f"nothing was published for {day} at {iso(moment)}; {first}", step)
    shown, later = seen[-1], published[len(seen) :]
    view = view_of(r, shown, market=market, model=model, role=role, pmf=pmf, at=moment)
    after = later[0] if later else None
    superseded = after and SupersededBy(
        publication_id=after.publication_id, committed_at=after.committed_at, reason=after.reason
    )
    # A copy is not validated, and answers hold moments in UTC.
    return view.model_copy(update={"at": moment.astimezone(UTC), "superseded": superseded})
