"""The embedded lake: an SQLite catalog, a file lock, Parquet and artifacts in one folder."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tipoff.errors import ArtifactError, LakeBusy, UsageError
from tipoff.lake.backends.protocols import Backend, Config, StoredFile
from tipoff.lake.foreign import translating_errors
from tipoff.texts import shortened

CATALOG, ARTIFACTS = "catalog.sqlite", "models"
BUSY_MS = 5000
WAIT_SECONDS = 60.0


def embedded_lake(location: str | Path) -> Backend:
    """The lake in a folder, there or not. Raises UsageError when the location can be no folder."""
    try:
        folder = Path(location).expanduser().absolute()
        (folder / CATALOG).lstat()
    except (FileNotFoundError, NotADirectoryError):
        pass
    except (OSError, RuntimeError, ValueError) as error:
        raise UsageError(
            f"{shortened(str(location), 100)!r} cannot be a lake: {shortened(str(error), 200)}",
            "name a folder",
        ) from error
    return Backend(
        str(folder), SqliteCatalog(folder), FileWriterLock(folder), FolderArtifacts(folder), folder
    )


@dataclass(frozen=True)
class SqliteCatalog:
    """DuckLake's catalog in an SQLite file, its data files in `data/` beside it."""

    folder: Path

    extensions = ("ducklake", "sqlite_scanner", "icu")
    # Through DuckDB's own SQLite: a second one in this process would, on closing the file, let go
    # of the locks that the first holds on it.
    check_sql = "FROM sqlite_query('__ducklake_metadata_lake', 'PRAGMA quick_check(5)')"

    @property
    def data(self) -> str:
        """The folder of data files."""
        return f"{self.folder / 'data'}/"

    def __str__(self) -> str:
        return str(self.folder / CATALOG)

    def exists(self) -> bool:
        """Whether the folder holds a catalog."""
        return (self.folder / CATALOG).exists()

    def make_place(self) -> None:
        """Make the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)

    def settings(self) -> Config:
        """Large queries spill beside the data."""
        return {"temp_directory": str(self.folder / "tmp")}

    def attach_sql(self, version: int | None = None) -> str:
        """ATTACH, with paths in the catalog ignored so that the folder may be moved."""
        pin = f", SNAPSHOT_VERSION {version}" if version is not None else ""
        catalog, data = (str(path).replace("'", "''") for path in (self, self.folder / "data"))
        return (
            f"ATTACH 'ducklake:sqlite:{catalog}' AS lake (DATA_PATH '{data}',"
            f" META_JOURNAL_MODE 'WAL', META_BUSY_TIMEOUT {BUSY_MS}, OVERRIDE_DATA_PATH true{pin})"
        )


@dataclass(frozen=True)
class FileWriterLock:
    """A lock on a file of the folder; the system frees it when its holder dies."""

    folder: Path

    @contextmanager
    def held(self, wait: float | None = None) -> Iterator[None]:
        """Hold it. Raises LakeBusy when it is not free in time."""
        from filelock import FileLock, Timeout  # who only reads need not wait for it

        wait = WAIT_SECONDS if wait is None else wait
        # One object per holder: two threads of one process must exclude each other too.
        lock = FileLock(self.folder / "writer.lock")
        try:
            with translating_errors():
                lock.acquire(timeout=wait, poll_interval=0.01)
        except Timeout as error:
            raise LakeBusy(
                f"another writer has held {self.folder} for {wait:.0f} s", "try again"
            ) from error
        try:
            yield
        finally:
            lock.release()


@dataclass(frozen=True)
class FolderArtifacts:
    """Artifacts as files below the lake's folder."""

    folder: Path

    def store(self, content: bytes, suffix: str) -> str:
        """Written aside, on disk, and renamed: a reader sees the whole file or none."""
        import tempfile

        digest = _sha256(content)
        name = f"{ARTIFACTS}/{digest}.{suffix}"
        target = self._path(name)
        with translating_errors():
            if target.exists() and _sha256(target.read_bytes()) == digest:
                return name
            target.parent.mkdir(parents=True, exist_ok=True)
        with (
            translating_errors(),
            tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as handle,
        ):
            aside = Path(handle.name)
            try:
                handle.write(content)
                handle.flush()
                os.fsync(handle.fileno())
                aside.replace(target)
            finally:
                aside.unlink(missing_ok=True)
        return name

    def read(self, name: str, sha256: str) -> bytes:
        """The file's bytes, once their hash is that."""
        path = self._path(name)
        if not path.is_file():
            raise ArtifactError(f"the artifact {path} is missing", "restore the file")
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ArtifactError(f"{path} cannot be read: {error}", "restore the file") from error
        digest = _sha256(content)
        if digest != sha256:
            raise ArtifactError(
                f"{path} hashes to {digest}, recorded is {sha256}",
                "restore the file, or train the model again",
            )
        return content

    def find(self, name: str) -> StoredFile | None:
        """The file of that name."""
        path = self._path(name)
        return _stored(path) if path.is_file() else None

    def listed(self) -> Iterator[StoredFile]:
        """Every file of the folder of artifacts."""
        folder = self.folder / ARTIFACTS
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            with suppress(FileNotFoundError):  # a half-written one, renamed meanwhile
                if path.is_file():
                    yield _stored(path)

    def remove(self, name: str) -> None:
        """Remove the file, if it is there."""
        self._path(name).unlink(missing_ok=True)

    def where(self, name: str) -> str:
        """Its path, whether or not it may be read there."""
        return str(self.folder / name)

    def _path(self, name: str) -> Path:
        path = self.folder / name
        if not path.resolve().is_relative_to(self.folder.resolve()):
            raise ArtifactError(f"the artifact {name} lies outside the lake")
        return path


def _stored(path: Path) -> StoredFile:
    status = path.stat()
    changed = datetime.fromtimestamp(status.st_mtime, UTC)
    return StoredFile(f"{ARTIFACTS}/{path.name}", status.st_size, changed)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
