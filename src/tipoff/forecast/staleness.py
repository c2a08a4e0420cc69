"""Is a published set still what the facts say? Compared by recorded_seq, never by a clock."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tipoff import clock
from tipoff.errors import IntegrityError
from tipoff.forecast.builds import Build, read_build, store_build
from tipoff.gates import gate
from tipoff.hashing import content_id
from tipoff.markets import MARKETS

if TYPE_CHECKING:
    from tipoff.forecast.publish import Publication
    from tipoff.lake import Lake, Reader, Writer

_TABLES = ("game", "player_game", "team_game", "injury", "external")
_MENDED_ELSEWHERE = ("artifact", "model_error")


@dataclass(frozen=True)
class Standing:
    """What a published set was made from, and up to which facts it is known to hold.

    `untouched`: nothing at all was committed to the lake since its facts were read, but its
    publication or its verification.
    """

    publication: Publication
    as_of: datetime
    first_tipoff: datetime
    facts_seq: int
    settings: str
    code_version: str
    build: str | None
    complete: bool
    untouched: bool

    @property
    def last_as_of(self) -> datetime:
        """The last moment the set can be of: one second before its first tip-off."""
        return self.first_tipoff - timedelta(seconds=1)


def standing(r: Reader, publication: Publication) -> Standing:
    """The standing of a publication: its run, moved on by later verifications of it.

    Raises IntegrityError when the lake does not hold its run.
    """
    found = r.rows(
        "SELECT as_of, first_tipoff, facts_seq, settings, code_version, build_id, complete,"
        " (SELECT max(recorded_seq) FROM forecast.publication WHERE slate = $day),"
        " (SELECT n FROM ops.guard) FROM forecast.run run WHERE run_id = $run",
        {"run": publication.run_id, "day": publication.slate},
    )
    if not found:
        raise IntegrityError(
            f"publication {publication.publication_id} of {publication.slate} names"
            f" {publication.run_id}, and no such run is stored",
            "tipoff lake check",
        )
    as_of, first, seq, settings, code, build, complete, published, newest = found[0]
    verified = r.rows(
        "SELECT detail, recorded_seq FROM ops.event WHERE kind = 'verified' AND slate = $day"
        " AND json_extract_string(detail, '$.publication_id') = $publication"
        " ORDER BY recorded_seq DESC LIMIT 1",
        {"day": publication.slate, "publication": publication.publication_id},
    )
    if verified:
        detail: dict[str, Any] = json.loads(verified[0][0])
        seq, code = max(seq, int(detail["facts_seq"])), detail["code_version"]
        build = detail.get("build_id")
        as_of = max(as_of, datetime.fromisoformat(detail["as_of"]))
        published = max(published, verified[0][1])
    untouched = newest == published == seq + 1
    return Standing(
        publication, as_of, first, int(seq), settings, code, build, complete, untouched
    )  # fmt: skip


@gate(
    "nothing to do", protects="a set that has to be made again",
    on_error="the run stops, nothing is called done",
    on_null="a set whose standing is unknown is made again",
)  # fmt: skip
def holds(
    r: Reader,
    publication: Publication,
    now: datetime,
    as_of: datetime | None,
    markets: Sequence[str] | None,
    models: Sequence[str] | None,
    settings: str,
) -> bool:
    """Whether a published set is what a run asked like this would make again.

    True when code, definitions and settings are those it was made or verified with, no fact it
    may read and no model or role was stored since, none became known between its as_of and the
    one asked for, every market and model asked for is in it, and no model of it failed.
    """
    held = standing(r, publication)
    wanted = as_of or min(now, held.last_as_of)
    if held.settings != settings or wanted < held.as_of:
        return False
    build = read_build(r, held.build)
    if build is None or not _same_code(r, held, build):
        return False
    # A market declared since has predictions to be made.
    every = held.complete and set(MARKETS) <= set(build.code.declared)
    whole = every and _known(r, publication, markets, models)
    if not (whole or _includes(r, publication, markets, models)):
        return False
    if _models_failed(r, publication):
        return False
    if held.untouched and wanted == held.as_of:
        return True
    return not (
        facts_moved(r, publication.slate, held.facts_seq, held.as_of, wanted)
        or models_moved(r, held.facts_seq)
    )


@gate(
    "freshness", protects="what is shown as fresh, and a run with nothing to do",
    on_error="nothing is called fresh", on_null="no answer is: facts have moved",
)  # fmt: skip
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
    return r.value(f"SELECT {' OR '.join(asked)}", params) is not False


@gate(
    "models of the moment", protects="a run with nothing to do",
    on_error="the run stops, nothing is called done", on_null="no answer is: models have moved",
)  # fmt: skip
def models_moved(r: Reader, seq: int) -> bool:
    """Whether a model version or a role was stored after `seq`."""
    sql = """SELECT EXISTS (FROM models.version WHERE recorded_seq > $seq)
               OR EXISTS (FROM models.state WHERE recorded_seq > $seq)"""
    return r.value(sql, {"seq": seq}) is not False


@gate(
    "failed models", protects="a run with nothing to do",
    on_error="the run stops, nothing is called done", on_null="no answer is: a model failed",
)  # fmt: skip
def _models_failed(r: Reader, publication: Publication) -> bool:
    """Whether a model was refused for its file or for an error: mending leaves no row behind."""
    sql = f"""SELECT EXISTS (FROM forecast.refusal
              WHERE run_id = $run AND reason IN {_MENDED_ELSEWHERE})"""
    return r.value(sql, {"run": publication.run_id}) is not False


@gate(
    "code of the moment", protects="a run with nothing to do",
    on_error="the run stops, nothing is called done",
    on_null="a set of an unknown build is made again",
)  # fmt: skip
def _same_code(r: Reader, held: Standing, build: Build) -> bool:
    """Whether the code that can change a number of the set, and what its features mean, are what
    they were when it was made or verified. What was added since is no difference."""
    if build.code.fingerprint != held.code_version or build.code.changed():
        return False
    if build.code.declares_the_same():
        return True
    # Only now: this imports all that makes features.
    from tipoff.features import definition_hashes, judgements, redefined

    sql = """SELECT definitions FROM features.snapshot s JOIN forecast.run USING (snapshot_id)
             WHERE run_id = $run"""
    then: dict[str, str] = json.loads(r.value(sql, {"run": held.publication.run_id}))
    judged = {name: build.code.judged.get(name, "") for name in then}
    return not (redefined(then, definition_hashes()) or redefined(judged, judgements()))


def _known(
    r: Reader,
    publication: Publication,
    markets: Sequence[str] | None,
    models: Sequence[str] | None,
) -> bool:
    """Whether a complete set can have what is asked for: a name nobody knows is no "done"."""
    if not (markets or models):
        return True
    there = {model for model, _ in shown_pairs(r, publication)}
    return set(markets or ()) <= set(MARKETS) and set(models or ()) <= there


def _includes(
    r: Reader,
    publication: Publication,
    markets: Sequence[str] | None,
    models: Sequence[str] | None,
) -> bool:
    """Whether every pair asked for is among those the set shows; a choice names both."""
    if not markets or not models:
        return False
    return {(m, k) for m in models for k in markets} <= shown_pairs(r, publication)


def shown_pairs(r: Reader, publication: Publication) -> set[tuple[str, str]]:
    """The (model, market) pairs of a published set, refused ones included."""
    sql = """
      SELECT DISTINCT model, market FROM forecast.prediction WHERE run_id = $run
      UNION SELECT DISTINCT model, market FROM forecast.refusal WHERE run_id = $run"""
    return {(model, market) for model, market in r.rows(sql, {"run": publication.run_id})}


def record_verified(
    lake: Lake, publication: Publication, seq: int, as_of: datetime, build: Build
) -> None:
    """Note that rebuilding gave the same set, so that the next run need not rebuild."""
    import polars as pl

    detail = {
        "publication_id": publication.publication_id, "facts_seq": seq,
        "as_of": as_of.isoformat(), "code_version": build.code.fingerprint,
        "build_id": build.build_id,
    }  # fmt: skip
    row = {
        "event_id": content_id("event", detail), "happened_at": clock.now(), "kind": "verified",
        "slate": publication.slate, "detail": json.dumps(detail),
    }  # fmt: skip

    def commit(w: Writer) -> None:
        store_build(w, build)
        w.append("ops.event", pl.DataFrame([row]))

    lake.write(commit)
