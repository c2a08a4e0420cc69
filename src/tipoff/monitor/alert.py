"""An alert, and which were sent already: events of the lake, so that no state is sent twice."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tipoff.hashing import content_id
from tipoff.results.alerts import StandingAlert

if TYPE_CHECKING:
    from tipoff.lake import Lake, Reader

SENT, OVER = "alert", "alert_over"

_STANDING = f"""
  SELECT kind, happened_at, detail FROM ops.event
  WHERE kind IN ('{SENT}', '{OVER}') ORDER BY recorded_seq, happened_at"""


@dataclass(frozen=True)
class Alert:
    """One thing wrong. `state` separates it from others of its rule and slate: while rule, slate
    and state stay, it is sent once. `slate` is None for what concerns no single slate.
    """

    rule: str
    slate: date | None
    summary: str
    next_step: str
    state: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def alert_id(self) -> str:
        """Hash of rule, slate and state."""
        return content_id("alert", [self.rule, self.slate, self.state])

    def as_dict(self) -> dict[str, Any]:
        """A JSON-ready form: what destinations are given."""
        return {
            "alert_id": self.alert_id, "rule": self.rule,
            "slate": self.slate.isoformat() if self.slate else None,
            "summary": self.summary, "next_step": self.next_step, "state": self.state,
        }  # fmt: skip


def standing_alerts(r: Reader) -> tuple[StandingAlert, ...]:
    """Alerts that were sent and are not over, oldest first."""
    standing: dict[str, dict[str, Any]] = {}
    for kind, moment, text in r.rows(_STANDING):
        detail = json.loads(text)
        if kind == OVER:
            standing.pop(detail["alert_id"], None)
            continue
        kept = standing.setdefault(detail["alert_id"], detail | {"since": moment, "to": []})
        kept["to"].append(detail["destination"])
    names = StandingAlert.model_fields
    return tuple(
        StandingAlert.model_validate({k: v for k, v in kept.items() if k in names})
        for kept in standing.values()
    )


def remember(
    lake: Lake, sent: Iterable[tuple[Alert, str]], over: Iterable[StandingAlert], now: datetime
) -> None:
    """Store what was sent to which destination and what is over, in one commit."""
    import polars as pl

    rows = [_row(SENT, a.slate, a.as_dict() | {"destination": to}, now) for a, to in sent]
    rows += [
        _row(OVER, o.slate, o.model_dump(mode="json", include={"alert_id", "rule", "slate"}), now)
        for o in over
    ]
    if rows:
        frame = pl.DataFrame(rows, schema_overrides={"slate": pl.Date})
        lake.write(lambda w: w.append("ops.event", frame))


def _row(kind: str, slate: date | None, detail: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {
        "event_id": content_id("event", [kind, detail, now]), "happened_at": now, "kind": kind,
        "slate": slate, "detail": json.dumps(detail, default=str, sort_keys=True),
    }  # fmt: skip
