"""Publishing: one commit stores a complete set and moves the slate's pointer to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from tipoff import clock
from tipoff.errors import IntegrityError, PublicationConflict
from tipoff.gates import gate
from tipoff.hashing import content_id

if TYPE_CHECKING:
    import polars as pl

    from tipoff.features import Snapshot
    from tipoff.forecast.builds import Build
    from tipoff.lake import Lake, Reader, Writer


@dataclass(frozen=True)
class RunSet:
    """One complete prediction set: the run's row, its predictions and its refusals."""

    run: Mapping[str, Any]
    predictions: pl.DataFrame
    refusals: pl.DataFrame
    snapshot: Snapshot
    build: Build

    @gate(
        "completeness", protects="a publication",
        on_error="nothing is stored", on_null="no number expected is no complete set",
    )  # fmt: skip
    def check(self) -> None:
        """Raise IntegrityError unless every expected triple is predicted or refused, once."""
        import polars as pl

        keys = ["game_id", "player_key", "market", "model"]
        ends = pl.concat([self.predictions.select(keys), self.refusals.select(keys)])
        expected = self.run["expected"]
        if ends.height != expected or ends.n_unique() != expected:
            raise IntegrityError(
                f"{expected} triples expected, {self.predictions.height} predicted and "
                f"{self.refusals.height} refused, {ends.n_unique()} distinct"
            )


@dataclass(frozen=True)
class Publication:
    """A slate's pointer: which run is shown, and the publication it replaced."""

    publication_id: str
    slate: date
    seq: int
    parent: str | None
    run_id: str
    kind: str
    reason: str
    committed_at: datetime


def current_publication(r: Reader, day: date) -> Publication | None:
    """The slate's newest publication, or None before the first."""
    rows = r.rows(
        "SELECT publication_id, slate, seq, parent, run_id, kind, reason, committed_at"
        " FROM forecast.current_publication WHERE slate = $day",
        {"day": day},
    )
    return Publication(*rows[0]) if rows else None


def present(r: Reader) -> datetime:
    """Now, but never before the newest publication of the lake.

    A clock set back would otherwise date a late set before tip-off, and replace a set by one that
    knows less than it did.
    """
    moment = clock.now()
    newest: datetime | None = r.value("SELECT max(committed_at) FROM forecast.publication")
    return max(moment, newest) if newest else moment


def publish(
    lake: Lake, made: RunSet, *, parent: Publication | None, kind: str, reason: str
) -> Publication:
    """Store the set and move the pointer, in one commit.

    Raises IntegrityError when the set is not complete and PublicationConflict when another
    publication came first; in both cases nothing is stored.
    """
    made.check()
    return lake.write(lambda w: _commit(w, made, parent, kind, reason))


def _commit(
    w: Writer, made: RunSet, parent: Publication | None, kind: str, reason: str
) -> Publication:
    import polars as pl

    day, run = made.run["slate"], made.run["run_id"]
    current = current_publication(w, day)
    _require_parent(day, current, parent)
    moment = present(w)
    if not w.value("SELECT count(*) FROM forecast.run WHERE run_id = $run", {"run": run}):
        _store(w, made, moment)
    seq = current.seq + 1 if current else 1
    parent_id = current.publication_id if current else None
    identity = content_id("pub", [day, seq, parent_id, run])
    row = {
        "publication_id": identity, "slate": day, "seq": seq, "parent": parent_id, "run_id": run,
        "kind": kind, "reason": reason, "committed_at": moment,
    }  # fmt: skip
    schema_fix = pl.DataFrame([row]).with_columns(pl.col("parent").cast(pl.String))
    w.append("forecast.publication", schema_fix, key=("slate", "seq"))
    return Publication(identity, day, seq, parent_id, run, kind, reason, moment)


@gate(
    "pointer", protects="a publication",
    on_error="nothing is stored", on_null="no parent where there is one: PublicationConflict",
)  # fmt: skip
def _require_parent(day: date, current: Publication | None, parent: Publication | None) -> None:
    if (current and current.publication_id) != (parent and parent.publication_id):
        raise PublicationConflict(f"the slate of {day} was published meanwhile", "run again")


def _store(w: Writer, made: RunSet, moment: datetime) -> None:
    import polars as pl

    from tipoff.features import store_snapshot
    from tipoff.forecast.builds import store_build

    store_build(w, made.build)
    store_snapshot(w, made.snapshot)
    backfill = moment >= made.run["first_tipoff"]
    row = dict(made.run) | {"committed_at": moment, "backfill": backfill}
    w.append("forecast.run", pl.DataFrame([row]), key=("run_id",))
    key = ("run_id", "prediction_id")
    w.append("forecast.prediction", made.predictions, key=key)
    triple = ("run_id", "game_id", "player_key", "market", "model")
    w.append("forecast.refusal", made.refusals, key=triple)
