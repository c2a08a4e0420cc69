"""Opening a lake, and handing out what reads and commits with it, from any thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import duckdb

from tipoff.errors import LakeBusy, LakeUnavailable, NotFound, StorageFull, UsageError
from tipoff.lake import migrations
from tipoff.lake.backends import Artifacts, Backend, Catalog, WriterLock, embedded_lake
from tipoff.lake.foreign import translate_error, translating_errors
from tipoff.lake.reader import Reader
from tipoff.lake.session import Session
from tipoff.lake.writer import Writer

T = TypeVar("T")
ATTEMPTS = 8
MOST_IDLE = 8
"""So many connections are kept for the next block; a burst of threads leaves no more behind."""


class Lake:
    """One open lake. Safe to share: every read and every commit has a connection to itself for as
    long as it lasts, whatever the thread; connections are kept and used again."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._idle: list[Session] = []
        self._closed = False
        self._changing = threading.Lock()

    @classmethod
    def open(cls, location: str | Path, *, create: bool = False) -> Lake:
        """Open the lake in a folder, migrating an older schema.

        Raises NotFound when there is none and `create` is false, LakeUnavailable when the
        folder or its catalog cannot be used, LakeDamaged when the catalog is no catalog,
        UsageError when it was made by a newer tipoff or the location can be no folder.
        """
        lake = cls(embedded_lake(location))
        exists = lake.catalog.exists()
        if not exists and not create:
            raise NotFound(
                f"no lake at {lake.location}", "tipoff import DIR makes one, or pass --lake"
            )
        try:
            lake.catalog.make_place()
            if not exists or not migrations.is_current(lake):
                migrations.prepare(lake)
        except OSError as error:
            ours = translate_error(error)
            if isinstance(ours, StorageFull):
                raise ours from error
            raise LakeUnavailable(
                f"cannot use {lake.location}: {error}",
                "mend the folder, or name another with --lake",
            ) from error
        return lake

    @property
    def location(self) -> str:
        """What `--lake` takes for this lake."""
        return self._backend.location

    @property
    def catalog(self) -> Catalog:
        """Which files make up which version of which table."""
        return self._backend.catalog

    @property
    def lock(self) -> WriterLock:
        """Held by whoever writes."""
        return self._backend.lock

    @property
    def artifacts(self) -> Artifacts:
        """The files that rows name."""
        return self._backend.artifacts

    def workspace(self, purpose: str) -> Path:
        """A folder beside the lake for work that is no part of it; it may not be there yet."""
        root = self._backend.root
        return root.with_name(f"{root.name}-{purpose}")

    @property
    def simulated(self) -> bool:
        """Whether the lake holds a simulated league: the label every surface shows."""
        with self.reading() as r:
            return r.simulated()

    @contextmanager
    def reading(self, version: int | None = None) -> Iterator[Reader]:
        """A consistent read: all its queries see one version (the newest, or `version`)."""
        if version is None:
            with self.session() as session, session.reading() as r:
                yield r
            return
        session = Session(self.catalog, version)
        try:
            with session.reading() as r:
                yield r
        finally:
            session.close()

    def version(self) -> int:
        """The lake's newest DuckLake snapshot number, for time travel."""
        with self.session() as session:
            rows = session.rows("SELECT max(snapshot_id) FROM ducklake_snapshots('lake')")
        return int(rows[0][0])

    def write(self, fn: Callable[[Writer], T]) -> T:
        """Run `fn` inside one commit, alone; the only way anything is stored.

        `fn` may run several times: do slow work before, decide inside. Raises LakeBusy when
        the lock or the commit could not be had, StorageFull, LakeUnavailable or LakeDamaged when
        the disk failed; whatever is raised rolls everything back.
        """
        for attempt in range(ATTEMPTS):
            with self.lock.held():
                try:
                    with self.session() as session, translating_errors():
                        return session.commit(fn)
                except (duckdb.TransactionException, LakeBusy) as error:
                    if attempt == ATTEMPTS - 1:
                        raise LakeBusy(f"commits kept conflicting: {error}") from error
        raise AssertionError("unreachable")

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A connection that nobody else has while the block lasts. For this package only: others
        read and write."""
        with self._changing:
            if self._closed:
                raise UsageError(f"the lake {self.location} was closed", "open it again")
            session = self._idle.pop() if self._idle else None
        session = session or Session(self.catalog)
        try:
            yield session
        except (duckdb.TransactionException, LakeBusy):
            # What it knows of the catalog may be of before the conflict.
            session.usable = False
            raise
        finally:
            self._give_back(session)

    def close(self) -> None:
        """Close every connection; one still in use in another thread when its block ends."""
        with self._changing:
            self._closed = True
            idle, self._idle = self._idle, []
        for session in idle:
            session.close()

    def __enter__(self) -> Lake:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _give_back(self, session: Session) -> None:
        with self._changing:
            if session.usable and not self._closed and len(self._idle) < MOST_IDLE:
                self._idle.append(session)
                return
        session.close()
