"""What was published at a moment: the newest pointer committed by then."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from tipoff.errors import NotFound
from tipoff.forecast.publish import Publication
from tipoff.forecast.view import iso, view_of
from tipoff.markets import Markets

if TYPE_CHECKING:
    from tipoff.lake import Reader

_ALL = """
  SELECT publication_id, slate, seq, parent, run_id, kind, reason, committed_at
  FROM forecast.publication WHERE slate = $day ORDER BY seq"""


def slate_at(
    r: Reader, day: date, moment: datetime, *, market: Markets = None,
    model: str | None = None, role: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The set a reader saw at `moment`, in the form of `slate_view`.

    Adds `at`, and `superseded` (publication_id, committed_at and reason of what replaced it; None
    when it is still shown). Raises NotFound when nothing was published by then.
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
    view = view_of(r, shown, market=market, model=model, role=role, at=moment)
    after = later[0] if later else None
    told = {"publication_id": after.publication_id, "committed_at": iso(after.committed_at),
            "reason": after.reason} if after else None  # fmt: skip
    return view | {"at": iso(moment), "committed_at": iso(shown.committed_at), "superseded": told}
