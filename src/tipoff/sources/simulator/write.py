"""Put a finished simulation in place: all of it or nothing."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from tipoff.errors import UsageError
from tipoff.sources.layout import LABEL, is_simulated
from tipoff.sources.simulator.constants import Floats
from tipoff.sources.simulator.pmf import trimmed_lengths


def check_target(folder: Path) -> None:
    """Raise UsageError unless `folder` is absent, empty or an earlier simulation."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UsageError(f"{folder} is a file, not a folder", "name a new folder")
    if any(folder.iterdir()) and not is_simulated(folder):
        raise UsageError(
            f"{folder} holds files that are not a simulation; nothing was written",
            "name a new or empty folder",
        )


def pmf_series(pmf: Floats) -> pl.Series:
    """Rows of unequal length, their tails under 1e-9 cut off."""
    lengths = trimmed_lengths(pmf)
    keep = np.arange(pmf.shape[1]) < lengths[:, None]
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    lists = pa.LargeListArray.from_arrays(pa.array(offsets), pa.array(pmf[keep]))
    return pl.Series(lists)


def write_folder(
    folder: Path, files: Mapping[str, pl.DataFrame], mark: Mapping[str, object]
) -> None:
    """Write every frame as NAME.parquet beside the mark, then move the folder into place."""
    fresh = folder.parent / f".{folder.name}.simulating"
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        fresh.mkdir(parents=True)
    except OSError as error:
        raise UsageError(f"cannot write {folder}: {error}", "name another folder") from error
    try:
        for name, frame in files.items():
            frame.write_parquet(fresh / f"{name}.parquet", compression="zstd")
        (fresh / LABEL).write_text(json.dumps(dict(mark), indent=2) + "\n")
        _swap(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _swap(fresh: Path, folder: Path) -> None:
    if not folder.exists():
        fresh.rename(folder)
        return
    old = folder.parent / f".{folder.name}.replaced"
    shutil.rmtree(old, ignore_errors=True)
    folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old)
