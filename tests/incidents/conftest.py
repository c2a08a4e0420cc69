"""One evening of the simulated league, to be lived through hour by hour."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.features.conftest import small, small_league
from tests.features.test_snapshot import features, snapshot
from tests.simulated import built_once, slate_dates
from tests.sources.conftest import empty_lake, folder
from tipoff import clock
from tipoff.forecast import find_slate, reconcile, slate_view
from tipoff.lake import Lake
from tipoff.models import ensure_baselines
from tipoff.results.work import RunReport
from tipoff.settings import settings

__all__ = ["empty_lake", "features", "folder", "small", "small_league", "snapshot"]

MODELS = ("catboost_v9", "ewma_hl8")


@dataclass
class Evening:
    """A lake of one's own on the day of a slate, its clock before tip-off."""

    lake: Lake
    day: date
    tip: datetime
    patch: pytest.MonkeyPatch

    def at(self, hours: float) -> datetime:
        """Make it so many hours before the first tip-off (after it: negative)."""
        moment = self.tip - timedelta(hours=hours)
        self.patch.setattr(clock, "now", lambda: moment)
        return moment

    def run(self, **more: Any) -> RunReport:
        """`tipoff run`, in points by two models unless asked otherwise."""
        asked: dict[str, Any] = {"models": MODELS, "markets": ["points"]}
        return reconcile(self.lake, self.day, **asked | more)

    def view(self) -> dict[str, Any]:
        """The published slate."""
        with self.lake.reading() as r:
            return slate_view(r, self.day).to_dict()

    def rows(self, sql: str, params: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """The answer to a query."""
        with self.lake.reading() as r:
            return r.rows(sql, params)

    def value(self, sql: str, params: Mapping[str, Any] | None = None) -> Any:
        """The first field of the answer to a query."""
        return self.rows(sql, params)[0][0]

    def setting(self, name: str, value: object) -> None:
        """Change a setting, as an operator would between two commands."""
        self.patch.setenv(f"TIPOFF_{name.upper()}", str(value))
        settings.cache_clear()

    def held_back(self, table: str, where: str) -> pl.DataFrame:
        """Take rows out of the lake, as if they had not come in yet, and hand them over."""
        with self.lake.reading() as r:
            late = r.query(f"SELECT * EXCLUDE (recorded_seq) FROM {table} WHERE {where}")
        assert late.height
        self.lake.write(lambda w: w.rows(f"DELETE FROM {table} WHERE {where}"))
        return late

    def arrive(self, table: str, rows: pl.DataFrame) -> None:
        """Rows come in, in one commit."""
        self.lake.write(lambda w: w.append(table, rows))


@contextmanager
def _opened(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Evening]:
    with Lake.open(folder) as lake:
        day = slate_dates(lake)[-1]
        with lake.reading() as r:
            tip = find_slate(r, day, now=clock.now()).first_tipoff
        evening = Evening(lake, day, tip, patch)
        evening.at(2)
        settings.cache_clear()
        yield evening
        settings.cache_clear()


@pytest.fixture(scope="session")
def fitted_lake(tmp_path_factory: pytest.TempPathFactory, trained_lake: Path) -> Path:
    """The trained lake with its baselines fitted; nothing is published."""

    def build(folder: Path) -> None:
        shutil.copytree(trained_lake, folder, ignore=shutil.ignore_patterns("built"))
        with Lake.open(folder) as lake:
            ensure_baselines(lake, slate_dates(lake)[-1])

    return built_once(tmp_path_factory, "fitted-lake", build)


@pytest.fixture(scope="session")
def evening_lake(tmp_path_factory: pytest.TempPathFactory, fitted_lake: Path) -> Path:
    """The fitted lake whose last slate was published two hours before tip-off."""

    def build(folder: Path) -> None:
        shutil.copytree(fitted_lake, folder, ignore=shutil.ignore_patterns("built"))
        with pytest.MonkeyPatch.context() as patch, _opened(folder, patch) as evening:
            evening.run()

    return built_once(tmp_path_factory, "evening-lake", build)


@pytest.fixture
def quiet(fitted_lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Evening]:
    """Two hours before tip-off, nothing published yet."""
    shutil.copytree(fitted_lake, tmp_path / "quiet")
    with _opened(tmp_path / "quiet", monkeypatch) as opened:
        yield opened


@pytest.fixture
def evening(
    evening_lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Evening]:
    """Two hours before tip-off, a slate published live."""
    shutil.copytree(evening_lake, tmp_path / "evening")
    with _opened(tmp_path / "evening", monkeypatch) as opened:
        yield opened


@pytest.fixture
def bare(empty_lake: Path, tmp_path: Path) -> Iterator[Lake]:
    """An empty lake of this test's own."""
    with Lake.open(shutil.copytree(empty_lake, tmp_path / "bare")) as lake:
        yield lake
