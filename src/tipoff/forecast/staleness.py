"""Is a published set still what the facts say? Compared by recorded_seq, never by a clock."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from tipoff import clock
from tipoff.hashing import content_id

if TYPE_CHECKING:
    from tipoff.forecast.publish import Publication
    from tipoff.lake import Lake, Reader

_TABLES = ("game", "player_game", "team_game", "injury")


@dataclass(frozen=True)
class Standing:
    """What a published set was made from, and up to which facts it is known to hold."""

    publication: Publication
    as_of: datetime
    facts_seq: int
    inputs: str
    code_version: str


def standing(r: Reader, publication: Publication) -> Standing:
    """The standing of a publication: its run, moved on by later verifications of it."""
    as_of, seq, models, settings, code = r.rows(
        "SELECT as_of, facts_seq, models, settings, code_version FROM forecast.run"
        " WHERE run_id = $run",
        {"run": publication.run_id},
    )[0]
    verified = r.rows(
        "SELECT detail FROM ops.event WHERE kind = 'verified' AND slate = $day"
        " ORDER BY recorded_seq DESC LIMIT 1",
        {"day": publication.slate},
    )
    detail: dict[str, Any] = json.loads(verified[0][0]) if verified else {}
    if detail.get("publication_id") == publication.publication_id:
        seq, code = max(seq, int(detail["facts_seq"])), detail["code_version"]
        as_of = max(as_of, datetime.fromisoformat(detail["as_of"]))
    return Standing(publication, as_of, int(seq), inputs_key(models, settings), code)


def inputs_key(models: str, settings: str) -> str:
    """One hash over the models with their roles and the settings of a run (both JSON)."""
    return content_id("inputs", [models, settings])


def facts_moved(r: Reader, day: date, seq: int, before: datetime, now: datetime) -> bool:
    """Whether any fact the slate may read was stored after `seq`, or became known since.

    Conservative: a row of another team counts too; rebuilding then finds nothing changed.
    """
    newer = (
        "(recorded_seq > $seq AND known_at <= $now) OR (known_at > $before AND known_at <= $now)"
    )
    asked = [f"EXISTS (FROM league.{t} WHERE {newer})" for t in _TABLES]
    asked.append(f"EXISTS (FROM league.prop_line WHERE game_date = $day AND ({newer}))")
    params = {"seq": seq, "before": before, "now": now, "day": day}
    return bool(r.value(f"SELECT {' OR '.join(asked)}", params))


def record_verified(
    lake: Lake, publication: Publication, seq: int, as_of: datetime, code_version: str
) -> None:
    """Note that rebuilding gave the same set, so that the next run need not rebuild."""
    import polars as pl

    detail = {
        "publication_id": publication.publication_id, "facts_seq": seq,
        "as_of": as_of.isoformat(), "code_version": code_version,
    }  # fmt: skip
    row = {
        "event_id": content_id("event", detail), "happened_at": clock.now(), "kind": "verified",
        "slate": publication.slate, "detail": json.dumps(detail),
    }  # fmt: skip
    lake.write(lambda w: w.append("ops.event", pl.DataFrame([row])))
