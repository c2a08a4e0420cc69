"""Opening a lake: DuckDB with DuckLake, an SQLite catalog, Parquet in one folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import duckdb

from tipoff.errors import LakeBusy, LakeUnavailable, NotFound, StorageFull, UsageError
from tipoff.lake import migrations
from tipoff.lake.extensions import Config, connect
from tipoff.lake.foreign import in_our_words, told
from tipoff.lake.lock import writer_lock
from tipoff.lake.reader import Reader
from tipoff.lake.writer import Writer
from tipoff.texts import shortened

T = TypeVar("T")
CATALOG = "catalog.sqlite"
ATTEMPTS = 8
BUSY_MS = 5000
MEMORY_LIMIT = "700MB"


class Lake:
    """One open lake. Not for sharing between threads: open one per thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._connection = self._attach()

    @classmethod
    def open(cls, location: str | Path, *, create: bool = False) -> Lake:
        """Open the lake in a folder, migrating an older schema.

        Raises NotFound when there is none and `create` is false, LakeUnavailable when the
        folder or its catalog cannot be used, LakeDamaged when the catalog is no catalog,
        UsageError when it was made by a newer tipoff or the location can be no folder.
        """
        folder = _folder(location)
        exists = (folder / CATALOG).exists()
        if not exists and not create:
            raise NotFound(f"no lake at {folder}", "tipoff import DIR makes one, or pass --lake")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if not exists:
                with writer_lock(folder):
                    migrations.prepare(cls(folder))
            lake = cls(folder)
        except OSError as error:
            ours = told(error)
            if isinstance(ours, StorageFull):
                raise ours from error
            raise LakeUnavailable(
                f"cannot use {folder}: {error}", "mend the folder, or name another with --lake"
            ) from error
        if not migrations.is_current(lake):
            with writer_lock(folder):
                migrations.prepare(lake)
        return lake

    @property
    def catalog(self) -> Path:
        """The catalog's file."""
        return self.folder / CATALOG

    @property
    def simulated(self) -> bool:
        """Whether the lake holds a simulated league: the label every surface shows."""
        with self.reading() as r:
            return r.simulated()

    @contextmanager
    def reading(self, version: int | None = None) -> Iterator[Reader]:
        """A consistent read: all its queries see one version (the newest, or `version`)."""
        if version is not None:
            with Lake._at(self.folder, version) as reader:
                yield reader
            return
        self._connection.execute("BEGIN")
        try:
            yield Reader(self._connection)
        finally:
            self._end("ROLLBACK")

    def version(self) -> int:
        """The lake's newest DuckLake snapshot number, for time travel."""
        sql = "SELECT max(snapshot_id) FROM ducklake_snapshots('lake')"
        with in_our_words():
            found = self._connection.execute(sql).fetchone()
        return int(found[0]) if found else 0

    def write(self, fn: Callable[[Writer], T]) -> T:
        """Run `fn` inside one commit, alone; the only way anything is stored.

        `fn` may run several times: do slow work before, decide inside. Raises LakeBusy when
        the lock or the commit could not be had, StorageFull, LakeUnavailable or LakeDamaged when
        the disk failed; whatever is raised rolls everything back.
        """
        for attempt in range(ATTEMPTS):
            with writer_lock(self.folder):
                try:
                    with in_our_words():
                        return self._commit(fn)
                except (duckdb.TransactionException, LakeBusy) as error:
                    self._reattach()
                    if attempt == ATTEMPTS - 1:
                        raise LakeBusy(f"commits kept conflicting: {error}") from error
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Close the connection; a closed lake cannot be used again."""
        self._connection.close()

    def __enter__(self) -> Lake:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _commit(self, fn: Callable[[Writer], T]) -> T:
        self._connection.execute("BEGIN")
        done = False
        try:
            self._connection.execute("UPDATE ops.guard SET n = n + 1")
            row = self._connection.execute("SELECT n FROM ops.guard").fetchone()
            answer = fn(Writer(self._connection, int(row[0]) if row else 0))
            self._connection.execute("COMMIT")
            done = True
            return answer
        finally:
            if not done:
                self._end("ROLLBACK")

    def _end(self, word: str) -> None:
        try:
            self._connection.execute(word)
        except duckdb.Error:
            self._reattach()

    def _reattach(self) -> None:
        self._connection.close()
        self._connection = self._attach()

    def _attach(self, version: int | None = None) -> duckdb.DuckDBPyConnection:
        config: Config = {
            "memory_limit": MEMORY_LIMIT,
            # A slate's queries are small: a second thread costs them a third more work than it
            # saves. What goes through all history asks for every core (Reader.every_core).
            "threads": 1,
            "temp_directory": str(self.folder / "tmp"),
        }
        connection = connect(config)
        connection.execute("SET TimeZone = 'UTC'")
        # DuckDB would draw a bar of its own into standard output, into the answer.
        connection.execute("SET enable_progress_bar = false")
        # A temporary table made in the open transaction counts as empty to the planner, which then
        # picks loop joins meant for a handful of rows: 19 s instead of 0.2 s for one ASOF join.
        for name in ("asof_loop_join", "nested_loop_join", "merge_join"):
            connection.execute(f"SET {name}_threshold = 0")
        pin = f", SNAPSHOT_VERSION {version}" if version is not None else ""
        catalog = str(self.catalog).replace("'", "''")
        data = str(self.folder / "data").replace("'", "''")
        try:
            connection.execute(
                f"ATTACH 'ducklake:sqlite:{catalog}' AS lake (DATA_PATH '{data}',"
                f" META_JOURNAL_MODE 'WAL', META_BUSY_TIMEOUT {BUSY_MS},"
                f" OVERRIDE_DATA_PATH true{pin})"
            )
        except duckdb.Error as error:
            connection.close()
            message = f"cannot attach {self.folder}: {error}"
            raise told(error) or LakeUnavailable(message, "tipoff lake check") from error
        connection.execute("USE lake")
        return connection

    @classmethod
    @contextmanager
    def _at(cls, folder: Path, version: int) -> Iterator[Reader]:
        past = cls.__new__(cls)
        past.folder = folder
        past._connection = past._attach(version)
        try:
            yield Reader(past._connection)
        finally:
            past.close()


def _folder(location: str | Path) -> Path:
    """The folder a location names. Raises UsageError when it can name none."""
    try:
        folder = Path(location).expanduser().absolute()
        (folder / CATALOG).lstat()
    except (FileNotFoundError, NotADirectoryError):
        return folder
    except (OSError, RuntimeError, ValueError) as error:
        raise UsageError(
            f"{shortened(str(location), 100)!r} cannot be a lake: {shortened(str(error), 200)}",
            "name a folder",
        ) from error
    return folder
