"""Builds broken on purpose: what the checker must find before its silence means anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from tipoff.forecast import publish
from tipoff.forecast.publish import Publication, RunSet
from tipoff.lake import Lake, Writer, connection


def sound() -> None:
    """Nothing broken."""


def split_publication() -> None:
    """The pointer moves in one commit, the set follows in another."""
    store = publish._store

    def pointer_first(
        lake: Lake, made: RunSet, *, parent: Publication | None, kind: str, reason: str
    ) -> Publication:
        publish._store = lambda *_args: None
        done = lake.write(lambda w: publish._commit(w, made, parent, kind, reason))
        publish._store = store
        run = {"run": made.run["run_id"]}

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


def without_lock() -> None:
    """No writer lock, no fence: DuckLake's own conflict detection alone."""

    @contextmanager
    def open_door(folder: Path, wait: float = 0.0) -> Iterator[None]:
        yield

    def commit(lake: Lake, fn: Callable[[Writer], object]) -> object:
        lake._connection.execute("BEGIN")
        row = lake._connection.execute("SELECT max(recorded_seq) FROM league.player_game")
        found = row.fetchone()
        answer = fn(Writer(lake._connection, int(found[0] if found else 0) + 1))
        lake._connection.execute("COMMIT")
        return answer

    setattr(connection, "writer_lock", open_door)  # noqa: B010
    setattr(Lake, "_commit", commit)  # noqa: B010


def doubled_rows() -> None:
    """Keys are not checked and an insert is sent twice, as by a retry that need not have been."""
    append = Writer.append

    def twice(self: Writer, table: str, frame: pl.DataFrame, *, key: object = ()) -> int:
        written = append(self, table, frame)
        if table == "grading.grade":
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
    "no-lock": without_lock,
    "doubled": doubled_rows,
    "filtered": filtered_after,
}
