"""Builds broken on purpose: what the checker must find before its silence means anything."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from tipoff.forecast import publish
from tipoff.forecast.publish import Publication, RunSet
from tipoff.lake import Lake, Writer


def sound() -> None:
    """Nothing broken."""


def split_publication() -> None:
    """The pointer moves first, its progress is noted, then the set follows."""
    store = publish._store

    def pointer_first(
        lake: Lake, made: RunSet, *, parent: Publication | None, kind: str, reason: str
    ) -> Publication:
        publish._store = lambda *_args: None
        done = lake.write(lambda w: publish._commit(w, made, parent, kind, reason))
        publish._store = store
        run = {"run": made.run["run_id"]}
        for step in range(5):
            note = pl.DataFrame({"event_id": [f"{done.publication_id}-{step}"]})
            lake.write(lambda w, note=note: w.append("ops.event", note))  # type: ignore[misc]

        def follow(w: Writer) -> None:
            if not w.value("SELECT count(*) FROM forecast.run WHERE run_id = $run", run):
                store(w, made, done.committed_at)

        lake.write(follow)
        return done

    _replace_publish(pointer_first)


def without_parent_check() -> None:
    """The pointer moves from whatever is current, not from what the set was made against."""
    whole = publish._commit

    def blind(
        w: Writer, made: RunSet, parent: Publication | None, kind: str, reason: str
    ) -> Publication:
        current = publish.current_publication(w, made.run["slate"])
        return whole(w, made, current, kind, reason)

    publish._commit = blind


def doubled_rows() -> None:
    """Keys are not checked and an insert is sent twice, as by a retry that need not have been."""
    append = Writer.append

    def twice(self: Writer, table: str, frame: pl.DataFrame, *, key: object = ()) -> int:
        written = append(self, table, frame)
        if table == "league.player_game":
            append(self, table, frame)
        return written

    setattr(Writer, "append", twice)  # noqa: B010


def filtered_after() -> None:
    """Half of a set is dropped after it was counted: the repair that lost 143 of 154."""
    store = publish._store

    def half(w: Writer, made: RunSet, moment: object) -> None:
        kept = made.predictions.head(made.predictions.height // 2)
        store(w, RunSet(made.run, kept, made.refusals, made.snapshot), moment)  # type: ignore[arg-type]

    publish._store = half


def _replace_publish(new: Callable[..., Publication]) -> None:
    from tipoff.forecast import reconciliation

    setattr(reconciliation, "publish", new)  # noqa: B010


BREAKAGES: dict[str, Callable[[], None]] = {
    "none": sound,
    "split": split_publication,
    "no-parent-check": without_parent_check,
    "doubled": doubled_rows,
    "filtered": filtered_after,
}
