"""What regenerating would change: the set built as now, compared, and not published."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING

from tipoff import clock
from tipoff.errors import NotFound
from tipoff.forecast.build import build_set, wanted_set
from tipoff.forecast.diff import compare
from tipoff.forecast.prediction_set import HEAD, PREDICTION, REFUSAL, PredictionSet, stored_set
from tipoff.forecast.publish import current_publication
from tipoff.forecast.slate import find_slate
from tipoff.models import missing_baselines
from tipoff.results.diff import DryRun
from tipoff.settings import settings

if TYPE_CHECKING:
    from tipoff.forecast.publish import RunSet
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
        built = _as_built(build_set(lake, r, slate, wanted, say))
        before = stored_set(r, current.run_id) if current else _no_set(built)
        diff = compare(r, day, before, built)
    counts = {name: built.head[name] for name in ("expected", "predicted", "refused")}
    same = current is not None and diff.run_a == diff.run_b
    return DryRun(same=same, **counts, **dict(diff))


def _as_built(built: RunSet) -> PredictionSet:
    """A set that was built and not published."""
    head = {name: built.run[name] for name in HEAD}
    return PredictionSet(
        head, built.predictions.select(PREDICTION), built.refusals.select(REFUSAL), built.snapshot
    )


def _no_set(like: PredictionSet) -> PredictionSet:
    """What is published before a first publication: nothing, in the columns of another set."""
    return PredictionSet({}, like.predictions.clear(), like.refusals.clear(), None)
