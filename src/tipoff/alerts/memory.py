"""What was told already: events of the lake, so that no state is told twice to one destination."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from tipoff.hashing import content_id
from tipoff.results.alerts import StandingAlert

if TYPE_CHECKING:
    from tipoff.alerts.alert import Alert
    from tipoff.lake import Lake, Reader

TOLD, OVER = "alert", "alert_over"

_STANDING = f"""
  SELECT kind, happened_at, detail FROM ops.event
  WHERE kind IN ('{TOLD}', '{OVER}') ORDER BY recorded_seq, happened_at"""


def standing(r: Reader) -> tuple[StandingAlert, ...]:
    """Alerts that were sent and are not over, oldest first."""
    found: dict[str, dict[str, Any]] = {}
    for kind, moment, text in r.rows(_STANDING):
        detail = json.loads(text)
        if kind == OVER:
            found.pop(detail["alert_id"], None)
            continue
        kept = found.setdefault(detail["alert_id"], detail | {"since": moment, "to": []})
        kept["to"].append(detail["destination"])
    names = StandingAlert.model_fields
    return tuple(
        StandingAlert.model_validate({k: v for k, v in kept.items() if k in names})
        for kept in found.values()
    )


def remember(
    lake: Lake, told: Iterable[tuple[Alert, str]], over: Iterable[StandingAlert], now: datetime
) -> None:
    """Store what was told to which destination and what is over, in one commit."""
    import polars as pl

    rows = [_row(TOLD, a.slate, a.as_dict() | {"destination": to}, now) for a, to in told]
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
