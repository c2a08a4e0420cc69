"""Sources of one's own: bytes to rows of the tables that `tipoff import` fills.

A source only parses. Its rows go through the door folders go through: staging, checks, identity,
merge, report; the bytes are kept as they were read. Known bytes are parsed again, because the
parser may have learned something; rows the lake has add nothing.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import polars as pl

from tipoff.errors import SourceError, UsageError
from tipoff.failures import OthersCode
from tipoff.sources.external import ExternalFile
from tipoff.sources.folder import Batch, Payload, Progress, store
from tipoff.sources.layout import COLUMNS, FILES, read_folder
from tipoff.sources.names import player_key
from tipoff.suggest import no_such

if TYPE_CHECKING:
    from tipoff.lake import Lake
    from tipoff.results.data import ImportReport

Rows = pl.DataFrame | Sequence[Mapping[str, Any]]
_ORIGIN = ("source_file", "source_row")
"""Columns beside a table's own that say where a row is from; a row set aside keeps them."""
_PLAIN = (str, int, float, Decimal)


@runtime_checkable
class Source(Protocol):
    """What turns payloads into rows.

    `tables`: which tables it yields, as docs/import.md names them (`player_game`, `prop_lines`).
    A source of a simulated league says so with `simulated = True`.
    """

    @property
    def name(self) -> str: ...

    @property
    def tables(self) -> Sequence[str]: ...

    def parse(self, payload: bytes, name: str) -> Mapping[str, Rows]:
        """The rows of one file called `name`: table -> a frame, or a dict per row, with the columns
        of docs/import.md. Columns that may be null can be left out."""
        ...


SOURCES: dict[str, Source] = {"external": ExternalFile()}
"""Every source this process knows, by name."""


def add_source(source: Source) -> None:
    """Let this process know a source; the same one again changes nothing.

    Raises UsageError for an object that is none, for tables that do not exist and a name taken.
    """
    if not isinstance(source, Source):
        raise UsageError(f"{source!r} is no source", "a source has name, tables and parse")
    unknown = [name for name in source.tables if name not in COLUMNS]
    if unknown or not source.tables:
        raise UsageError(
            f"source {source.name} yields {', '.join(unknown) or 'no table'}",
            f"name some of {', '.join(COLUMNS)}",
        )
    there = SOURCES.setdefault(source.name, source)
    if not _alike_sources(there, source):
        raise UsageError(f"a source is called {source.name} already", "give it another name")


def _alike_sources(one: Source, other: Source) -> bool:
    """Whether two sources are the same: by the comparison of their own, else by what they hold, in
    `__dict__` or in slots."""
    if type(one) is not type(other):
        return False
    if type(one).__eq__ is not object.__eq__:
        return one == other
    return one.__getstate__() == other.__getstate__()


def remove_source(name: str) -> None:
    """Forget a source that was added; nothing happens when there is none of that name."""
    SOURCES.pop(name, None)


def import_files(
    lake: Lake, source: str, files: Sequence[Path], progress: Progress = lambda _text: None
) -> ImportReport:
    """Store what files of a source say that the lake does not yet know, in one commit.

    Raises UsageError for a source nobody added, SourceError naming file, row and field for what
    cannot be taken; then nothing is stored. Rows that do not fit are set aside, as of a folder.
    """
    parser = source_of(source)
    payloads = [_payload(path) for path in files]
    tables: dict[str, list[pl.DataFrame]] = {}
    for payload in payloads:
        progress(f"parsing {payload.name}")
        for table, rows in _parsed(parser, payload).items():
            tables.setdefault(table, []).append(rows)
    named = f"{source}: {', '.join(payload.name for payload in payloads)}"
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder), tables)
        staged = [replace(f, label=f"{source}:{f.name}") for f in read_folder(Path(folder))]
        simulated = getattr(parser, "simulated", False)
        return store(lake, Batch(named, staged, payloads, simulated), progress)


def source_of(name: str) -> Source:
    """The source of that name. Raises UsageError, with the nearest names and all there are."""
    if name not in SOURCES:
        error = no_such("source", name, sorted(SOURCES))
        own = "one of a tipoff.toml counts beside a lake named with --lake or TIPOFF_LAKE"
        raise UsageError(error.message, f"{error.next_step}; {own} (docs/extend.md)")
    return SOURCES[name]


def _payload(path: Path) -> Payload:
    try:
        body = path.read_bytes()
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error}", "name a file of the source") from error
    return Payload(path.name, hashlib.sha256(body).hexdigest(), body)


def _parsed(source: Source, payload: Payload) -> dict[str, pl.DataFrame]:
    def failed(why: str) -> SourceError:
        return SourceError(
            f"{payload.name}: source {source.name} failed: {why}",
            "look at the file, or mend the source",
        )

    with OthersCode(failed):
        tables = source.parse(payload.body, payload.name)
    if not isinstance(tables, Mapping):
        raise SourceError(
            f"{payload.name}: source {source.name} gave a {type(tables).__name__}",
            "parse returns a dict: table -> rows",
        )
    unknown = [name for name in tables if name not in source.tables]
    if unknown:
        raise SourceError(
            f"{payload.name}: source {source.name} gave rows of {', '.join(map(str, unknown))}",
            f"its tables are {', '.join(source.tables)}",
        )
    return {table: _frame(table, rows, payload.name) for table, rows in tables.items()}


def _frame(table: str, rows: Rows, file: str) -> pl.DataFrame:
    """The rows with all columns of their table, and where each is from."""
    if isinstance(rows, pl.DataFrame):
        frame = rows
        _check_fields(rows.columns, table, file, "")
    else:
        texts = [_texts(row, table, file, number) for number, row in enumerate(rows)]
        frame = pl.DataFrame(texts, schema={c.name: pl.String for c in COLUMNS[table]})
    frame = _keyed(frame)
    lacking = [c for c in COLUMNS[table] if c.name not in frame.columns]
    needed = [column.name for column in lacking if column.needed]
    if needed:
        raise SourceError(
            f"{file}: {table} lacks {', '.join(needed)}", "docs/import.md lists the columns"
        )
    return frame.select(
        *(
            pl.lit(None, pl.String).alias(c.name) if c in lacking else c.name
            for c in COLUMNS[table]
        ),
        pl.lit(file).alias(_ORIGIN[0]),
        pl.int_range(pl.len()).alias(_ORIGIN[1]),
    )


def _keyed(frame: pl.DataFrame) -> pl.DataFrame:
    """Players who are named and have no key get that of their name: the keys of facts tell rows by
    it, and without one two people on one report are one row."""
    if "player_name" not in frame.columns:
        return frame
    named = frame["player_name"].cast(pl.String)
    spelled = {name: player_key(name) or None for name in named.drop_nulls().unique()}
    keys = pl.Series("player_key", [spelled.get(name) for name in named], pl.String)
    if "player_key" not in frame.columns:
        return frame.with_columns(keys)
    own = pl.col("player_key").cast(pl.String)
    return frame.with_columns(
        player_key=pl.when(own.is_null() | (own == "")).then(keys).otherwise(own)
    )


def _texts(row: Any, table: str, file: str, number: int) -> dict[str, str | None]:
    """A row as text, which staging reads: what a value is decides its column, not its type."""
    where = f", row {number}"
    if not isinstance(row, Mapping):
        raise SourceError(
            f"{file}: {table}{where} is a {type(row).__name__}", "give a dict per row"
        )
    _check_fields(row, table, file, where)
    return {name: _text(value, f"{file}: {table}{where}, {name}") for name, value in row.items()}


def _text(value: Any, where: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, _PLAIN):
        return str(value)
    raise SourceError(f"{where} is a {type(value).__name__}", "give text, a number or a time")


def _check_fields(names: Any, table: str, file: str, where: str) -> None:
    known = {column.name for column in COLUMNS[table]}
    for name in names:
        if name not in known:
            raise SourceError(
                f"{file}: {table}{where} has a field {name!r}, which {table} has not",
                f"its columns are {', '.join(c.name for c in COLUMNS[table])}",
            )


def _write(folder: Path, tables: Mapping[str, Sequence[pl.DataFrame]]) -> None:
    """The folder these rows would be imported from; tables without rows have none."""
    for name in (*FILES, *(table for table in tables if table not in FILES)):
        frames = tables.get(name) or [_frame(name, [], "")]
        whole = pl.concat(frames, how="vertical_relaxed") if _alike(frames) else _as_text(frames)
        whole.write_parquet(folder / f"{name}.parquet")


def _alike(frames: Sequence[pl.DataFrame]) -> bool:
    return len({tuple(frame.dtypes) for frame in frames}) == 1


def _as_text(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Frames of other types together: what one file has as a number, another may have as text."""
    return pl.concat([frame.with_columns(pl.exclude(_ORIGIN).cast(pl.String)) for frame in frames])
