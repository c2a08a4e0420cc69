"""What has overtaken a published set: facts it may read, or models it shows that had to go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tipoff.forecast.staleness import Standing, facts_moved, standing
from tipoff.gates import gate

if TYPE_CHECKING:
    from tipoff.forecast.publish import Publication
    from tipoff.lake import Reader

_WITHDRAWN = """
  WITH news AS (
    SELECT model_id, market, state, reason, happened_at FROM models.state
    WHERE recorded_seq > $seq AND (happened_at < $first_tipoff) IS NOT FALSE
      AND ($gone_by::TIMESTAMPTZ IS NULL OR (happened_at <= $gone_by) IS NOT FALSE)
    QUALIFY row_number() OVER (PARTITION BY model_id, market ORDER BY recorded_seq DESC) = 1),
  shown AS (SELECT DISTINCT model_id, model, market FROM forecast.prediction WHERE run_id = $run)
  SELECT model, state, reason, happened_at, list(DISTINCT market ORDER BY market)
  FROM shown JOIN news USING (model_id, market) GROUP BY ALL ORDER BY happened_at, model"""


@dataclass(frozen=True)
class Cause:
    """Why a set is stale: "facts", or what befell a `model` in `markets`, when and why."""

    event: str
    model: str | None = None
    markets: tuple[str, ...] = ()
    happened_at: datetime | None = None
    reason: str | None = None

    @property
    def text(self) -> str:
        """One line for people."""
        if self.model is None:
            return "facts it may read came in since"
        return f"{self.model} is {self.event} in {', '.join(self.markets)}: {self.reason}"


def overtaken(
    r: Reader,
    publication: Publication,
    *,
    known_by: datetime | None = None,
    gone_by: datetime | None = None,
) -> list[Cause]:
    """Every reason why a set is stale, facts first; empty when it is not.

    Facts: stored after it was made or verified, and known at its own as_of: later news asks for
    a new run, but does not make an earlier, pinned answer wrong. `known_by` asks whether a run at
    that moment could read more: until tip-off what is known by then counts too.

    Models: those it shows that were retired or blocked since, before the slate's first tip-off
    and by `gone_by`; afterwards the picks are history, and a run alone decides.
    """
    held = standing(r, publication)
    if known_by is None and held.untouched:
        return []
    until = held.as_of
    if known_by is not None and known_by < held.first_tipoff:
        until = max(held.as_of, min(known_by, held.last_as_of))
    moved = facts_moved(r, publication.slate, held.facts_seq, held.as_of, until)
    return [Cause("facts")] * moved + _withdrawn(r, held, gone_by)


@gate(
    "withdrawn models", protects="what is shown as fresh",
    on_error="nothing is called fresh", on_null="an unknown state, or one of no moment, is a cause",
)  # fmt: skip
def _withdrawn(r: Reader, held: Standing, gone_by: datetime | None) -> list[Cause]:
    params = {
        "seq": held.facts_seq, "first_tipoff": held.first_tipoff, "gone_by": gone_by,
        "run": held.publication.run_id,
    }  # fmt: skip
    news = r.rows(_WITHDRAWN, params)
    if not news:
        return []
    # Only now: what says which states have a seat is imported with all models.
    from tipoff.models.governance import SEATED

    return [
        Cause(state or "of no known state", model, tuple(markets), at, reason)
        for model, state, reason, at, markets in news
        if state not in SEATED
    ]
