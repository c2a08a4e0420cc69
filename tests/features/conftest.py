"""One build per league for the tests of features."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.features.small_league import League, make_league
from tipoff.features import training_frame
from tipoff.lake import Lake


@dataclass(frozen=True)
class Built:
    """A lake and the training frame of all its rows (small) or of some windows (real)."""

    lake: Lake
    frame: pl.DataFrame


@pytest.fixture(scope="session")
def small_league() -> League:
    return make_league()


@pytest.fixture(scope="session")
def small(small_league: League, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    with small_league.store(tmp_path_factory.mktemp("small") / "lake") as lake:
        with lake.reading() as r:
            frame = training_frame(r, start=None, through=date(2030, 1, 1))
        yield Built(lake, frame)


WINDOWS = (
    (date(2021, 10, 19), date(2021, 10, 21)),  # the first box scores there are
    (date(2022, 2, 10), date(2022, 2, 14)),  # trades; lines without a time
    (date(2024, 4, 14), date(2024, 4, 17)),  # play-in; snapshots of ten books; lines that moved
    (date(2024, 10, 22), date(2025, 1, 10)),  # opening of a season; neutral sites
)


@pytest.fixture(scope="session")
def real(real_lake: Path) -> Iterator[Built]:
    with Lake.open(real_lake) as lake, lake.reading() as r:
        frames = [training_frame(r, start=a, through=b) for a, b in WINDOWS]
    with Lake.open(real_lake) as lake:
        yield Built(lake, pl.concat(frames))
