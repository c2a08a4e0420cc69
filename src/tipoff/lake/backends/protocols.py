"""What a lake needs from the place it is in. Everything else in `tipoff.lake` knows only this."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

Config = dict[str, str | bool | int | float | list[str]]
"""DuckDB settings: name -> value."""


class Catalog(Protocol):
    """DuckLake's catalog: which files make up which version of which table."""

    @property
    def extensions(self) -> tuple[str, ...]:
        """DuckDB extensions a connection must load before it can attach."""
        ...

    @property
    def data(self) -> str:
        """The folder or prefix that relative paths of data files continue, ending in a slash."""
        ...

    @property
    def check_sql(self) -> str:
        """A query of one text column: `ok`, or what is wrong with the catalog itself."""
        ...

    def __str__(self) -> str:
        """Where it is, for messages."""
        ...

    def exists(self) -> bool:
        """Whether there is a lake."""
        ...

    def make_place(self) -> None:
        """Make what must be there before a new lake can be attached. Raises OSError."""
        ...

    def settings(self) -> Config:
        """DuckDB settings of a connection to it, beside those of every lake."""
        ...

    def attach_sql(self, version: int | None = None) -> str:
        """The statement that attaches the lake as `lake`, pinned to a version if there is one."""
        ...


class WriterLock(Protocol):
    """One writer at a time, in all processes and threads."""

    def held(self, wait: float | None = None) -> AbstractContextManager[None]:
        """Hold the lock. Raises LakeBusy when it is not free within `wait` seconds (default 60)."""
        ...


@dataclass(frozen=True)
class StoredFile:
    """An artifact as it lies there: its name, bytes and last change."""

    name: str
    size: int
    changed: datetime


class Artifacts(Protocol):
    """Files that rows name: models. A name is `models/` and the SHA-256 of the bytes.

    A name that leads out of the lake is an ArtifactError in every method but `where`.
    """

    def store(self, content: bytes, suffix: str) -> str:
        """Store bytes whole or not at all, and give their name; bytes already there stay.

        Raises StorageFull, LakeUnavailable.
        """
        ...

    def read(self, name: str, sha256: str) -> bytes:
        """The bytes. Raises ArtifactError when missing, unreadable or of another SHA-256."""
        ...

    def find(self, name: str) -> StoredFile | None:
        """The file of that name, None when there is none."""
        ...

    def listed(self) -> Iterable[StoredFile]:
        """Every file there is, half-written ones too."""
        ...

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        ...

    def where(self, name: str) -> str:
        """Where the file of that name is, or would be: for messages."""
        ...


@dataclass(frozen=True)
class Backend:
    """All of a lake's place. `location` is what `--lake` takes; workspaces lie beside `root`."""

    location: str
    catalog: Catalog
    lock: WriterLock
    artifacts: Artifacts
    root: Path
