"""One commit: what it stamps, which keys it refuses, how often it is tried, what it leaves open."""

from __future__ import annotations

import errno
import re
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import duckdb
import polars as pl
import pytest
from filelock import FileLock

from tipoff.errors import (
    IntegrityError,
    LakeBusy,
    LakeDamaged,
    LakeUnavailable,
    NotFound,
    StorageFull,
    UsageError,
)
from tipoff.lake import Lake
from tipoff.lake.connection import ATTEMPTS
from tipoff.lake.writer import Writer

KEY = ("event_id", "kind")


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    with Lake.open(tmp_path / "lake", create=True) as opened:
        yield opened


def events(*rows: tuple[str | None, str | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"event_id": pl.String, "kind": pl.String}, orient="row")


def stored(lake: Lake) -> list[tuple[object, ...]]:
    with lake.reading() as r:
        return r.rows("SELECT event_id, kind, recorded_seq FROM ops.event ORDER BY ALL")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("a", "x")], "'event_id': 'a', 'kind': 'x'} is already stored"),
        ([("a", "z"), ("b", "y")], "'event_id': 'b', 'kind': 'y'} is already stored"),
        ([("a", "z"), ("c", "z"), ("c", "z")], "'event_id': 'c', 'kind': 'z'} is twice in this"),
        ([("c", "z"), ("d", None)], "'event_id': 'd', 'kind': None} is no key"),
        ([(None, "x")], "'event_id': None, 'kind': 'x'} is no key"),
        ([("a", "x"), ("a", "x")], "is twice in this commit"),
    ],
)
def test_a_key_that_is_stored_or_double_or_null_is_named_with_its_row_and_nothing_is_stored(
    lake: Lake, rows: list[tuple[str | None, str | None]], said: str
) -> None:
    lake.write(lambda w: w.append("ops.event", events(("a", "x"), ("b", "y")), key=KEY))
    before = stored(lake)
    with pytest.raises(IntegrityError, match=re.escape(said)):
        lake.write(lambda w: w.append("ops.event", events(*rows), key=KEY))
    assert stored(lake) == before


def test_a_key_differs_when_any_part_of_it_does(lake: Lake) -> None:
    lake.write(lambda w: w.append("ops.event", events(("a", "x"), ("b", "y")), key=KEY))
    more = events(("a", "y"), ("b", "x"), ("c", "x"))
    assert lake.write(lambda w: w.append("ops.event", more, key=KEY)) == 3
    assert len(stored(lake)) == 5


def test_without_a_key_the_same_row_may_be_stored_again(lake: Lake) -> None:
    for _ in range(2):
        assert lake.write(lambda w: w.append("ops.event", events(("a", "x")))) == 1
    assert stored(lake) == [("a", "x", 1), ("a", "x", 2)]


def test_what_came_in_is_forgotten_once_it_is_stored_or_refused(lake: Lake) -> None:
    row = events(("a", "x"))
    lake.write(lambda w: w.append("ops.event", row, key=KEY))
    with pytest.raises(IntegrityError):
        lake.write(lambda w: w.append("ops.event", row, key=KEY))
    with lake.reading() as r, pytest.raises(duckdb.CatalogException):
        r.rows("SELECT * FROM incoming_rows")


def test_rows_carry_the_number_of_their_own_commit_whatever_number_they_came_with(
    lake: Lake,
) -> None:
    again = events(("a", "x")).with_columns(recorded_seq=pl.lit(99))
    lake.write(lambda w: w.append("ops.event", again))

    def twice(w: Writer) -> int:
        w.append("ops.event", events(("b", "x")))
        w.append("ops.event", events(("c", "x")))
        return w.seq

    assert lake.write(twice) == 2
    assert stored(lake) == [("a", "x", 1), ("b", "x", 2), ("c", "x", 2)]
    with lake.reading() as r:
        assert r.newest_seq() == 2


def test_an_insert_answers_with_the_rows_it_stored_and_refuses_one_too_many(lake: Lake) -> None:
    sql = "SELECT unnest(['a', 'b'])"
    assert lake.write(lambda w: w.insert("ops.event", "event_id", sql, 2)) == 2
    for wrong in (1, 3, 0):
        with pytest.raises(IntegrityError, match=f"{wrong} rows intended, 2 written"):
            lake.write(partial(Writer.insert, table="ops.event", columns="event_id", select=sql,
                               intended=wrong))  # fmt: skip
    assert len(stored(lake)) == 2


@pytest.mark.parametrize(
    "error",
    [duckdb.TransactionException("conflict"), LakeBusy("busy"),
     duckdb.IOException("database is locked")],
    ids=["a conflict", "a busy lake", "a locked catalog"],
)  # fmt: skip
def test_a_commit_that_keeps_conflicting_is_tried_eight_times_and_then_the_lake_is_busy(
    lake: Lake, error: Exception
) -> None:
    tries: list[int] = []

    def conflicts(w: Writer) -> None:
        tries.append(w.seq)
        w.append("ops.event", events(("a", "x")))
        raise error

    with pytest.raises(LakeBusy, match="kept conflicting") as caught:
        lake.write(conflicts)
    assert len(tries) == ATTEMPTS == 8
    assert isinstance(caught.value.__cause__, duckdb.TransactionException | LakeBusy)
    assert stored(lake) == []
    assert lake.write(lambda w: w.append("ops.event", events(("b", "x")))) == 1


def test_a_commit_that_conflicts_once_is_made_by_the_second_try_and_answers_its_caller(
    lake: Lake,
) -> None:
    tries: list[int] = []

    def once(w: Writer) -> str:
        tries.append(w.append("ops.event", events(("a", "x"))))
        if len(tries) < ATTEMPTS:
            raise duckdb.TransactionException("conflict")
        return "done"

    with lake.session() as first:
        pass
    assert lake.write(once) == "done"
    assert len(tries) == ATTEMPTS
    with lake.session() as after:
        assert after is not first, "after a failed commit the lake is attached anew"
    with pytest.raises(duckdb.ConnectionException):
        first.rows("SELECT 1")
    assert stored(lake) == [("a", "x", 1)]


@pytest.mark.parametrize("error", [ValueError("x"), duckdb.BinderException("x"), KeyError("x")],
                         ids=repr)  # fmt: skip
def test_any_other_error_is_raised_at_once_and_rolls_back(lake: Lake, error: Exception) -> None:
    tries: list[int] = []

    def fails(w: Writer) -> None:
        tries.append(w.append("ops.event", events(("a", "x"))))
        raise error

    with pytest.raises(type(error)):
        lake.write(fails)
    assert (tries, stored(lake)) == ([1], [])
    assert lake.write(lambda w: w.seq) == 1


def test_a_lake_whose_connection_died_while_reading_is_attached_again(lake: Lake) -> None:
    lake.write(lambda w: w.append("ops.event", events(("a", "x"))))
    with lake.reading() as r:
        r._connection.close()
    assert len(stored(lake)) == 1


def test_a_reading_ends_its_transaction_even_when_its_reader_fails(lake: Lake) -> None:
    with pytest.raises(ZeroDivisionError), lake.reading() as r:
        assert 1 / len(r.rows("SELECT 1 WHERE false"))
    assert stored(lake) == []


def test_a_pinned_reading_sees_its_version_and_a_closed_lake_can_be_used_no_more(
    lake: Lake,
) -> None:
    versions = []
    for name in "abc":
        lake.write(partial(Writer.append, table="ops.event", frame=events((name, "x"))))
        versions.append(lake.version())
    assert versions == [versions[0] + k for k in range(3)]
    for at, version in enumerate(versions, 1):
        with lake.reading(version) as r:
            assert r.value("SELECT count(*) FROM ops.event") == at
        with pytest.raises(UsageError, match="has ended"):
            r.rows("SELECT 1")
    with Lake.open(lake.location) as other:
        pass
    with pytest.raises(UsageError, match="was closed"), other.reading():
        pass


def test_a_connection_is_small_keeps_time_in_utc_and_spills_beside_its_lake(lake: Lake) -> None:
    expected = {
        "threads": 1, "TimeZone": "UTC", "enable_progress_bar": False,
        "temp_directory": str(Path(lake.location) / "tmp"), "memory_limit": "667.5 MiB",
        "asof_loop_join_threshold": 0, "nested_loop_join_threshold": 0, "merge_join_threshold": 0,
    }  # fmt: skip
    version = lake.version()
    for pinned in (None, version):
        with lake.reading(pinned) as r:
            asked = ", ".join(f"current_setting('{name}')" for name in expected)
            assert dict(zip(expected, r.rows(f"SELECT {asked}")[0], strict=True)) == expected


def test_a_lake_may_lie_in_a_folder_with_a_quote_in_its_name_and_below_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for location in (tmp_path / "bob's" / "deep" / "lake", "~/at home"):
        with Lake.open(location, create=True) as first:
            first.write(lambda w: w.append("ops.event", events(("a", "x"))))
        with Lake.open(location) as lake:
            assert len(stored(lake)) == 1
            assert Path(str(lake.catalog)).is_file()
            assert Path(lake.location).is_relative_to(tmp_path)
        with Lake.open(location, create=True) as lake:
            assert len(stored(lake)) == 1, "what is there is opened, not made again"


@pytest.mark.parametrize("location", ["no\0name", "x" * 5000, "~nobody_of_that_name/lake"])
def test_a_location_that_can_be_no_folder_is_a_usage_error(location: str) -> None:
    with pytest.raises(UsageError, match="cannot be a lake"):
        Lake.open(location, create=True)


def test_a_place_that_cannot_be_used_is_told_from_one_without_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(number: int) -> None:
        def mkdir(*_: object, **__: object) -> None:
            raise OSError(number, {errno.ENOSPC: "No space left on device"}.get(number, "odd"))

        monkeypatch.setattr(Path, "mkdir", mkdir)

    for number, kind in ((errno.ENOSPC, StorageFull), (errno.EIO, LakeUnavailable)):
        fails(number)
        with pytest.raises(kind):
            Lake.open(tmp_path / "lake", create=True)
    with pytest.raises(NotFound):
        Lake.open(tmp_path / "lake")


def test_a_catalog_that_is_none_is_damage_and_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "lake"
    Lake.open(folder, create=True).close()
    (folder / "catalog.sqlite").write_bytes(b"this is no catalog at all" * 100)
    with pytest.raises(LakeDamaged):
        Lake.open(folder)


def test_who_finds_the_lock_taken_is_told_after_the_wait_and_no_lock_is_kept(lake: Lake) -> None:
    held, asked = threading.Event(), threading.Event()

    def hold() -> None:
        with FileLock(Path(lake.location) / "writer.lock"):
            held.set()
            asked.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(30)
    with (
        pytest.raises(LakeBusy, match=r"another writer has held .* for 0 s"),
        lake.lock.held(wait=0),
    ):
        pass
    asked.set()
    holder.join()
    with pytest.raises(KeyError), lake.lock.held(wait=0):
        raise KeyError
    with lake.lock.held(wait=0):
        pass


def test_nothing_is_committed_without_the_lock(lake: Lake) -> None:
    def locked(_w: Writer) -> bool:
        probe = FileLock(Path(lake.location) / "writer.lock", is_singleton=False)
        try:
            probe.acquire(timeout=0)
        except TimeoutError:
            return True
        probe.release()
        return False

    assert lake.write(locked)


def test_a_lake_says_whether_its_league_is_simulated(lake: Lake) -> None:
    def label(value: str) -> pl.DataFrame:
        return pl.DataFrame({"key": ["simulated"], "value": [value]})

    seen = [lake.simulated]
    for value in ("true", "false"):
        lake.write(partial(Writer.append, table="ops.meta", frame=label(value)))
        seen.append(lake.simulated)
    assert seen == [False, True, False]
