"""reconcile(slate): compare what should be published with what is, and build what is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from tipoff import clock
from tipoff.forecast.publish import Publication, RunSet, current_publication, publish
from tipoff.forecast.staleness import holds, record_verified
from tipoff.forecast.view import publication_is_backfill, refusal_counts
from tipoff.hashing import code_version
from tipoff.settings import settings

if TYPE_CHECKING:
    from tipoff.lake import Lake, Reader

Say = Callable[[str], None]


@dataclass(frozen=True)
class RunReport:
    """What a run did. Counts are triples of player, market and model."""

    day: date
    nothing_to_do: bool
    publication_id: str
    run_id: str
    seq: int
    kind: str
    as_of: datetime
    games: int
    expected: int
    predicted: int
    refused: int
    simulated: bool
    backfill: bool
    refusals: dict[str, int]
    refused_models: dict[str, list[str]] = field(default_factory=dict)


def reconcile(
    lake: Lake,
    day: date,
    *,
    as_of: datetime | None = None,
    markets: Sequence[str] | None = None,
    models: Sequence[str] | None = None,
    mode: str | None = None,
    reason: str | None = None,
    say: Say = lambda _text: None,
) -> RunReport:
    """Publish the slate of `day` unless what is published is already what should be.

    `markets` and `models` add to what is published, they never narrow it. A `reason` asks for
    a new publication even when nothing changed (regenerate). Raises NotFound when there are no
    games, UsageError for an unknown market, model or mode, PublicationConflict when another
    process published meanwhile.
    """
    say(f"{day}: reading the slate")
    with lake.reading() as r:
        current = current_publication(r, day)
        if current and not reason and mode is None:
            asked = (as_of, markets, models, settings().scoring_json())
            if holds(r, current, clock.now(), code_version(), *asked):
                return _report(r, current, nothing_to_do=True)
    # What scores is imported only now: looking whether anything is to do must stay instant.
    from tipoff.forecast.build import build_set, wanted_set
    from tipoff.forecast.slate import find_slate
    from tipoff.models import ensure_baselines

    with lake.reading() as r:
        find_slate(r, day, now=clock.now(), as_of=as_of)
    ensure_baselines(lake, day, say)
    with lake.reading() as r:
        slate = find_slate(r, day, now=clock.now(), as_of=as_of)
        current = current_publication(r, day)
        wanted = wanted_set(r, slate, current, markets, models, mode, settings())
        made = build_set(lake, r, slate, wanted, say)
    if current and not reason and made.run["run_id"] == current.run_id:
        record_verified(lake, current, slate.seq, slate.as_of, code_version())
        with lake.reading() as r:
            return _report(r, current, nothing_to_do=True)
    say(f"{day}: publishing {made.predictions.height} predictions")
    kind, why = _kind(lake, current, made, reason)
    done = publish(lake, made, parent=current, kind=kind, reason=why)
    with lake.reading() as r:
        return _report(r, done, nothing_to_do=False, refused_models=wanted.refused)


def _kind(
    lake: Lake, current: Publication | None, made: RunSet, reason: str | None
) -> tuple[str, str]:
    if current is None:
        return "first", reason or "first set of this slate"
    if reason:
        return "regenerate", reason
    gone = _models_gone(lake, current, made)
    if gone:
        return "withdraw", f"withdrawn: {', '.join(gone)}"
    return "supersede", "facts, models or settings changed"


def _models_gone(lake: Lake, current: Publication, made: RunSet) -> list[str]:
    sql = "SELECT DISTINCT model FROM forecast.prediction WHERE run_id = $run"
    with lake.reading() as r:
        before = {name for (name,) in r.rows(sql, {"run": current.run_id})}
    return sorted(before - set(made.predictions["model"].unique().to_list()))


def _report(
    r: Reader,
    publication: Publication,
    *,
    nothing_to_do: bool,
    refused_models: dict[str, list[str]] | None = None,
) -> RunReport:
    names = ("as_of", "games", "expected", "predicted", "refused", "simulated")
    sql = f"SELECT {', '.join(names)} FROM forecast.run WHERE run_id = $run"
    row: dict[str, Any] = dict(zip(names, r.rows(sql, {"run": publication.run_id})[0], strict=True))
    return RunReport(
        day=publication.slate,
        nothing_to_do=nothing_to_do,
        publication_id=publication.publication_id,
        run_id=publication.run_id,
        seq=publication.seq,
        kind=publication.kind,
        backfill=publication_is_backfill(r, publication),
        refusals=refusal_counts(r, publication.run_id),
        refused_models=refused_models or {},
        **row,
    )
