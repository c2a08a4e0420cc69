"""What regenerating would change: the set built as now, compared, and not published."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING

from tipoff import clock
from tipoff.answers.diff import compare
from tipoff.answers.sets import built_set, no_set, stored_set
from tipoff.errors import NotFound
from tipoff.forecast.build import build_set, wanted_set
from tipoff.forecast.publish import current_publication
from tipoff.forecast.slate import find_slate
from tipoff.models import missing_baselines
from tipoff.results.diff import DryRun
from tipoff.settings import settings

if TYPE_CHECKING:
    from tipoff.lake import Lake

Say = Callable[[str], None]


def dry_run(
    lake: Lake, day: date, *, as_of: datetime | None = None, mode: str | None = None,
    say: Say = lambda _text: None,
) -> DryRun:  # fmt: skip
    """`compare` of what is published with what a run would publish now; nothing is stored.

    Raises NotFound without games, or while the baselines of the month are still to be fitted by a
    run.
    """
    with lake.reading() as r:
        slate = find_slate(r, day, now=clock.now(), as_of=as_of)
        if missing_baselines(r, day):
            raise NotFound(
                f"the baselines of {day:%B %Y} are not fitted yet, and a dry run stores nothing",
                f"tipoff run {day} fits them",
            )
        current = current_publication(r, day)
        wanted = wanted_set(r, slate, current, None, None, mode, settings())
        made = built_set(build_set(lake, r, slate, wanted, say))
        before = stored_set(r, current.run_id) if current else no_set(made)
        diff = compare(r, day, before, made)
    counts = {name: made.head[name] for name in ("expected", "predicted", "refused")}
    same = current is not None and diff.run_a == diff.run_b
    return DryRun(same=same, **counts, **dict(diff))
