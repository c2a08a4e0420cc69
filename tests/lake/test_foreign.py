"""What DuckDB, SQLite and the system say, told in tipoff's own errors; bugs pass as they are."""

import errno
import sqlite3

import duckdb
import pyarrow as pa
import pytest

from tipoff.errors import LakeBusy, LakeDamaged, LakeUnavailable, StorageFull, TipoffError
from tipoff.lake import translate_error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), StorageFull),
        (duckdb.IOException("Could not write file: File too large"), StorageFull),
        (duckdb.TransactionException("Failed to commit: database or disk is full"), StorageFull),
        (duckdb.TransactionException("Failed to commit: database is locked"), LakeBusy),
        (sqlite3.OperationalError("database is locked"), LakeBusy),
        (OSError(errno.EROFS, "Read-only file system"), LakeUnavailable),
        (PermissionError(errno.EACCES, "Permission denied"), LakeUnavailable),
        (duckdb.IOException("unable to open database file"), LakeUnavailable),
        (sqlite3.DatabaseError("database disk image is malformed"), LakeDamaged),
        (duckdb.InvalidInputException("File 'x' too small to be a Parquet file"), LakeDamaged),
        (pa.ArrowInvalid("Parquet magic bytes not found in footer"), LakeDamaged),
        (duckdb.IOException("Cannot open file: No such file or directory"), LakeDamaged),
        (duckdb.OutOfMemoryException("Out of Memory Error"), LakeUnavailable),
        (OSError(errno.EIO, "Input/output error"), LakeUnavailable),
    ],
    ids=str,
)
def test_a_failure_of_disk_or_file_has_a_kind_and_a_next_step(
    error: Exception, kind: type[TipoffError]
) -> None:
    ours = translate_error(error)
    assert type(ours) is kind
    assert str(error) in ours.message
    assert ours.next_step


@pytest.mark.parametrize(
    "error",
    [
        duckdb.BinderException("column corrupt not found"),
        duckdb.CatalogException("Table does not exist"),
        duckdb.TransactionException("Transaction conflict"),
        ValueError("no space left"),
        KeyError("corrupt"),
    ],
    ids=str,
)
def test_a_bug_is_not_explained_away(error: Exception) -> None:
    assert translate_error(error) is None
