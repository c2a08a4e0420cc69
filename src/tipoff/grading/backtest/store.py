"""Folds on disk: complete or absent, named by what they were made from; and the file made of them.

A fold's name is the hash of its inputs, so a second run takes what is there and the file it ends
with is the same, byte for byte, as that of a run that was never interrupted.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from tipoff.errors import ArtifactError, NotFound, UsageError
from tipoff.grading.backtest.folds import COLUMNS, Forecasts, Refused, empty
from tipoff.texts import file_there

if TYPE_CHECKING:
    from collections.abc import Iterable

_META = b"tipoff"
_ORDER = ["game_date", "game_id", "player_key", "market", "model"]
_TEXT = pa.string()
_MOMENT = pa.timestamp("us", "UTC")
SCHEMA = pa.schema(
    [
        ("game_date", pa.date32()), ("game_id", _TEXT), ("player_id", pa.int64()),
        ("player_key", _TEXT), ("market", _TEXT), ("model", _TEXT), ("as_of", _MOMENT),
        ("trained_through", pa.date32()), ("snapshot_id", _TEXT), ("mean", pa.float64()),
        ("median", pa.float64()), ("pmf", pa.list_(pa.float64())), ("line", pa.float64()),
        ("p_over", pa.float64()),
    ]
)  # fmt: skip

_HALF = ".half-"
"""What a file is called while it is written, before the process's id and its name."""


def fold_path(work: Path, name: str) -> Path:
    """Where a fold of that id is kept."""
    return work / f"{name}.parquet"


def write_fold(work: Path, name: str, forecasts: Forecasts) -> None:
    """Keep a fold; another process never sees half of it."""
    refused = [[market, reason, n] for (market, reason), n in sorted(forecasts.refused.items())]
    _whole(fold_path(work, name), lambda p: _write(p, [forecasts.rows], {"refused": refused}))


def merge(work: Path, names: Sequence[Sequence[str]], out: Path, about: Mapping[str, Any]) -> int:
    """Make the file of all folds, `names` grouped by window, oldest first; its rows.

    Sorted by game_date, game_id, player_key, market, model; a row group per window, so that
    memory holds one window at a time.
    """
    parts = ([fold_path(work, n) for n in group] for group in names)
    tables = (pl.concat([_rows(p) for p in group]).sort(_ORDER) for group in parts)
    return _whole(out, lambda p: _write(p, tables, about))


def refusals(work: Path, name: str) -> Refused:
    """(market, reason) -> rows a kept fold did not predict."""
    counts = _meta(fold_path(work, name))["refused"]
    return {(market, reason): n for market, reason, n in counts}


def about(path: Path) -> dict[str, Any]:
    """What a backtest file says of itself. Raises NotFound, or UsageError for another file."""
    if not file_there(path):
        raise NotFound(f"no backtest at {path}", "tipoff backtest --from DATE --to DATE --out FILE")
    return _meta(path)


def read(path: Path, market: str) -> pl.DataFrame:
    """The rows of one market."""
    return pl.scan_parquet(path).filter(pl.col("market") == market).select(COLUMNS).collect()


def _rows(path: Path) -> pl.DataFrame:
    return pl.read_parquet(path).select(COLUMNS).cast(empty().schema)


def _meta(path: Path) -> dict[str, Any]:
    try:
        metadata = pq.read_schema(path).metadata or {}
    except pa.ArrowException as error:
        raise UsageError(
            f"{path} is not a backtest: {error}", "tipoff backtest makes one"
        ) from error
    if _META not in metadata:
        raise UsageError(f"{path} is not a file of tipoff backtest", "tipoff backtest makes one")
    meta: dict[str, Any] = json.loads(metadata[_META])
    return meta


def _write(path: Path, tables: Iterable[pl.DataFrame], about: Mapping[str, Any]) -> int:
    schema = SCHEMA.with_metadata({_META: json.dumps(about, sort_keys=True, default=str)})
    rows = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for table in tables:
            writer.write_table(table.rechunk().to_arrow().cast(SCHEMA).cast(schema))
            rows += table.height
    return rows


def _whole(target: Path, write: Callable[[Path], int]) -> int:
    # Written aside and renamed: an interruption leaves the whole file or none.
    aside = target.with_name(f"{_HALF}{os.getpid()}-{target.name}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        aside.touch()
    except OSError as error:
        raise UsageError(f"cannot write {target}: {error}", "choose another place") from error
    try:
        rows = write(aside)
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
    return rows


def sweep(folder: Path) -> None:
    """Remove the halves that processes which are no more left in a folder."""
    for half in folder.glob(f"{_HALF}*"):
        pid = half.name.removeprefix(_HALF).partition("-")[0]
        if pid.isdecimal() and not Path(f"/proc/{pid}").exists() and Path("/proc/self").exists():
            half.unlink(missing_ok=True)


def checked(work: Path, name: str) -> bool:
    """Whether a fold is kept. Raises ArtifactError when its file is damaged."""
    path = fold_path(work, name)
    if not path.is_file():
        return False
    try:
        _meta(path)
    except UsageError as error:
        raise ArtifactError(f"{path} is damaged", "remove it and run again") from error
    return True
