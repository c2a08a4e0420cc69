"""The lake: one write path, consistent reads, time travel, schema and its versions."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from tipoff.errors import IntegrityError, LakeUnavailable, NotFound, UsageError
from tipoff.lake import Lake, migrations
from tipoff.lake.tables import TABLES
from tipoff.lake.writer import Writer


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake.open(tmp_path / "lake", create=True)


def event(name: str) -> pl.DataFrame:
    return pl.DataFrame({"event_id": [name], "kind": ["test"]})


def add(lake: Lake, name: str) -> int:
    return lake.write(lambda w: w.append("ops.event", event(name), key=("event_id",)))


def count(lake: Lake) -> int:
    with lake.reading() as r:
        return int(r.value("SELECT count(*) FROM ops.event"))


def test_a_folder_without_a_lake_is_named_with_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no lake at") as caught:
        Lake.open(tmp_path / "nothing")
    assert "tipoff import" in caught.value.next_step
    assert not (tmp_path / "nothing").exists()


def test_a_file_where_the_folder_should_be_is_unavailable_not_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "lake").write_text("not a folder")
    with pytest.raises(LakeUnavailable, match="cannot use"):
        Lake.open(tmp_path / "lake", create=True)


def test_every_table_column_carries_its_comment(lake: Lake) -> None:
    with lake.reading() as r:
        bare = r.rows(
            "SELECT schema_name, table_name, column_name FROM duckdb_columns() c"
            " SEMI JOIN duckdb_tables() t USING (database_name, schema_name, table_name)"
            " WHERE database_name = 'lake' AND comment IS NULL"
        )
        commented = r.value(
            "SELECT count(*) FROM duckdb_columns() WHERE database_name = 'lake'"
            " AND comment IS NOT NULL"
        )
    assert bare == []
    assert commented == sum(len(table.columns) for table in TABLES)


def test_recorded_seq_grows_by_one_with_every_commit(lake: Lake) -> None:
    assert [lake.write(lambda w: w.seq) for _ in range(3)] == [1, 2, 3]


def test_a_key_that_is_stored_is_refused_and_nothing_of_the_commit_stays(lake: Lake) -> None:
    add(lake, "a")

    def both(w: Writer) -> None:
        w.append("ops.event", event("b"), key=("event_id",))
        w.append("ops.event", event("a"), key=("event_id",))

    with pytest.raises(IntegrityError, match="already stored"):
        lake.write(both)
    assert count(lake) == 1


def test_a_key_twice_in_one_commit_is_refused(lake: Lake) -> None:
    rows = pl.concat([event("a"), event("a")])
    with pytest.raises(IntegrityError, match="twice in this commit"):
        lake.write(lambda w: w.append("ops.event", rows, key=("event_id",)))


def test_rows_written_other_than_intended_fail_the_commit(lake: Lake) -> None:
    with pytest.raises(IntegrityError, match="5 rows intended, 1 written"):
        lake.write(lambda w: w.insert("ops.event", "event_id", "SELECT 'x'", 5))
    assert count(lake) == 0


def test_a_frame_without_rows_writes_none_and_says_none(lake: Lake) -> None:
    assert lake.write(lambda w: w.append("ops.event", event("a").clear())) == 0
    assert count(lake) == 0


def test_an_unknown_column_is_an_integrity_error(lake: Lake) -> None:
    with pytest.raises(IntegrityError, match="do not fit"):
        lake.write(lambda w: w.append("ops.event", pl.DataFrame({"surprise": [1]})))


def test_a_failing_write_leaves_the_lake_usable(lake: Lake) -> None:
    with pytest.raises(ZeroDivisionError):
        lake.write(lambda w: w.append("ops.event", event("a")) // 0)
    assert count(lake) == 0
    assert add(lake, "a") == 1


def test_a_reading_sees_one_version_while_others_write(lake: Lake) -> None:
    add(lake, "a")
    with lake.reading() as r:
        before = r.value("SELECT count(*) FROM ops.event")
        with Lake.open(lake.location) as other:
            add(other, "b")
        assert r.value("SELECT count(*) FROM ops.event") == before == 1
    assert count(lake) == 2


def test_an_earlier_version_can_be_read(lake: Lake) -> None:
    add(lake, "a")
    version = lake.version()
    add(lake, "b")
    with lake.reading(version) as r:
        assert r.rows("SELECT event_id FROM ops.event") == [("a",)]


def test_parameters_are_bound_and_never_spliced(lake: Lake) -> None:
    hostile = "x'; DROP TABLE ops.event; --"
    add(lake, hostile)
    with lake.reading() as r:
        sql = "SELECT event_id FROM ops.event WHERE event_id = $name"
        assert r.rows(sql, {"name": hostile}) == [(hostile,)]


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("SELECT list_contains($window, DATE '2025-01-10') AS x", []),
        ("SELECT $window IS NULL OR DATE '2025-01-10' = $window AS x", None),
        ("SELECT $window AS x", datetime(2025, 1, 10, tzinfo=UTC)),
        ("SELECT list_contains($window, 'b') AS x", ["a", "b"]),
        ("SELECT $window AS x LIMIT $window", 1),
    ],
)
def test_a_frame_and_rows_answer_alike_whatever_the_parameter(
    lake: Lake, sql: str, value: object
) -> None:
    with lake.reading() as r:
        rows = r.rows(sql, {"window": value})
        assert r.query(sql, {"window": value})["x"].to_list() == [x for (x,) in rows]
        assert len(rows) == 1


def test_a_lake_of_a_newer_tipoff_is_refused(lake: Lake) -> None:
    newer = pl.DataFrame({"key": ["schema_version"], "value": [str(migrations.VERSION + 1)]})
    lake.write(lambda w: w.append("ops.meta", newer))
    with pytest.raises(UsageError, match="schema version"):
        Lake.open(lake.location)


def test_an_older_lake_is_migrated_when_opened(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    add(lake, "kept")
    newer = migrations.VERSION + 1
    added = "ALTER TABLE ops.event ADD COLUMN extra INT"
    monkeypatch.setattr(migrations, "VERSION", newer)
    monkeypatch.setitem(migrations.MIGRATIONS, newer, (added,))
    with Lake.open(lake.location) as opened, opened.reading() as r:
        events = r.rows("SELECT event_id, extra FROM ops.event WHERE kind = 'test'")
    assert events == [("kept", None)]
    assert migrations.stored_version(lake) == newer


def test_columns_are_added_once_and_commented(lake: Lake) -> None:
    def add_twice(w: Writer) -> None:
        for _ in range(2):
            migrations.add_columns(w, "features.value", {"pace": "its pace"}, "DOUBLE")

    lake.write(add_twice)
    with lake.reading() as r:
        events = r.rows(
            "SELECT data_type, comment FROM duckdb_columns() WHERE database_name = 'lake'"
            " AND table_name = 'value' AND column_name = 'pace'"
        )
    assert events == [("DOUBLE", "its pace")]


def test_a_table_nobody_has_written_to_has_statistics_so_that_reading_it_is_quick(
    lake: Lake,
) -> None:
    with lake.reading() as r:
        for name in (table.name for table in TABLES):
            stored = r.value(f"SELECT count(*) FROM {name}")
            assert stored == {"ops.guard": 1, "ops.meta": 1}.get(name, 0), name
    with closing(sqlite3.connect(Path(lake.location) / "catalog.sqlite")) as catalog:
        known = "SELECT count(*) FROM ducklake_table_stats"
        tables = "SELECT count(*) FROM ducklake_table"
        assert catalog.execute(known).fetchone() == catalog.execute(tables).fetchone()


def test_duckdb_draws_no_progress_bar_into_an_answer_on_standard_output(lake: Lake) -> None:
    with lake.reading() as r:
        assert r.value("SELECT current_setting('enable_progress_bar')") is False
