"""Builds broken on purpose: what the checker must find before its silence means anything.

Here those of the commit that publishes; `otherwise.py` has those of models, grades and facts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl

from tests.concurrency import otherwise
from tipoff import features
from tipoff.forecast import publish
from tipoff.forecast.publish import Publication, RunSet
from tipoff.lake import Lake, Writer

NOTES = 40
"""Commits between a pointer and its set: the window that another process has to look into."""


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
        for step in range(NOTES):
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

    def half(w: Writer, made: RunSet, moment: datetime) -> None:
        kept = made.predictions.head(made.predictions.height // 2)
        store(w, replace(made, predictions=kept), moment)

    publish._store = half


def mixed() -> None:
    """Half of a set names another snapshot than the rest."""
    _store_changed(lambda rows: rows.with_columns(snapshot_id=pl.concat([
        pl.repeat("another", rows.height // 2, eager=True),
        rows["snapshot_id"].tail(rows.height - rows.height // 2)])))  # fmt: skip


def without_model() -> None:
    """Predictions name a model version that nobody stored."""
    _store_changed(lambda rows: rows.with_columns(pl.lit("gone").alias("model_id")))


def without_line() -> None:
    """Predictions name a line that is not in the lake."""
    _store_changed(lambda rows: rows.with_columns(
        pl.lit(["gone"], dtype=pl.List(pl.String)).alias("line_ids")))  # fmt: skip


def retouched() -> None:
    """A number is mended after it was sealed."""
    _store_changed(lambda rows: rows.with_columns(pl.col("mean") + 0.5))


def without_snapshot() -> None:
    """Predictions are stored, the features they were made from are not."""
    setattr(features, "store_snapshot", lambda *_args: None)  # noqa: B010


def lost_link() -> None:
    """A publication does not say which one it replaced."""
    append = Writer.append

    def orphaned(self: Writer, table: str, frame: pl.DataFrame, *, key: Sequence[str] = ()) -> int:
        if table == "forecast.publication":
            frame = frame.with_columns(pl.lit(None, pl.String).alias("parent"))
        return append(self, table, frame, key=key)

    setattr(Writer, "append", orphaned)  # noqa: B010


def forgetful() -> None:
    """What is superseded is deleted."""
    whole = publish._commit

    def tidy(
        w: Writer, made: RunSet, parent: Publication | None, kind: str, reason: str
    ) -> Publication:
        done = whole(w, made, parent, kind, reason)
        if parent and parent.run_id != done.run_id:
            w.rows("DELETE FROM forecast.prediction WHERE run_id = $run", {"run": parent.run_id})
        return done

    publish._commit = tidy


def backdated() -> None:
    """A publication is dated by a clock that is two days behind."""
    present = publish.present
    publish.present = lambda r: present(r) - timedelta(days=2)


def twice() -> None:
    """A retry that need not have been publishes the set again."""
    whole = publish.publish

    def again(
        lake: Lake, made: RunSet, *, parent: Publication | None, kind: str, reason: str
    ) -> Publication:
        done = whole(lake, made, parent=parent, kind=kind, reason=reason)
        whole(lake, made, parent=done, kind=kind, reason=reason)
        return done

    _replace_publish(again)


def _store_changed(change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    store = publish._store

    def changed(w: Writer, made: RunSet, moment: datetime) -> None:
        rows = change(made.predictions)
        store(w, replace(made, predictions=rows), moment)

    publish._store = changed


def _replace_publish(new: Callable[..., Publication]) -> None:
    from tipoff.forecast import reconciliation

    setattr(reconciliation, "publish", new)  # noqa: B010


BREAKAGES: dict[str, Callable[[], None]] = {
    "none": sound,
    "split": split_publication,
    "no-parent-check": without_parent_check,
    "doubled": doubled_rows,
    "filtered": filtered_after, "mixed": mixed, "no-model": without_model,
    "no-line": without_line, "no-snapshot": without_snapshot, "retouched": retouched,
    "lost-link": lost_link, "forgetful": forgetful, "backdated": backdated, "twice": twice,
    **otherwise.BREAKAGES,
}  # fmt: skip
